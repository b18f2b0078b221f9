"""What an exercise has there besides the submission: what is selected, what is ready."""

from __future__ import annotations

import threading

import pytest

from podgrade.cluster.view import View
from podgrade.model.errors import GraderError
from podgrade.model.exercise import Exercise, Target
from podgrade.model.submission import Document, Position
from podgrade.model.text import Text
from podgrade.workspace.endpoints import ready_endpoints
from podgrade.workspace.material import filled, fresh
from podgrade.workspace.setup import Setup
from podgrade.workspace.target import belongs
from podgrade.workspace.wait import Scope
from podgrade.workspace.workloads import selects


def document(kind, name, **body):
    metadata = {"name": name} | body.pop("metadata", {})
    return Document({"kind": kind, "metadata": metadata} | body, Position("setup.yaml", 1))


POD = document("Pod", "web", metadata={"labels": {"app": "web", "tier": "front"}})
DEPLOYMENT = document(
    "Deployment", "web", spec={"template": {"metadata": {"labels": {"app": "web"}}}}
)


def service(**selector):
    return document("Service", "web", spec={"selector": selector} if selector else {})


@pytest.mark.parametrize(
    ("one", "workload", "chosen"),
    [
        (service(app="web"), POD, True),
        (service(app="web"), DEPLOYMENT, True),
        (service(app="web", tier="front"), DEPLOYMENT, False),
        (service(), POD, False),
        (service(app="web"), document("Pod", "bare"), False),
        (service(app="web"), document("ConfigMap", "web"), False),
        (POD, POD, False),
    ],
)
def test_a_service_selects_by_all_its_labels(one, workload, chosen):
    assert selects(one, workload) is chosen


def endpoint(address, uid=None, **conditions):
    found = {"addresses": [address], "conditions": conditions}
    return found | ({"targetRef": {"uid": uid}} if uid else {})


def test_an_endpoint_that_does_not_say_otherwise_is_ready():
    ready = [endpoint("10.0.0.1", ready=True), endpoint("10.0.0.2"), {"addresses": ["10.0.0.3"]}]
    away = endpoint("10.0.0.4", ready=False, serving=True, terminating=True)

    assert ready_endpoints([{"endpoints": [*ready, away]}, {"endpoints": None}]) == 3


def test_a_pod_with_two_addresses_is_one_endpoint():
    slices = [{"endpoints": [endpoint(address, "u")]} for address in ("10.0.0.1", "fd00::1")]

    assert ready_endpoints(slices) == 1


@pytest.mark.parametrize(
    ("kind", "name", "its"),
    [("StatefulSet", "redis-st-0", True), ("StatefulSet", "redis-st", True), ("Job", "x", False)],
)
def test_a_stateful_sets_pod_has_a_name_of_its_own(kind, name, its):
    owner = {"kind": kind, "name": "redis-st", "controller": True}
    pod = {"metadata": {"name": "redis-st-0", "ownerReferences": [owner]}}

    assert belongs(pod, name) is its


def test_material_stands_for_its_places_in_strings():
    body = {"text": "a ${TOKEN} b${TOKEN}", "list": ["${TOKEN}", 3], "deep": {"x": True}}
    other = {"nginx": "$request_uri ${request_uri}", "shell": "${HOME} $TOKEN"}
    found = filled(document("ConfigMap", "c", data=body | other), {"TOKEN": "n0"})

    assert found.body["data"] == {
        "text": "a n0 bn0",
        "list": ["n0", 3],
        "deep": {"x": True},
        **other,
    }


def test_material_is_new_each_time():
    one, two = fresh(["A", "B"]), fresh(["A", "B"])

    assert len({*one.values(), *two.values()}) == 4
    assert all(len(value) == 16 for value in one.values())


class Cluster:
    """Takes what is created; Pods are Ready at once."""

    def __init__(self):
        self.made = []
        self.connection = self
        self.stop = threading.Event()

    def scope(self, target):
        view = View("w", self.stop)
        for one in self.made:
            if one["kind"] == "Pod" and one["metadata"]["name"] == target:
                view.take_pod(one)
        return Scope(target, view, self, None)

    def request_with_warnings(self, method, path, *, query, body):
        ready = {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:09Z"}
        times = {"creationTimestamp": "2026-01-01T00:00:01Z"}
        known = {"uid": str(len(self.made)), "resourceVersion": str(len(self.made) + 1)}
        metadata = body["metadata"] | times | known
        self.made.append({**body, "metadata": metadata, "status": {"conditions": [ready]}})
        return self.made[-1], ()

    def request(self, method, path, **asked):
        if asked.get("query") == {"dryRun": "All"}:  # nothing is made, and the time is told
            return {"metadata": {"creationTimestamp": "2026-01-01T00:00:12Z"}}
        return next(one for one in self.made if path.endswith(one["metadata"]["name"]))


LATER = """\
apiVersion: v1
kind: Pod
metadata: {name: gate, labels: {key: "${KEY}"}}
spec: {containers: [{name: web, image: nginx}]}
"""


@pytest.fixture
def cluster():
    return Cluster()


@pytest.fixture
def setup(tmp_path, cluster):
    for name in ("setup", "later"):
        (tmp_path / name).mkdir()
    (tmp_path / "later/gate.yaml").write_text(LATER)
    (tmp_path / "setup/base.yaml").write_text(LATER.replace("gate", "base"))
    text = Text("", "")
    exercise = Exercise("s", text, text, Target("app"), tmp_path, tmp_path, material=("KEY",))
    return Setup(cluster.scope, "w", exercise)


def test_a_setup_is_made_with_its_material(setup, cluster):
    setup.stand_up()

    assert [one["metadata"]["name"] for one in cluster.made] == ["base"]
    assert cluster.made[0]["metadata"]["labels"] == {"key": setup.material["KEY"]}


def test_what_comes_later_comes_once_and_says_since_when(setup, cluster):
    assert setup.supply("gate") == setup.supply("gate") == "2026-01-01T00:00:12Z"
    assert len(cluster.made) == 1
    assert setup.workload("gate").name == "gate"


@pytest.mark.parametrize("ask", [lambda s: s.supply("door"), lambda s: s.workload("gate")])
def test_a_name_the_exercise_does_not_have_is_the_graders_fault(setup, ask):
    with pytest.raises(GraderError):
        ask(setup)


def test_only_what_has_replicas_is_scaled(setup):
    setup.stand_up()
    with pytest.raises(GraderError, match="Pod/base has no replicas"):
        setup.scale("base", 0)


def test_what_stands_there_is_known_by_kind_and_name(setup):
    setup.stand_up()
    standing = setup._standing[0]
    assert setup.has(standing)
    assert not setup.has(document(standing.kind, "another"))


def test_what_comes_later_is_held_back_in_a_submission(setup):
    assert setup.comes_later(document("Pod", "gate"))
    assert not setup.comes_later(document("Pod", "base"))
    assert not setup.comes_later(document("Service", "gate"))
