"""What containers did, from the versions of their Pods that the watch saw."""

from __future__ import annotations

import threading

import pytest

from podgrade.cluster import view as view_module
from podgrade.cluster.view import View
from podgrade.grading.lanes import lanes
from podgrade.model.timeline import Span, State

WAITING = {"waiting": {"reason": "ContainerCreating"}}
RUNNING = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}


def ended(code, reason="Error"):
    return {"terminated": {"reason": reason, "exitCode": code}}


def status(name, state, *, ready=False, restarts=0):
    return {"name": name, "state": state, "ready": ready, "restartCount": restarts}


@pytest.fixture
def seen(monkeypatch):
    """Takes in versions of Pods at given seconds after 100 and tells the lanes at the end."""
    clock = {"now": 100.0}
    monkeypatch.setattr(view_module.time, "monotonic", lambda: clock["now"])
    view = View("ns", threading.Event())

    def take(*versions, until, target="app"):
        for number, (at, name, statuses, more) in enumerate(versions):
            clock["now"] = 100.0 + at
            view.take_pod(pod(name, number, statuses, **more))
        return lanes(view, target, 100.0, 100.0 + until)

    return take


def pod(name, number, statuses, *, inits=(), **metadata):
    names = [one["name"] for one in statuses if one["name"] not in {init["name"] for init in inits}]
    return {
        "metadata": {
            "name": name,
            "uid": name,
            "resourceVersion": str(number + 1),
            "creationTimestamp": f"2026-01-01T00:00:0{number}Z",
            **metadata,
        },
        "spec": {
            "initContainers": list(inits),
            "containers": [{"name": one} for one in names or ["web"]],
        },
        "status": {"containerStatuses": list(statuses)},
    }


def test_states_follow_each_other(seen):
    (lane,) = seen(
        (0.0, "app", [], {}),
        (0.5, "app", [status("web", WAITING)], {}),
        (1.0, "app", [status("web", WAITING)], {}),
        (2.0, "app", [status("web", RUNNING)], {}),
        (3.0, "app", [status("web", RUNNING, ready=True)], {}),
        until=9.0,
    )

    assert (lane.pod, lane.container, lane.kind, lane.restarts) == ("app", "web", "container", 0)
    assert lane.spans == (
        Span(State.WAITING, 0.0, 0.5),
        Span(State.WAITING, 0.5, 2.0, "ContainerCreating"),
        Span(State.RUNNING, 2.0, 3.0),
        Span(State.READY, 3.0, 9.0),
    )


def test_another_life_is_another_span(seen):
    (lane,) = seen(
        (0.0, "app", [status("web", RUNNING)], {}),
        (1.0, "app", [status("web", RUNNING, restarts=1)], {}),
        (2.0, "app", [status("web", ended(1), restarts=1)], {}),
        until=3.0,
    )

    assert lane.restarts == 1
    assert [(span.state, span.detail) for span in lane.spans] == [
        (State.RUNNING, ""),
        (State.RUNNING, ""),
        (State.ENDED, "Error 1"),
    ]


def test_init_containers_come_first_and_a_native_sidecar_is_named_so(seen):
    inits = ({"name": "wait"}, {"name": "proxy", "restartPolicy": "Always"})
    found = seen(
        (
            0.0,
            "app",
            [status("wait", ended(0, "Completed")), status("web", WAITING)],
            {"inits": inits},
        ),
        until=1.0,
    )

    assert [(lane.container, lane.kind) for lane in found] == [
        ("wait", "init"),
        ("proxy", "sidecar"),
        ("web", "container"),
    ]
    assert found[0].spans[0].detail == "Completed 0"


def test_a_deleted_pods_lane_ends_there_and_others_pods_are_not_told(seen):
    gone = {"deletionTimestamp": "2026-01-01T00:00:05Z"}
    found = seen(
        (0.0, "app", [status("web", RUNNING)], {}),
        (5.0, "app", [status("web", RUNNING)], gone),
        (6.0, "other", [status("web", RUNNING)], {}),
        until=9.0,
    )

    assert [lane.pod for lane in found] == ["app"]
    assert found[0].spans[-1].end == 5.0


def test_what_was_seen_before_counts_from_the_beginning(seen):
    (lane,) = seen((-1.0, "app", [status("web", RUNNING)], {}), until=1.0)

    assert lane.spans == (Span(State.RUNNING, 0.0, 1.0),)
