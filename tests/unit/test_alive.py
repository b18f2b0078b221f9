"""Whether a container runs at this moment: what a followed log's end means, and its silence."""

from __future__ import annotations

import contextlib
import threading
from types import SimpleNamespace

import pytest

from podgrade.cluster.connection import ApiRefusal, Silence, Unanswered
from podgrade.model.text import say
from podgrade.probes.alive import are_alive, is_alive

POD = {"metadata": {"name": "web"}}


def follows(said):
    """A bench whose kubelet answers so when a log is followed."""
    asked = []

    def lines(path, *, query, timeout):
        asked.append((path, query["container"], query["follow"]))
        found = said.pop(0) if isinstance(said, Script) else said
        if isinstance(found, Exception):
            raise found
        return contextlib.nullcontext(iter(found))

    connection = SimpleNamespace(lines=lines, asked=asked)
    workspace = SimpleNamespace(namespace="ns", connection=connection)
    return SimpleNamespace(workspace=workspace, stop=threading.Event())


class Script(list):
    """What is said one time after the other."""


BROKEN = Unanswered(say("nothing came"))


@pytest.mark.parametrize(
    ("said", "alive"),
    [
        (Silence(say("nothing came")), True),
        ([b"a new line"], True),
        ([], False),
        (ApiRefusal(400, "BadRequest", "container is waiting to start"), False),
        (Script([BROKEN, BROKEN, Silence(say("nothing came"))]), True),
        (Script([BROKEN, []]), False),
    ],
)
def test_a_log_that_ends_is_of_a_container_that_ended(said, alive):
    assert is_alive(follows(said), POD, "app") is alive


def test_its_own_log_is_asked_for():
    bench = follows([])
    is_alive(bench, POD, "app")

    assert bench.workspace.connection.asked == [
        ("/api/v1/namespaces/ns/pods/web/log", "app", "true")
    ]


def test_all_are_alive_if_each_is():
    one, other = follows(Silence(say("nothing came"))), follows([])

    assert are_alive(one, [(POD, "app"), (POD, "helper")])
    assert not are_alive(other, [(POD, "app")])
    assert are_alive(other, [])
