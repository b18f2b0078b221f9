"""One of a submission's Deployments, by its name: whose Pods are asked, and scaling."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.lives import Kubelet, Lookup, bench, container_status, pod

from podgrade.cluster.connection import ApiRefusal
from podgrade.grading import moments
from podgrade.model.errors import InfrastructureError
from podgrade.model.exercise import Exercise, Limits, Target
from podgrade.model.failure import Failure
from podgrade.model.reason import Doom
from podgrade.model.submission import Document, Manifest, Position
from podgrade.model.text import Text, say
from podgrade.probes import pods
from podgrade.probes.deployment import DeploymentProbe
from podgrade.probes.pods import PodsProbe
from podgrade.probes.tape import Recording, Replay
from podgrade.workspace.wait import Scope, Waited


def replica(version, owner, number=1, **metadata):
    owners = [{"kind": "ReplicaSet", "name": owner, "controller": True}]
    name = f"{owner}-{number}"
    status = container_status(owner)
    return pod(version, status, name=name, uid=name, ownerReferences=owners, **metadata)


def deployment(name, replicas):
    body = {"kind": "Deployment", "metadata": {"name": name}, "spec": {"replicas": replicas}}
    return Document(body, Position("", 0))


class Workspace:
    """A workspace of Pods that are all Ready; a wait looks once, after the cluster has obeyed."""

    namespace = "ns"

    def __init__(self, view, target="web", doom=None):
        self.view, self.target, self.doom = view, target, doom
        self.connection = self
        self.requests = []
        self.then = []
        self.refusal = None

    def aimed(self, target):
        other = Workspace(self.view, target.name, self.doom)
        other.requests, other.then, other.refusal = self.requests, self.then, self.refusal
        return other

    def request(self, method, path, *, body, **_):
        if self.refusal:
            raise self.refusal
        self.requests.append((method, path, body))
        while self.then:
            one = self.then.pop()
            self.view.take_pod(one, gone="deletionTimestamp" in one["metadata"])

    def scope(self, target):
        return Scope(target, self.view, Kubelet(), Lookup())

    def pods(self):
        return self.scope(self.target).pods()

    def pod(self):
        return next(reversed(self.pods()), None)

    def outdated(self):
        return ()

    def wait(self, goal, condition, limit):
        value = condition()
        return Waited(value, None if value is not None else self.doom, 0.0)


@pytest.fixture(autouse=True)
def _no_doubt(monkeypatch):
    """Containers need not run for a while to be believed."""
    monkeypatch.setattr(pods, "lasts", lambda *_: True)


@pytest.fixture
def there():
    """Deployment web, the target, with two Pods, and db with one."""
    found = bench(None)
    for one in (replica(1, "web"), replica(2, "web", 2), replica(3, "db")):
        found.workspace.view.take_pod(one)
    found.where = Workspace(found.workspace.view)
    found.manifest = Manifest((deployment("web", 2), deployment("db", 1)))
    target = Target("web", ("Deployment",))
    found.exercise = Exercise("split", text := Text("", ""), text, target, Path(), Path())
    return found


def test_each_is_asked_for_its_own_pods(there):
    deployments = DeploymentProbe(Recording(there))

    assert deployments("web").pods.ready == "2/2"
    assert deployments("db").pods.ready == "1/1"
    assert deployments("db").pod.containers == {"db"}


def test_the_tape_keeps_whose_answer_it_is(there):
    stage = Recording(there)
    names = [one.pod.name for one in DeploymentProbe(stage)("db").pods]
    replay = DeploymentProbe(Replay(stage.tape))("db")

    assert [entry["question"] for entry in stage.tape.entries] == [
        "deployment('db').pods",
        "deployment('db').pods['db-1'].pod.name",
    ]
    assert names == ["db-1"] == [one.pod.name for one in replay.pods]


def test_one_that_is_not_in_the_manifest_is_the_learners_failure(there):
    bare = Document({"kind": "Pod", "metadata": {"name": "db"}}, Position("", 0))
    there.manifest = Manifest((deployment("web", 2), bare))
    with pytest.raises(Failure) as failure:
        _ = DeploymentProbe(Recording(there))("db").pods.ready

    assert failure.value.reason.code == "no-target"
    assert str(failure.value.reason.seen) == "Deployment web, Pod db"


def test_scaling_asks_for_so_many_and_waits_for_them(there):
    there.where.then = [replica(4, "web", 3)]
    stage = Recording(there)
    web = DeploymentProbe(stage)("web")
    web.scale(3)

    path = "/apis/apps/v1/namespaces/ns/deployments/web"
    assert there.where.requests == [("PATCH", path, {"spec": {"replicas": 3}})]
    assert there.spent
    assert there.scaled == 3
    DeploymentProbe(Replay(stage.tape))("web").scale(3)
    assert len(there.where.requests) == 1


def test_scaled_to_nothing_is_an_answer_too(there):
    gone = [replica(9, "web", n, deletionTimestamp="2026-01-01T00:00:00Z") for n in (1, 2)]
    there.where.then = gone
    stage = Recording(there)
    DeploymentProbe(stage)("web").scale(0)

    assert list(PodsProbe(stage)) == []
    assert DeploymentProbe(stage)("db").pods.ready == "1/1"


def test_what_does_not_come_up_is_the_learners_failure(there):
    there.where.doom = Doom("crash-loop", say("it ends"))
    with pytest.raises(Failure, match="it ends"):
        DeploymentProbe(Recording(there))("web").scale(3)


def test_pods_that_do_not_end_are_never_the_learners(there):
    there.exercise = replace(there.exercise, limits=Limits(start=0.01))
    with pytest.raises(InfrastructureError, match="its Pods do not end"):
        DeploymentProbe(Recording(there))("web").scale(0)


def test_a_refusal_to_scale_is_never_the_learners(there):
    there.where.refusal = ApiRefusal(403, "Forbidden", "may not patch")
    with pytest.raises(InfrastructureError):
        DeploymentProbe(Recording(there))("db").scale(3)


def test_what_one_is_asked_changes_nothing_for_the_other(there):
    there.where.then = [replica(4, "db", 2)]
    DeploymentProbe(Recording(there))("db").scale(2)

    assert there.others["db"].scaled == 2
    assert there.scaled is None


def test_a_ready_of_the_other_that_was_only_a_moment_counts(there):
    deployments = DeploymentProbe(Recording(there))
    assert deployments("db").pods.ready == "1/1"

    again = replica(8, "db")
    again["status"]["containerStatuses"] = [container_status("db", 2)]
    there.where.view.take_pod(again)

    assert moments.only_a_moment(there)
