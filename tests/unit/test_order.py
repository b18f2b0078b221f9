"""Which of two containers starts first, by the spec and by what was seen."""

from __future__ import annotations

from typing import Any

import pytest

from podgrade.probes import order

SPEC = {
    "initContainers": [{"name": "first"}, {"name": "second"}],
    "containers": [{"name": "app"}, {"name": "helper"}],
}


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        ("first", "second", True),
        ("first", "app", True),
        ("second", "first", False),
        ("app", "first", False),
        ("app", "helper", False),
    ],
)
def test_only_init_containers_come_before_others(first, then, expected):
    assert order.guaranteed({"spec": SPEC}, first, then) is expected


def status(name: str, state: str, at: str = "", restarts: int = 0) -> dict[str, Any]:
    times = {"startedAt": at} if at else {}
    return {"name": name, "state": {state: times}, "restartCount": restarts}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (status("a", "running", "10:00:01"), status("b", "waiting"), False),
        (status("a", "waiting"), status("b", "waiting"), False),
        (status("a", "running", "10:00:01"), status("b", "running", "10:00:01"), False),
        (status("a", "running", "10:00:02"), status("b", "running", "10:00:01"), True),
        (status("a", "waiting"), status("b", "running", "10:00:01"), True),
        (status("a", "running", "10:09:00", 1), status("b", "running", "10:00:01"), False),
    ],
)
def test_times_may_contradict(one, other, expected):
    pod = {"status": {"containerStatuses": [one, other]}}

    assert order.contradicts(pod, "a", "b") is expected
