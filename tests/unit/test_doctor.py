"""What the doctor makes of what a cluster answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from podgrade.cluster.connection import ApiRefusal
from podgrade.locale import in_language
from podgrade.model.exercise import Exercise, Target
from podgrade.model.text import Text
from podgrade.workspace.doctor import asked, tried
from podgrade.workspace.doctor.finding import State
from podgrade.workspace.doctor.needs import images_of

T = Text("t", "t")
NODE = {
    "metadata": {"name": "one"},
    "spec": {},
    "status": {"allocatable": {"cpu": "1", "memory": "1Gi", "pods": "40"}},
}


class Cluster:
    """Answers by path; of rights, all but the given resources."""

    def __init__(self, version="v1.36", denied=(), **lists):
        self.version = version
        self.denied = denied
        self.lists = lists

    def server_version(self):
        return self.version

    def request(self, method, path, body=None, **_):
        if method == "POST":
            wanted = body["spec"]["resourceAttributes"]
            return {"status": {"allowed": (wanted["verb"], wanted["resource"]) not in self.denied}}
        group = path.removeprefix("/api/").removeprefix("/apis/")
        if group in asked._RESOURCES:
            if group in self.denied:
                raise ApiRefusal(404, "NotFound", "the server could not find it")
            there = asked._RESOURCES[group] - set(self.denied)
            return {"resources": [{"name": name} for name in there]}
        return {"items": self.lists.get(path.rpartition("/")[2], [])}


def pod(node="one", phase="Running", cpu="500m"):
    container = {"name": "a", "resources": {"requests": {"cpu": cpu}}}
    spec = {"nodeName": node, "containers": [container]}
    return {"metadata": {"name": "a"}, "spec": spec, "status": {"phase": phase}}


def seen(finding):
    return in_language(finding.seen, "en")


@pytest.mark.parametrize(
    ("version", "state"), [("v1.36", State.GOOD), ("v1.29", State.GOOD), ("v1.28", State.BAD)]
)
def test_versions_before_native_sidecars_are_bad(version, state):
    found = asked.version(Cluster(version))

    assert (found.state, seen(found)) == (state, version)


def test_features_that_are_missing_are_named():
    assert asked.features(Cluster()).state is State.GOOD
    found = asked.features(Cluster(denied={"pods/ephemeralcontainers", "discovery.k8s.io/v1"}))

    assert found.state is State.BAD
    assert seen(found) == "missing: v1 pods/ephemeralcontainers, discovery.k8s.io/v1 endpointslices"
    assert "have the cluster's owner switch them on" in in_language(found.cure, "en")


def test_every_right_that_is_missing_is_named_and_what_the_first_is_for():
    found = asked.rights(Cluster(denied={("create", "pods"), ("list", "nodes")}))

    assert found.state is State.BAD
    assert seen(found) == "missing: create pods, create pods/exec, list nodes"
    assert "needed to hand in manifests" in in_language(found.cure, "en")


def test_impersonation_may_be_missing():
    found = asked.rights(Cluster(denied={("impersonate", "serviceaccounts")}))

    assert found.state is State.WARNING
    assert asked.rights(Cluster()).state is State.GOOD


def test_only_a_default_class_counts():
    mark = {"storageclass.kubernetes.io/is-default-class": "true"}
    plain = {"metadata": {"name": "slow"}}
    default = {"metadata": {"name": "fast", "annotations": mark}}

    assert asked.storage(Cluster(storageclasses=[plain])).state is State.WARNING
    assert seen(asked.storage(Cluster(storageclasses=[plain, default]))) == "fast"


@pytest.mark.parametrize(
    ("pods", "count"),
    [
        ([], 32),
        ([pod()], 25),
        ([pod(phase="Succeeded"), pod(node="two")], 32),
        ([pod(cpu="1")], 0),
    ],
)
def test_room_is_what_others_leave(pods, count):
    found = asked.room(Cluster(nodes=[NODE], pods=pods))

    assert seen(found) == f"room for about {count} submissions at once"
    assert found.state is (State.GOOD if count else State.BAD)


def test_a_node_that_takes_no_pods_has_no_room():
    taint = {"key": "a", "effect": "NoSchedule"}
    shut = NODE | {"spec": {"taints": [taint]}}

    assert asked.room(Cluster(nodes=[shut])).state is State.BAD


@pytest.mark.parametrize(("away", "state"), [(0, State.GOOD), (-5, State.GOOD), (9, State.WARNING)])
def test_clocks_may_be_a_little_apart(away, state):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    created = (now + timedelta(seconds=away)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert asked.clock(created, now).state is state


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("", "there, or can be pulled"),
        (None, "was not pulled within 180 s"),
        ("429 Too Many Requests: toomanyrequests", "lets this cluster pull no more for now"),
        ("not found", "cannot be pulled: not found"),
    ],
)
def test_an_image_that_cannot_be_had_is_told_apart_from_a_rate_limit(message, words):
    found = tried._of_image("nginx", message)

    assert words in seen(found)
    assert (found.cure is None) == (message == "")


def test_images_are_those_of_sheets_and_setups(tmp_path):
    setup = tmp_path / "setup"
    setup.mkdir()
    (setup / "pod.yaml").write_text(
        "{apiVersion: v1, kind: Pod, metadata: {name: a},"
        " spec: {containers: [{name: a, image: redis}, {name: b, image: nginx}]}}"
    )
    exercise = Exercise("x", T, T, Target("x"), tmp_path, Path("x"), images=("nginx", "busybox"))

    assert images_of([exercise]) == ("busybox", "nginx", "redis")
