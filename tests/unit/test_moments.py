"""A Ready that was only a moment is found out from what the cluster says of the containers."""

from __future__ import annotations

import contextlib
import threading
import time
from types import SimpleNamespace

import pytest

from podgrade.cluster.connection import ApiRefusal, Silence
from podgrade.grading import moments
from podgrade.model.errors import InfrastructureError
from podgrade.model.exercise import Limits
from podgrade.model.text import say
from podgrade.probes.alive import LOOK
from podgrade.probes.bench import Baseline, Role

RUNS = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}

STARTED_NOW = {"running": {"startedAt": "2999-01-01T00:00:00Z"}}


def ended(began="2026-01-01T00:00:00Z", end="2026-01-01T00:00:01Z", container_id="one"):
    ending = {"startedAt": began, "finishedAt": end, "exitCode": 1, "containerID": container_id}
    return {"terminated": ending}


def pod(state, container_id="one", restarts=0, last=None):
    status = {
        "name": "app",
        "containerID": container_id,
        "restartCount": restarts,
        "state": state,
        "lastState": last or {},
    }
    return {
        "metadata": {"name": "web", "uid": "1"},
        "spec": {"containers": [{"name": "app"}]},
        "status": {"containerStatuses": [status]},
    }


class Workspace:
    """What the watch saw, one version of the Pod after the other."""

    namespace = "ns"

    def __init__(self, *versions):
        self.versions = list(versions)
        self.waited = []
        self.previous = False
        self.connection = self
        self.view = self
        self.history = ()
        self.runs = True

    def sightings(self, uid):
        return self.history

    @contextlib.contextmanager
    def lines(self, *_, **__):
        """A followed log: silent while the container runs, at its end when it does not."""
        yield self._silent() if self.runs else iter(())

    def _silent(self):
        raise Silence(say("nothing came"))
        yield b""

    def read(self, *_, **__):
        """The log of a previous life, as the kubelet has it."""
        if not self.previous:
            raise ApiRefusal(400, "BadRequest", "previous terminated container not found")
        return b""

    def pod(self):
        return self.versions[0]

    def wait(self, goal, condition, limit):
        self.waited.append(limit)
        while not condition() and len(self.versions) > 1:
            self.versions.pop(0)


def bench(*versions, counted=("one", 0)):
    return SimpleNamespace(
        workspace=Workspace(*versions),
        counted={"app": counted} if counted else None,
        baseline=None,
        exercise=SimpleNamespace(limits=Limits(steady=2.0)),
        others={},
        doing=lambda words: None,
        stop=threading.Event(),
    )


@pytest.mark.parametrize(
    ("seen", "moment"),
    [
        (pod(RUNS), False),
        (pod(ended()), True),
        (pod(RUNS, "two", 1), True),
        (pod({"waiting": {"reason": "CrashLoopBackOff"}}, last=ended()), True),
        (None, False),
    ],
)
def test_a_counted_container_that_has_ended_was_ready_for_a_moment(seen, moment):
    assert moments.only_a_moment(bench(seen)) is moment


def test_what_only_the_kubelet_knows_is_found_out_and_waited_for():
    late = bench(pod(RUNS), pod(RUNS, "two", 1))
    late.workspace.previous = True

    assert moments.only_a_moment(late)
    assert late.workspace.pod() == pod(RUNS, "two", 1)


@pytest.mark.parametrize(
    ("surely", "runs", "moment"),
    [(True, False, True), (True, True, False), (False, False, False)],
)
def test_to_be_sure_the_runtime_is_asked_whether_the_containers_run(surely, runs, moment):
    counted = bench(pod(RUNS))
    counted.workspace.runs = runs

    assert moments.only_a_moment(counted, surely=surely) is moment


def test_where_nothing_was_counted_there_is_no_moment():
    never = bench(pod(ended()), counted=None)
    moments.watch_a_while(never)

    assert not moments.only_a_moment(never)
    assert not moments.was_never_ready(never)
    assert never.workspace.waited == []


def test_the_watch_ends_as_soon_as_a_container_has_ended():
    busy = bench(pod(RUNS), pod(ended()), pod(RUNS, "two", 1))
    moments.watch_a_while(busy)

    assert busy.workspace.waited == [pytest.approx(moments.A_WHILE - LOOK, abs=0.1)]
    assert busy.workspace.pod() == pod(ended())


