"""A Deployment that stands there and is changed: which Pods count then, and who may do it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from podgrade.cluster.connection import ApiRefusal
from podgrade.cluster.view import View
from podgrade.model.errors import InfrastructureError
from podgrade.model.exercise import Exercise, Target
from podgrade.model.submission import Document, Manifest, Position
from podgrade.model.text import Text
from podgrade.workspace import fence, standing
from podgrade.workspace.apply import replace
from podgrade.workspace.wait import Scope
from podgrade.workspace.workspace import Workspace

LEGACY = Target("legacy", ("Deployment",), exists=True)


def document(kind="Deployment", name="legacy", **metadata):
    version = "apps/v1" if kind == "Deployment" else "v1"
    body = {"apiVersion": version, "kind": kind, "metadata": {"name": name, **metadata}}
    return Document(body, Position("a.yaml", 1))


def template_of(image, **labels):
    spec = {"containers": [{"name": "app", "image": image}]}
    return {"metadata": {"labels": {"app": "legacy", **labels}}, "spec": spec}


def replica_set(revision, label, owner="d", image="nginx"):
    metadata = {
        "labels": {"pod-template-hash": label},
        "annotations": {"deployment.kubernetes.io/revision": revision},
        "ownerReferences": [{"uid": owner, "controller": True}],
    }
    template = template_of(image, **{"pod-template-hash": label})
    return {"metadata": metadata, "spec": {"template": template}}


OLD = replica_set("9", "old", image="httpd")
NEW = replica_set("10", "new")
ANOTHERS = replica_set("11", "x", "y")


class Server:
    """Answers for one Deployment that becomes observed; notes what is sent."""

    def __init__(self, *, observed=2, refusals=(), sets=((OLD, NEW, ANOTHERS),), paused=False):
        self.stop = threading.Event()
        self.sent = []
        self.refusals = list(refusals)
        self.sets = list(sets)
        metadata = {"name": "legacy", "uid": "d", "generation": 2, "resourceVersion": "7"}
        self.deployment = {
            "kind": "Deployment",
            "metadata": metadata,
            "spec": {"template": template_of("nginx"), "paused": paused},
            "status": {"observedGeneration": observed},
        }

    def request(self, method, path, *, query=None, body=None):
        self.sent.append((method, path))
        if path.endswith("/replicasets"):
            items = self.sets.pop(0) if len(self.sets) > 1 else self.sets[0]
            return {"items": items, "metadata": {"resourceVersion": "8"}}
        if query:
            return {"items": [self.deployment], "metadata": {"resourceVersion": "7"}}
        return self.deployment

    @contextmanager
    def lines(self, path, *, query, timeout):
        yield iter(['{"type": "ADDED"}'])

    def request_with_warnings(self, method, path, *, query, body):
        self.sent.append((method, path, query, body))
        if self.refusals:
            raise self.refusals.pop()
        return {}, ("careful",)


@pytest.mark.parametrize(
    ("target", "handed_in", "it"),
    [
        (LEGACY, document(), True),
        (LEGACY, document(name="other"), False),
        (LEGACY, document(kind="Pod"), False),
        (Target("legacy", ("Deployment",)), document(), False),
    ],
)
def test_only_the_named_object_is_changed(target, handed_in, it):
    assert standing.is_it(target, handed_in) is it


def test_the_right_is_for_this_object_alone():
    role, binding = fence.rights_to_change("Deployment", "legacy")

    assert role["rules"] == [
        {
            "apiGroups": ["apps"],
            "resources": ["deployments"],
            "resourceNames": ["legacy"],
            "verbs": ["update"],
        }
    ]
    assert binding["roleRef"]["name"] == role["metadata"]["name"] != fence.LEARNER
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": fence.LEARNER}]


def test_the_right_is_there_when_a_trial_passes():
    server = Server(refusals=[ApiRefusal(403, "Forbidden", "not yet")])
    standing.let_change(server, server, "w", document())

    tried = [one for one in server.sent if one[0] == "PUT"]
    assert len(tried) == 2
    assert all(query["dryRun"] == "All" for *_, query, _ in tried)


def test_a_right_that_cannot_be_tried_is_ours():
    server = Server(refusals=[ApiRefusal(500, "InternalError", "etcd")])
    with pytest.raises(InfrastructureError, match="etcd"):
        standing.let_change(server, server, "w", document())


def test_what_an_export_holds_of_the_live_object_is_not_sent():
    server = Server()
    servers = {"uid": "x", "resourceVersion": "3", "generation": 4, "creationTimestamp": "then"}
    exported = document(labels={"app": "legacy"}, managedFields=[], namespace="w", **servers)

    assert replace(server, "w", exported) == ("careful",)
    [(method, path, query, body)] = server.sent
    assert (method, path) == ("PUT", "/apis/apps/v1/namespaces/w/deployments/legacy")
    assert query["fieldValidation"] == "Strict"
    assert body["metadata"] == {"name": "legacy", "namespace": "w", "labels": {"app": "legacy"}}


def test_the_replica_set_of_an_equal_template_is_the_present_one():
    assert standing.template(Server(), "w", "legacy", 1) == "new"


def test_the_present_replica_set_may_be_an_older_revision_than_the_latest():
    back = (replica_set("9", "back"), replica_set("10", "later", image="httpd"))
    assert standing.template(Server(sets=[back]), "w", "legacy", 1) == "back"


def test_a_change_that_is_observed_before_its_replica_set_is_made_is_waited_for():
    server = Server(sets=[(OLD,), (OLD, NEW)])
    assert standing.template(server, "w", "legacy", 5) == "new"


def test_a_replica_set_that_never_comes_is_ours():
    with pytest.raises(InfrastructureError, match="takes no notice"):
        standing.template(Server(sets=[(OLD,)]), "w", "legacy", 0)


def test_the_pods_of_a_paused_deployment_are_those_of_its_latest_revision():
    server = Server(sets=[(OLD, replica_set("8", "older", image="httpd"))], paused=True)
    assert standing.template(server, "w", "legacy", 1) == "old"


def test_a_change_that_nobody_notices_is_ours():
    with pytest.raises(InfrastructureError, match="takes no notice"):
        standing.template(Server(observed=1), "w", "legacy", 0)


def of_template(name, label, version):
    owner = {"kind": "ReplicaSet", "name": f"legacy-{label}", "controller": True}
    labels = {"pod-template-hash": label}
    known = {"uid": name, "resourceVersion": version, "labels": labels}
    return {"metadata": {"name": name, "ownerReferences": [owner], **known}}


def test_pods_of_the_old_template_are_not_the_targets():
    view = View("w", threading.Event())
    for number, (name, label) in enumerate([("a", "new"), ("b", "old"), ("c", "new")], 1):
        view.take_pod(of_template(name, label, str(number)))

    def names(template):
        pods = Scope("legacy", view, None, None, template=template).pods()
        return {pod["metadata"]["name"] for pod in pods}

    assert names("new") == {"a", "c"}
    assert names(None) == {"a", "b", "c"}


def test_handing_in_changes_what_stands_there_and_creates_the_rest(tmp_path):
    server = Server()
    text = Text("", "")
    exercise = Exercise("x", text, text, LEGACY, tmp_path, tmp_path / "test_x.py")
    view = View("w", server.stop)
    view.take_pod(of_template("a", "old", "1"))
    view.take_pod(of_template("b", "new", "2"))
    workspace = Workspace("w", server, server, view, exercise)

    manifest = Manifest((document(), document("ConfigMap", "more")))
    assert workspace.hand_in(manifest).accepted
    assert [one[0] for one in server.sent if len(one) == 4] == ["POST", "PUT"]
    assert [pod["metadata"]["name"] for pod in workspace.pods()] == ["b"]
    assert [pod["metadata"]["name"] for pod in workspace.outdated()] == ["a"]
    other = workspace.aimed(Target("a"))
    assert [pod["metadata"]["name"] for pod in other.pods()] == ["a"]


def test_a_refused_change_is_waited_for_by_nobody(tmp_path):
    server = Server(observed=1, refusals=[ApiRefusal(403, "Forbidden", "no")])
    exercise = SimpleNamespace(target=LEGACY, capabilities=(), folder=tmp_path, material=())
    workspace = Workspace("w", server, server, View("w", server.stop), exercise)

    assert not workspace.hand_in(Manifest((document(),))).accepted
