"""What a cluster lacks of an exercise's needs is told in a sentence, once, and judges nobody."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from podgrade.cluster.connection import ApiRefusal
from podgrade.grading import rig as rigs
from podgrade.grading.rig import Rig
from podgrade.model.errors import InfrastructureError
from podgrade.model.exercise import Exercise, Target
from podgrade.model.text import Text
from podgrade.workspace.needs import unmet

MARK = {"storageclass.kubernetes.io/is-default-class": "true"}


def exercise(*needs, kubernetes="1.29"):
    name = Text("keeper", "keeper")
    here = Path("none")
    target = Target("keeper")
    return Exercise("keeper", name, name, target, here, here, needs=needs, kubernetes=kubernetes)


class Cluster:
    def __init__(self, version="v1.36", classes=(), architectures=("amd64",)):
        self.version, self.asked, self.refusal = version, [], None
        self.answers = {
            "/apis/storage.k8s.io/v1/storageclasses": [
                {"metadata": {"name": "standard", "annotations": mark}} for mark in classes
            ],
            "/api/v1/nodes": [
                {"status": {"nodeInfo": {"architecture": one}}} for one in architectures
            ],
        }

    def server_version(self):
        return self.version

    def request(self, method, path):
        self.asked.append(path)
        if self.refusal:
            raise self.refusal
        return {"items": self.answers[path]}


@pytest.mark.parametrize(
    ("cluster", "needs", "said"),
    [
        (Cluster(), (), None),
        (Cluster(classes=[MARK]), ("default-storage-class",), None),
        (Cluster(classes=[None]), ("default-storage-class",), "needs a default StorageClass"),
        (Cluster(), ("default-storage-class",), "needs a default StorageClass"),
        (Cluster(architectures=("arm64", "amd64")), ("amd64",), None),
        (Cluster(architectures=("arm64",)), ("amd64",), "cluster's nodes are arm64"),
    ],
)
def test_what_is_missing_is_said(cluster, needs, said):
    missing = unmet(cluster, exercise(*needs))
    assert (missing is None) if said is None else (said in str(missing))


@pytest.mark.parametrize(
    ("version", "enough"), [("v1.9", False), ("v1.28", False), ("v1.29", True)]
)
def test_a_cluster_that_is_too_old_is_told(version, enough):
    missing = unmet(Cluster(version), exercise())
    assert (missing is None) is enough
    if missing:
        assert f"needs Kubernetes v1.29 or newer, this cluster is {version}" in str(missing)


def test_what_may_not_be_looked_at_counts_as_there():
    cluster = Cluster()
    cluster.refusal = ApiRefusal(403, "Forbidden", "no")
    assert unmet(cluster, exercise("default-storage-class", "amd64")) is None


def test_a_run_asks_once_for_each_exercise(monkeypatch):
    monkeypatch.setattr(rigs, "Workspaces", lambda *_, **__: None)
    monkeypatch.setattr(rigs, "Toolbox", lambda *_: None)
    cluster = Cluster()
    rig = Rig(SimpleNamespace(keep=False), cluster, None, threading.Event())
    for _ in range(2):
        with pytest.raises(InfrastructureError, match="default StorageClass"):
            rig.require(exercise("default-storage-class"))
    assert len(cluster.asked) == 1
