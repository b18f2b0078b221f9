"""How many may be in flight: what the cluster has room for, less under pressure, and back."""

from __future__ import annotations

import pytest

from podgrade.grading.flow import MOST, Flow
from podgrade.model.text import Text
from podgrade.workspace.capacity import ONE, capacity, pressure

ROOM, TIGHT, TIGHTER = Text("room", ""), Text("tight", ""), Text("tighter", "")


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def looked_at(flow, clock, *seconds, pressure=None):
    """The numbers at these moments."""
    numbers = []
    for second in seconds:
        clock.now = float(second)
        flow.look(pressure)
        numbers.append(flow.allowed)
    return numbers


def test_it_begins_with_all_there_is_room_for(clock):
    flow = Flow(16, ROOM, clock=clock)

    assert looked_at(flow, clock, 0, 100) == [16, 16]
    assert flow.why is ROOM


def test_under_pressure_a_third_less_once_in_ten_seconds(clock):
    flow = Flow(16, ROOM, clock=clock)

    assert looked_at(flow, clock, 0, 1, 9, 10, 19, 20, pressure=TIGHT) == [10, 10, 10, 6, 6, 4]
    assert flow.why is TIGHT


def test_one_is_always_allowed(clock):
    flow = Flow(2, ROOM, clock=clock)

    assert looked_at(flow, clock, 0, 10, 20, pressure=TIGHT) == [1, 1, 1]
    assert Flow(0, ROOM).allowed == 1


def test_after_a_while_without_pressure_one_more_every_five_seconds(clock):
    flow = Flow(7, ROOM, clock=clock)
    looked_at(flow, clock, 0, pressure=TIGHT)

    assert looked_at(flow, clock, 9, 10, 14, 15) == [4, 5, 5, 6]
    assert flow.why is TIGHT
    assert looked_at(flow, clock, 20, 25) == [7, 7]
    assert flow.why is ROOM


def test_pressure_that_stays_keeps_it_low(clock):
    flow = Flow(16, ROOM, clock=clock)
    looked_at(flow, clock, 0, pressure=TIGHT)

    assert looked_at(flow, clock, 12) == [11]
    assert looked_at(flow, clock, 13, pressure=TIGHTER) == [11]  # the step up is just behind
    assert looked_at(flow, clock, 22, pressure=TIGHTER) == [7]
    assert looked_at(flow, clock, 31, 32) == [7, 8]
    assert flow.why is TIGHTER


def test_changes_are_told_once(clock):
    told = []
    flow = Flow(16, ROOM, clock=clock, tell=lambda *both: told.append(both))
    flow.begin()
    looked_at(flow, clock, 0, 1, 2, pressure=TIGHT)
    looked_at(flow, clock, 12, 13)

    assert told == [(16, ROOM), (10, TIGHT), (11, TIGHT)]


def test_a_firm_number_is_firm():
    assert Flow.firm(500).allowed == Flow.firm(500).most == 500
    assert Flow(500, ROOM).allowed == MOST


# The cluster's room


def node(name="a", *, ready="True", taints=(), unschedulable=False, extra=(), **offered):
    allocatable = {"pods": "110", "cpu": "2", "memory": "8Gi"} | offered
    return {
        "metadata": {"name": name},
        "spec": {"taints": list(taints), "unschedulable": unschedulable},
        "status": {
            "allocatable": allocatable,
            "conditions": [{"type": "Ready", "status": ready}, *extra],
        },
    }


def pod(node="a", phase="Running", **requests):
    container = {"resources": {"requests": requests}}
    return {"spec": {"nodeName": node, "containers": [container]}, "status": {"phase": phase}}


def test_what_there_is_least_of_decides():
    assert capacity([node()], []).count == 2 / ONE["cpu"] == 16
    assert capacity([node(memory="512Mi")], []).count == 4
    assert capacity([node(pods="10")], []).count == 3
    assert str(capacity([node()], []).least) == "CPU"
    assert str(capacity([node(memory="512Mi")], []).least) == "memory"
    assert str(capacity([node(pods="10")], []).least) == "Pods"


def test_what_runs_there_is_taken_off():
    there = [pod(cpu="1"), pod(phase="Succeeded", cpu="1"), pod("b", cpu="1"), pod("gone")]

    assert capacity([node()], there).count == 8
    assert capacity([node(pods="10")], [pod()] * 4).count == 2
    assert capacity([node()], [pod(cpu="3")]).count == 0


def test_nodes_that_take_nothing_do_not_count():
    shut = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}
    nodes = [
        node("a"),
        node("b", ready="Unknown"),
        node("c", unschedulable=True),
        node("d", taints=[shut]),
    ]

    assert capacity(nodes, []).count == 16
    assert capacity([node("a"), node("e")], []).count == 32
    assert capacity([], []).count == 0
    assert capacity([{**node(), "status": {"conditions": []}}], []).count == 0


@pytest.mark.parametrize("kind", ["MemoryPressure", "DiskPressure", "PIDPressure"])
def test_nodes_say_what_they_are_short_of(kind):
    assert pressure([node(extra=[{"type": kind, "status": "False"}])]) is None
    found = pressure([node(), node("b", extra=[{"type": kind, "status": "True"}])])
    assert str(found) == f"a node has {kind}"
