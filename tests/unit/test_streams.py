"""Watches beside the run's own: what breaks off is asked for again, what cannot be is told."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from types import SimpleNamespace

import pytest

from podgrade.cluster.connection import ApiRefusal, Silence, Stopped, Unanswered
from podgrade.model.errors import InfrastructureError
from podgrade.model.text import say
from podgrade.probes import job
from podgrade.workspace.endpoints import await_endpoints
from podgrade.workspace.news import until_news

BROKEN = Unanswered(say("the run was stopped"), arrived=True)
HOPELESS = Unanswered(say("the run was stopped"), again=False)
QUIET = Silence(say("nothing came from the cluster in time"))
ERROR = {"type": "ERROR", "object": {"kind": "Status", "status": "Failure", "code": 410}}


class Server:
    """Plays one step of the script for each watch: its lines, an exception at the end or first."""

    def __init__(self, *script, lists=()):
        self.script = list(script)
        self.lists = list(lists)
        self.stop = threading.Event()

    def request(self, method, path, *, query):
        count = self.lists.pop(0)
        endpoints = [{"targetRef": {"uid": str(number)}} for number in range(count)]
        slices = [{"metadata": {"name": "s"}, "endpoints": endpoints}]
        return {"metadata": {"resourceVersion": "1"}, "items": slices}

    def lines(self, path, *, query, timeout, patience=0.0):
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        return contextlib.nullcontext(self._of(step))

    def _of(self, step):
        for one in step:
            if isinstance(one, Exception):
                raise one
            yield json.dumps(one).encode()


def changed(condition=None):
    conditions = [{"type": condition, "status": "True"}] if condition else []
    return {"type": "MODIFIED", "object": {"status": {"conditions": conditions}}}


def bench(server):
    return SimpleNamespace(
        workspace=SimpleNamespace(namespace="ns", connection=server),
        closer=SimpleNamespace(closing=lambda lines: lines),
        stop=server.stop,
    )


def seen(server, seconds=5.0):
    """The conditions of the Job's versions until one is final."""
    return job._counted(bench(server), "web", seconds)


@pytest.mark.parametrize(
    "trouble",
    [[BROKEN], [[changed(), BROKEN]], [[ERROR]], [[]], [BROKEN, [], [changed(), BROKEN]]],
    ids=["at first", "in the middle", "too old", "at its end", "again and again"],
)
def test_a_job_is_watched_on_when_the_watch_is_over(trouble):
    assert seen(Server(*trouble, [changed("Complete")])) == {"Complete": True}


def test_a_job_is_watched_to_the_limit_and_no_longer():
    began = time.monotonic()

    assert seen(Server(*([[changed(), BROKEN]] * 1000)), 0.5) == {}
    assert seen(Server([changed(), QUIET]), 60.0) == {}
    assert time.monotonic() - began < 30


def test_a_job_whose_cluster_cannot_be_asked_is_an_error():
    with pytest.raises(InfrastructureError):
        seen(Server(HOPELESS))


def test_a_run_that_is_ended_watches_no_job():
    server = Server([changed(), BROKEN])
    server.stop.set()
    with pytest.raises(InfrastructureError):
        seen(server)


def endpoints(server, limit=5.0):
    return await_endpoints(server, "ns", "app", lambda count: count == 2, limit)


@pytest.mark.parametrize(
    "trouble", [BROKEN, [BROKEN], [ERROR], [], ApiRefusal(410, "Expired", "too old"), QUIET]
)
def test_what_is_waited_for_is_asked_for_again_when_the_watch_is_over(trouble):
    assert endpoints(Server(trouble, [changed()], lists=[0, 1, 2])) == 2


def test_a_watch_that_always_breaks_off_ends_at_the_limit():
    assert endpoints(Server(*([BROKEN] * 50), lists=[1] * 50), 0.5) == 1


@pytest.mark.parametrize("trouble", [HOPELESS, ApiRefusal(403, "Forbidden", "no")])
def test_what_asking_again_does_not_mend_is_told(trouble):
    with pytest.raises((InfrastructureError, ApiRefusal)):
        endpoints(Server(trouble, lists=[0, 0]))


def test_a_run_that_is_ended_does_not_ask_again():
    server = Server(BROKEN, lists=[0])
    server.stop.set()
    with pytest.raises(Stopped):
        until_news(server, "/x", {}, "1", 5.0)
