"""What is asked of a container's lives: name, restarts, started, exit code."""

from __future__ import annotations

import threading

import pytest
from tests.unit.lives import bench, pod
from tests.unit.lives import container_status as status

from podgrade.model.failure import Failure
from podgrade.probes.pod import PodProbe
from podgrade.probes.tape import Recording

WAITING = {"name": "app", "ready": False, "restartCount": 0, "state": {"waiting": {}}}


def probe(first, *versions, start=0.3):
    where = bench(first, start=start)

    def seen():
        for version in versions:
            where.workspace.view.take_pod(version)

    threading.Timer(0.1, seen).start()
    return PodProbe(Recording(where))


def test_the_name_is_the_pods_own():
    assert probe(pod(1, status("app"))).name == "pair"


def test_restarts_are_as_they_are():
    assert probe(pod(1, status("app", 3, ended=1))).restarts("app") == 2


def test_restarts_are_waited_for():
    again = probe(pod(1, status("app")), pod(2, status("app", 3, ended=1)), start=10)
    assert again.restarts("app", at_least=2) == 2


def test_too_few_restarts_are_told():
    assert probe(pod(1, status("app", 2))).restarts("app", at_least=2) == 1


@pytest.mark.parametrize(
    ("found", "was"),
    [
        (status("app"), True),
        (status("app", state="terminated"), True),
        (WAITING, False),
        (WAITING | {"lastState": {"terminated": {"exitCode": 1, "reason": "Error"}}}, True),
        (WAITING | {"lastState": {"terminated": {"exitCode": 128, "reason": "StartError"}}}, False),
    ],
)
def test_a_container_has_started_in_whichever_life(found, was):
    assert probe(pod(1, found)).started("app").value is was


def test_one_that_should_not_have_started_says_so():
    stage = Recording(bench(pod(1, status("app"))))
    assert PodProbe(stage).started("app")
    assert stage.witness.reason.code == "started"
    assert str(stage.witness.reason.expected) == "container app is never started"


def test_a_version_that_was_seen_before_counts():
    where = bench(pod(1, status("app")))
    where.workspace.view.take_pod(pod(2, WAITING))
    assert PodProbe(Recording(where)).started("app").value


def test_the_exit_code_is_waited_for():
    ends = probe(pod(1, status("app")), pod(2, status("app", state="terminated")), start=10)
    assert ends.exit_code("app") == 3


def test_the_newest_ending_counts():
    found = status("app", 2, state="terminated", ended=9)
    assert probe(pod(1, found)).exit_code("app") == 3
    assert probe(pod(1, status("app", 2, ended=9))).exit_code("app") == 9


def test_a_container_that_does_not_end_has_no_exit_code():
    with pytest.raises(Failure) as failure:
        _ = probe(pod(1, status("app"))).exit_code("app")
    assert failure.value.reason.code == "still-running"


def test_a_container_that_is_not_there_is_the_learners():
    with pytest.raises(Failure) as failure:
        _ = probe(pod(1, status("app"))).restarts("other")
    assert failure.value.reason.code == "container-missing"


def test_what_is_done_is_not_restarted_and_nobody_waits_for_it():
    ended = {"exitCode": 0, "reason": "Completed"}
    check = {"name": "check", "ready": True, "restartCount": 1, "state": {"terminated": ended}}
    found = probe(pod(1, status("app"), inits=[check]), start=60).restarts("check", at_least=2)

    assert (found, found.about.reason.code) == (1, "no-more-restarts")


def test_a_pod_that_has_failed_restarts_nothing():
    over = probe(pod(1, status("app", state="terminated"), phase="Failed"), start=60)

    assert over.restarts("app", at_least=2).about.reason.code == "no-more-restarts"


def test_a_life_is_as_long_as_the_kubelet_says():
    times = {"startedAt": "2026-01-01T00:00:58Z", "finishedAt": "2026-01-01T00:01:03Z"}
    last = WAITS_NO_MORE | {"lastState": {"terminated": {"exitCode": 0} | times}}

    assert probe(pod(1, last)).took("app") == 5
    with pytest.raises(Failure):
        probe(pod(1, status("app"))).took("app")


WAITS_NO_MORE = status("app", 2)