def test_other_deployments_are_watched_in_the_same_while():
    found, other = bench(pod(RUNS)), bench(pod(RUNS))
    other.role = Role.SUBMISSION
    found.others["db"] = other
    moments.watch_a_while(found)

    assert other.workspace.waited == [pytest.approx(moments.A_WHILE - LOOK, abs=0.1)]
    assert other.workspace.waited <= found.workspace.waited


@pytest.mark.parametrize("role", [Role.SUBMISSION, Role.SETUP])
def test_what_ends_in_another_deployment_counts_and_the_setup_does_not(role):
    found, other = bench(pod(RUNS)), bench(pod(ended(), restarts=1))
    other.role = role
    found.others["db"] = other

    assert moments.only_a_moment(found) is (role is Role.SUBMISSION)
    assert moments.was_never_ready(found) is (role is Role.SUBMISSION)


@pytest.mark.parametrize(("ago", "waits"), [(0.5, True), (1.5, False)])
def test_after_a_question_it_is_the_while_that_steady_would_wait_for(ago, waits):
    asked = bench(pod(RUNS))
    asked.baseline = Baseline({"app": ("one", 0)}, time.monotonic() - ago)
    moments.watch_a_while(asked)

    assert [round(seconds, 1) for seconds in asked.workspace.waited] == ([0.5] if waits else [])


def test_a_cluster_that_fails_meanwhile_is_left_to_the_next_check():
    lost = bench(pod(RUNS))

    def fail(*_):
        raise InfrastructureError(say("the watch is down"))

    lost.workspace.wait = fail
    moments.watch_a_while(lost)

    assert not moments.only_a_moment(lost)


@pytest.mark.parametrize(("ago", "left"), [(1.0, [4.0]), (6.0, [])])
def test_a_container_is_let_last_for_five_seconds(ago, left):
    young = bench(pod(RUNS))
    young.workspace.history = [SimpleNamespace(pod=pod(RUNS), at=time.monotonic() - ago)]
    young.workspace.versions[0]["status"]["containerStatuses"][0]["state"] = STARTED_NOW
    moments.let_them_last(young)

    assert [round(seconds, 1) for seconds in young.workspace.waited] == left


def test_what_ran_before_anybody_watched_is_not_waited_for():
    old = bench(pod(RUNS))  # by its own clock
    old.workspace.history = [SimpleNamespace(pod=pod(RUNS), at=time.monotonic())]
    moments.let_them_last(old)

    assert old.workspace.waited == []


def test_what_has_ended_is_not_let_last():
    dead = bench(pod(ended()), pod(RUNS, "two", 1))
    moments.let_them_last(dead)

    assert dead.workspace.pod() == pod(ended())


@pytest.mark.parametrize(
    ("seen", "never"),
    [
        (pod(RUNS), False),
        (pod(ended()), True),
        (pod(RUNS, "two", 1, ended()), True),
        (pod(ended(end="2026-01-01T00:00:05Z")), True),
        (pod(ended(end="2026-01-01T00:00:06Z")), False),
        (pod(RUNS, "two", 1, ended(end="2026-01-01T00:09:00Z")), False),
        (pod({"waiting": {}}, last={"terminated": {"finishedAt": None}}), False),
    ],
)
def test_a_life_of_five_seconds_at_most_was_never_ready(seen, never):
    assert moments.was_never_ready(bench(seen)) is never


def test_a_shorter_life_after_the_counted_one_says_nothing_of_it():
    long = ended(end="2026-01-01T00:00:07Z")
    later = bench(pod({"waiting": {}}, "two", 1, ended(container_id="two")))
    versions = (pod(RUNS), pod(RUNS, "two", 1, long))
    later.workspace.history = [SimpleNamespace(pod=version) for version in versions]

    assert not moments.was_never_ready(later)


def test_a_counted_life_whose_end_went_by_unseen_is_judged_by_the_next():
    later = bench(pod({"waiting": {}}, "two", 1, ended(container_id="two")))

    assert moments.was_never_ready(later)


def test_what_is_forgotten_is_asked_anew():
    once = bench(pod(RUNS))
    moments.forget(once)

    assert (once.counted, once.baseline) == (None, None)
