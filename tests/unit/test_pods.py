"""Every Pod of a Deployment by itself: how many there are to be, and when they are told."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.unit.lives import bench, container_status, pod

from podgrade.model.exercise import Exercise, Target
from podgrade.model.failure import Failure
from podgrade.model.reason import Doom
from podgrade.model.text import Text, say
from podgrade.probes.pods import PodsProbe
from podgrade.probes.tape import Recording, Replay
from podgrade.probes.values import explain
from podgrade.workspace.wait import Waited


def replica(name, version="1", *, ready=True, **metadata):
    owner = {"kind": "ReplicaSet", "name": "pair", "controller": True}
    status = container_status("app", ready=ready)
    return pod(version, status, name=name, uid=name, ownerReferences=[owner], **metadata)


def on(*pods, replicas=2, doom=None, outdated=()):
    found = bench(None)
    for one in pods:
        found.workspace.view.take_pod(one)
    spec = {} if replicas is None else {"replicas": replicas}
    document = SimpleNamespace(kind="Deployment", name="pair", body={"spec": spec})
    found.manifest = SimpleNamespace(documents=(document,))
    target = Target("pair", ("Deployment",))
    found.exercise = Exercise("pair", text := Text("", ""), text, target, Path(), Path())

    def wait(goal, condition, limit):
        value = condition()
        return Waited(value, None if value else doom, 0.0)

    found.workspace.wait = wait
    found.workspace.outdated = lambda: outdated
    found.workspace.asked = []
    found.workspace.aimed = lambda other: found.workspace.asked.append(other) or found.workspace
    return found


CRASHED = Doom("crash-loop", say("it ends"))


def test_all_that_were_asked_for_are_ready():
    stage = Recording(on(replica("pair-1"), replica("pair-2")))

    assert PodsProbe(stage).ready == "2/2"


def test_pods_that_go_do_not_count():
    going = replica("pair-0", deletionTimestamp="2026-01-01T00:00:00Z")
    stage = Recording(on(going, replica("pair-1"), replica("pair-2")))

    assert PodsProbe(stage).ready == "2/2"


def test_a_rollout_is_over_when_the_old_ones_go():
    found = on(replica("pair-1"), replica("pair-2"), outdated=(replica("pair-0"),), doom=CRASHED)
    with pytest.raises(Failure):
        list(PodsProbe(Recording(found)))


def test_without_replicas_it_is_one():
    seen = PodsProbe(Recording(on(replica("pair-1"), replicas=None))).ready

    assert seen == "1/1"
    assert explain("==", seen, "2/2").code == "replica-count"


def test_what_keeps_a_pod_from_being_ready_is_the_reason():
    found = on(replica("pair-1"), replica("pair-2", ready=False), doom=CRASHED)
    seen = PodsProbe(Recording(found)).ready

    assert seen == "1/2"
    assert explain("==", seen, "2/2").code == "crash-loop"


def test_each_is_asked_by_its_own_name_and_so_is_the_tape():
    found = on(replica("pair-1"), replica("pair-2"))
    stage = Recording(found)
    names = [one.pod.name for one in PodsProbe(stage)]
    questions = [entry["question"] for entry in stage.tape.entries]

    assert questions == ["pods", "pods['pair-1'].pod.name", "pods['pair-2'].pod.name"]
    assert found.workspace.asked == [Target("pair-1"), Target("pair-2")]
    assert [one.pod.name for one in PodsProbe(Replay(stage.tape))] == names


def test_none_is_given_while_one_cannot_come_up():
    found = on(replica("pair-1"), replica("pair-2", ready=False), doom=CRASHED)
    with pytest.raises(Failure, match="it ends"):
        list(PodsProbe(Recording(found)))
