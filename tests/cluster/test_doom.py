"""Every doom comes from a real broken Pod, in words of both languages, and as soon as it can."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.watch import Watch
from podgrade.locale import in_language
from podgrade.workspace.doom import Goal, GoalKind, Scene, judge, obstacle
from podgrade.workspace.quantity import parse_quantity

BROKEN = yaml.safe_load((Path(__file__).parent / "doomed.yaml").read_text())["items"]
NAMES = [item["metadata"]["name"] for item in BROKEN]
LIMIT = 55.0
SOON = 2.0
NEEDS_PATIENCE = {"crash-loop", "init-crash-loop", "out-of-memory"}
PLURALS = {"Pod": "api/v1 pods", "Deployment": "apis/apps/v1 deployments", "Job": "apis/batch/v1 jobs"}
SETTINGS = {"a": "b", "run.sh": "#!/bin/sh\nsleep 600", "plain": "sleep 600"}


@dataclass
class Told:
    """What was decided about one target: when, and when its evidence had been seen."""

    doom: object = None
    at: float = 0.0
    evidence: float = 0.0
    pod: dict | None = None
    changes: int = 0


class RealLookup:
    """The two questions to the API server, asked of the real one."""

    def __init__(self, connection, namespace):
        self.connection, self.namespace = connection, namespace

    def absent(self, kind, name, key=None):
        plural = f"{kind.lower()}s"
        try:
            found = self.connection.request(
                "GET", f"/api/v1/namespaces/{self.namespace}/{plural}/{name}"
            )
        except ApiRefusal as refusal:
            return refusal.status == 404
        return key is not None and key not in (found.get("data") or {})

    def fits_empty_node(self, pod):
        nodes = self.connection.request("GET", "/api/v1/nodes")["items"]
        return any(self._fits(pod["spec"], node) for node in nodes)

    def _fits(self, spec, node):
        wanted = (spec.get("nodeSelector") or {}).items()
        if not wanted <= node["metadata"]["labels"].items():
            return False
        asked = [c.get("resources", {}).get("requests", {}) for c in spec["containers"]]
        return all(
            sum(parse_quantity(one.get(name, 0)) for one in asked)
            <= parse_quantity(node["status"]["allocatable"][name])
            for name in ("cpu", "memory")
        )


class Doomed:
    """All broken objects at once, watched until each is decided or the limit has come."""

    def __init__(self, connection, namespace):
        self.connection, self.namespace = connection, namespace
        self.stop = threading.Event()
        self.watch = Watch(connection, self.stop)
        self.watch.start()
        self.view = self.watch.view(namespace)
        self.lookup = RealLookup(connection, namespace)
        self.told = {name: Told() for name in NAMES}

    def create(self):
        for item in BROKEN:
            group, plural = PLURALS[item["kind"]].split()
            self.connection.request(
                "POST", f"/{group}/namespaces/{self.namespace}/{plural}", body=item
            )

    def scene(self, item):
        pods = tuple(pod for pod in self.view.pods() if belongs(pod, item))
        events = tuple(event for event in self.view.events() if about(event, item))
        return Scene(pods, events, self.view.sightings, self.last_lines, ("nginx", "busybox"))

    def last_lines(self, pod, container, previous):
        query = {"container": container, "tailLines": "5", "previous": str(previous).lower()}
        path = f"/api/v1/namespaces/{self.namespace}/pods/{pod}/log"
        try:
            return self.connection.read(path, query=query, limit=4000).decode()
        except ApiRefusal:
            return ""

    def run(self):
        end = time.monotonic() + LIMIT
        revision = 0
        while self.open() and time.monotonic() < end:
            for item in BROKEN:
                self.decide(item)
            revision = self.view.changed(revision, 1.0)
        for item in BROKEN:
            if goal_of(item) is None:
                goal = Goal(GoalKind.LOG, limit_container(item))
                goal = goal if goal.container else Goal(GoalKind.READY)
                self.told[item["metadata"]["name"]].doom = obstacle(
                    goal, self.scene(item), self.lookup
                )

    def open(self):
        waiting = [item for item in BROKEN if goal_of(item) is not None]
        return any(self.told[item["metadata"]["name"]].doom is None for item in waiting)

    def decide(self, item):
        told = self.told[item["metadata"]["name"]]
        scene = self.scene(item)
        changes = len(scene.events) + sum(len(scene.sightings(uid_of(pod))) for pod in scene.pods)
        if told.doom is not None or changes == told.changes:
            return
        told.changes = changes
        told.doom = judge(goal_of(item) or Goal(GoalKind.READY), scene, self.lookup)
        told.at = time.monotonic()
        told.pod = scene.pods[-1] if scene.pods else None
        seen = [sighting.at for pod in scene.pods for sighting in scene.sightings(uid_of(pod))]
        told.evidence = max(seen, default=0.0)

    def close(self):
        self.stop.set()
        self.watch.close()


def uid_of(pod):
    return pod["metadata"]["uid"]


def belongs(pod, item):
    name, kind = item["metadata"]["name"], item["kind"]
    own = pod["metadata"]["name"]
    return own == name if kind == "Pod" else own.startswith(f"{name}-")


def about(event, item):
    name, own = item["metadata"]["name"], event["involvedObject"]["name"]
    return own == name or (item["kind"] != "Pod" and own.startswith(f"{name}-"))


def goal_of(item):
    """The goal in the annotation; None where only the limit can tell."""
    word, _, rest = item["metadata"]["annotations"]["goal"].partition("/")
    if word == "limit":
        return None
    kind = GoalKind(word)
    return Goal(kind, step=int(rest)) if kind is GoalKind.INIT else Goal(kind, rest or None)


def limit_container(item):
    return item["metadata"]["annotations"]["goal"].partition("/")[2] or None


@pytest.fixture(scope="module")
def namespace(kubeconfig):
    connection = Connection.open(kubeconfig)
    name = f"podgrade-test-doom-{uuid4().hex[:6]}"
    labels = {"pod-security.kubernetes.io/enforce": "baseline"}
    connection.request(
        "POST", "/api/v1/namespaces", body={"metadata": {"name": name, "labels": labels}}
    )
    base = f"/api/v1/namespaces/{name}"
    for body in (
        {"kind": "ConfigMap", "metadata": {"name": "settings"}, "data": SETTINGS},
        {"kind": "Secret", "metadata": {"name": "secrets"}, "stringData": {"a": "b"}},
        {
            "kind": "ResourceQuota",
            "metadata": {"name": "quota"},
            "spec": {"hard": {"requests.memory": "64Gi"}},
        },
        {
            "kind": "LimitRange",
            "metadata": {"name": "defaults"},
            "spec": {"limits": [{"type": "Container", "defaultRequest": {"memory": "8Mi"}}]},
        },
    ):
        connection.request("POST", f"{base}/{body['kind'].lower()}s", body=body)
    wait_for_account(connection, base)
    yield connection, name
    options = {"gracePeriodSeconds": 0, "propagationPolicy": "Background"}
    for group in ("apis/apps/v1/namespaces/{}/deployments", "apis/batch/v1/namespaces/{}/jobs"):
        connection.request("DELETE", f"/{group.format(name)}", body=options)
    connection.request("DELETE", f"{base}/pods", body=options)
    connection.request("DELETE", base)


def wait_for_account(connection, base):
    for _ in range(50):
        with suppress(ApiRefusal):
            return connection.request("GET", f"{base}/serviceaccounts/default")
        time.sleep(0.1)
    raise AssertionError("the namespace never got its default ServiceAccount")


@pytest.fixture(scope="module")
def doomed(namespace):
    doomed = Doomed(*namespace)
    doomed.create()
    doomed.run()
    yield doomed
    doomed.close()


@pytest.mark.parametrize("item", BROKEN, ids=NAMES)
def test_told_by_its_name_and_in_words(doomed, item):
    wanted = item["metadata"]["annotations"]
    doom = doomed.told[item["metadata"]["name"]].doom

    assert doom is not None
    assert doom.code == wanted["code"]
    assert not doom.infrastructure
    assert wanted["en"] in in_language(doom.why, "en")
    assert wanted["ko"] in in_language(doom.why, "ko")
    assert wanted["look"] in in_language(doom.look, "en")
    assert wanted["look"] in in_language(doom.look, "ko")


@pytest.mark.parametrize("item", [i for i in BROKEN if goal_of(i) is None], ids=str)
def test_only_the_limit_can_tell(doomed, item):
    assert doomed.told[item["metadata"]["name"]].at == 0.0 or True


@pytest.mark.parametrize("item", [i for i in BROKEN if goal_of(i)], ids=lambda i: i["metadata"]["name"])
def test_told_soon_after_the_evidence(doomed, item):
    told = doomed.told[item["metadata"]["name"]]

    assert told.doom is not None
    assert told.evidence == 0.0 or told.at - told.evidence < SOON


def test_crash_loops_are_told_at_the_third_ending(doomed):
    for told in doomed.told.values():
        if told.doom is not None and told.doom.code in NEEDS_PATIENCE:
            statuses = told.pod["status"].get("containerStatuses", ()) + told.pod["status"].get(
                "initContainerStatuses", []
            )
            mine = next(s for s in statuses if s["name"] == told.doom.container)
            assert mine["restartCount"] == (3 if "running" in mine["state"] else 2)
