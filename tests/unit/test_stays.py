"""Whether a Pod stays where it is for a while: what leaving looks like, and what is no leaving."""

from __future__ import annotations

import threading

import pytest
from tests.unit.lives import Kubelet, bench, pod
from tests.unit.lives import container_status as status

from podgrade.model.errors import InfrastructureError
from podgrade.probes.stays import stays

APP = status("app", state="waiting", ready=False)
WAITS = status("wait", ready=False)
FAILS = status("wait", state="terminated", ready=False)
DONE = FAILS | {"state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}


def version(number, *inits):
    return pod(number, APP, inits=inits, phase="Pending")


def where(*versions, start=0.3, dead=()):
    """A bench that sees these versions, a tenth of a second apart."""
    found = bench(versions[0], Kubelet(dead=dead), start=start, answer=2)
    for number, later in enumerate(versions[1:], 1):
        threading.Timer(number / 10, found.workspace.view.take_pod, [later]).start()
    return found


def test_one_that_waits_on_stays():
    assert stays(where(version(1, WAITS)), "Init:0/1", 0.2)


@pytest.mark.parametrize("versions", [[version(1, WAITS), version(2, DONE)], [version(1, DONE)]])
def test_one_that_ends_too_early_is_told(versions):
    flag = stays(where(*versions), "Init:0/1", 0.5)

    assert flag.value is False
    assert flag.about.reason.code == "ended-early"


def test_one_that_fails_has_not_stayed_and_says_what_failed():
    flag = stays(where(version(1, WAITS), version(2, FAILS)), "Init:0/1", 0.5)

    assert (flag.value, flag.about.reason.code) == (False, "init-crash-loop")


def test_a_state_that_lasted_no_time_is_seen():
    back = WAITS | {"restartCount": 1, "containerID": "containerd://wait-2"}
    found = where(version(1, WAITS))
    timer = threading.Timer(0.1, lambda: [*map(found.workspace.view.take_pod, both)])
    both = version(2, FAILS), version(3, back)
    timer.start()

    assert not stays(found, "Init:0/1", 0.5).value


def test_the_time_counts_from_when_the_container_runs():
    begins = status("wait", state="waiting", ready=False)
    with pytest.raises(InfrastructureError, match="has not started yet"):
        stays(where(version(1, begins)), "Init:0/1", 0.1)


def test_the_second_of_two_may_wait_after_the_first():
    done, second = DONE | {"name": "first"}, WAITS | {"name": "second"}

    assert stays(where(version(1, done, second)), "Init:1/2", 0.2)


def test_a_pod_that_runs_may_stay_so_too():
    up = pod(1, status("app"))

    assert stays(where(up), "Running", 0.2)
    assert (
        stays(where(up, pod(2, status("app", state="terminated"))), "Running", 0.5).value is False
    )


def test_one_that_has_ended_and_is_still_called_running_is_waited_for():
    found = where(version(1, WAITS), dead=["wait"])
    later = threading.Timer(0.1, found.workspace.view.take_pod, [version(2, DONE)])
    found.workspace.connection.on_follow = later.start
    flag = stays(found, "Init:0/1", 0.2)

    assert (flag.value, flag.about.reason.code) == (False, "ended-early")


def test_an_end_that_is_never_told_blames_nobody():
    found = where(version(1, WAITS), dead=["wait"])
    assert stays(found, "Init:0/1", 0.1)
