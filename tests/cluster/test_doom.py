"""Every doom comes from a real broken Pod, in words of both languages, and as soon as it can.

All broken objects of doomed.yaml are created at once and each is judged on a thread of its own.
What the watch brought is kept with its times: played back afterwards, it shows at which piece
of evidence each doom could first have been told.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from tests.cluster.recording import write

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.watch import Sighting, Watch
from podgrade.locale import in_language
from podgrade.workspace.doom import Goal, GoalKind, Scene, judge, obstacle
from podgrade.workspace.lookup import ClusterLookup

pytestmark = pytest.mark.alone  # asks how soon something is told

BROKEN = yaml.safe_load((Path(__file__).parent / "doomed.yaml").read_text())["items"]
NAMES = [item["metadata"]["name"] for item in BROKEN]
LIMIT = 180.0  # seconds; nobody waits for it unless the cluster is very slow
SOON = 2.0
LOOPS = {"crash-loop", "init-crash-loop", "out-of-memory"}
PATHS = {
    "Pod": "/api/v1/namespaces/{}/pods",
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
    "Job": "/apis/batch/v1/namespaces/{}/jobs",
}
SETTINGS = {"a": "b", "run.sh": "#!/bin/sh\nsleep 600", "plain": "sleep 600"}
SURROUNDINGS = (
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
)


@dataclass
class Told:
    """What was decided about one target and when, or what its limit would have said."""

    doom: object = None
    at_limit: object = None
    at: float = 0.0
    pod: dict | None = None


@dataclass
class Recorder:
    """Everything the watch brought, in order, with the moment of its arrival."""

    news: list = field(default_factory=list)

    def listen(self, view):
        for kind in ("pod", "event"):
            setattr(view, f"take_{kind}", self._kept(kind, getattr(view, f"take_{kind}")))

    def _kept(self, kind, take):
        def keep(thing, **options):
            self.news.append((time.monotonic(), kind, thing))
            take(thing, **options)

        return keep

    def scenes(self, item):
        """The scene of a target after each piece of news about it, with the time."""
        pods, events, sightings = {}, {}, {}
        for at, kind, thing in list(self.news):
            if not concerns(thing, kind, item):
                continue
            uid = thing["metadata"]["uid"]
            (pods if kind == "pod" else events)[uid] = thing
            if kind == "pod":
                sightings.setdefault(uid, []).append(Sighting(at, thing))
            seen = {uid: tuple(known) for uid, known in sightings.items()}
            yield at, scene_of(pods.values(), events.values(), lambda uid, s=seen: s.get(uid, ()))


class Doomed:
    """All broken objects at once, each followed until it is decided or its limit has come."""

    def __init__(self, connection, namespace):
        self.connection, self.namespace = connection, namespace
        self.stop = threading.Event()
        self.watch = Watch(connection, self.stop)
        self.watch.start()
        self.view = self.watch.view(namespace)
        self.recorder = Recorder()
        self.recorder.listen(self.view)
        self.lookup = ClusterLookup(connection, namespace)
        self.told = {name: Told() for name in NAMES}

    def run(self):
        threads = [threading.Thread(target=self.follow, args=(item,)) for item in BROKEN]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def follow(self, item):
        told, goal = self.told[item["metadata"]["name"]], goal_of(item)
        path = PATHS[item["kind"]].format(self.namespace)
        self.connection.request("POST", path, body=item)
        end = time.monotonic() + LIMIT
        revision = 0
        while time.monotonic() < end and not self.decided(told, item):
            revision = self.view.changed(revision, 1.0)
            scene = self.scene(item)
            told.doom = judge(goal, scene, self.lookup)
            told.at = time.monotonic()
            told.pod = scene.pods[-1] if scene.pods else None

    def decided(self, told, item):
        """Judged, or where only the limit can tell: it would now say what is to be said."""
        if told.doom is not None or not only_at_limit(item):
            return told.doom is not None
        told.at_limit = obstacle(goal_of(item), self.scene(item), self.lookup)
        wanted = item["metadata"]["annotations"]
        return told.at_limit.code == wanted["code"] and wanted["en"] in str(told.at_limit.why)

    def scene(self, item):
        pods = (pod for pod in self.view.pods() if belongs(pod, item))
        events = (event for event in self.view.events() if about(event, item))
        return scene_of(pods, events, self.view.sightings, self.lookup.last_lines)

    def close(self):
        self.stop.set()
        self.watch.close()


def scene_of(pods, events, sightings, last_lines=lambda *_: ""):
    return Scene(tuple(pods), tuple(events), sightings, last_lines, ("nginx", "busybox"))


def belongs(pod, item):
    return _named(pod["metadata"]["name"], item)


def about(event, item):
    return _named(event["involvedObject"]["name"], item)


def concerns(thing, kind, item):
    return belongs(thing, item) if kind == "pod" else about(thing, item)


def _named(name, item):
    wanted = item["metadata"]["name"]
    return name == wanted or (item["kind"] != "Pod" and name.startswith(f"{wanted}-"))


def only_at_limit(item):
    return item["metadata"]["annotations"]["goal"].startswith("limit")


def goal_of(item):
    """The goal in the annotation: `ready`, `log/app`, `init/2`; `limit` is READY, or a LOG."""
    word, _, rest = item["metadata"]["annotations"]["goal"].partition("/")
    if word == "limit":
        word = "log" if rest else "ready"
    kind = GoalKind(word)
    return Goal(kind, step=int(rest)) if kind is GoalKind.INIT else Goal(kind, rest or None)


@pytest.fixture(scope="module")
def fenced(kubeconfig):
    connection = Connection.open(kubeconfig)
    name = f"podgrade-test-doom-{uuid4().hex[:6]}"
    labels = {"pod-security.kubernetes.io/enforce": "baseline"}
    body = {"metadata": {"name": name, "labels": labels}}
    connection.request("POST", "/api/v1/namespaces", body=body)
    base = f"/api/v1/namespaces/{name}"
    for body in SURROUNDINGS:
        connection.request("POST", f"{base}/{body['kind'].lower()}s", body=body)
    wait_for_account(connection, base)
    yield connection, name
    for kind in ("Deployment", "Job", "Pod"):
        options = {"gracePeriodSeconds": 0, "propagationPolicy": "Background"}
        connection.request("DELETE", PATHS[kind].format(name), body=options)
    connection.request("DELETE", base)


def wait_for_account(connection, base):
    for _ in range(100):
        with suppress(ApiRefusal):
            return connection.request("GET", f"{base}/serviceaccounts/default")
        time.sleep(0.1)
    raise AssertionError("the namespace never got its default ServiceAccount")


@pytest.fixture(scope="module")
def doomed(fenced):
    doomed = Doomed(*fenced)
    doomed.run()
    yield doomed
    doomed.close()
    if os.environ.get("PODGRADE_RECORD"):
        write(os.environ["PODGRADE_RECORD"], doomed.recorder, BROKEN, concerns)


@pytest.mark.parametrize("item", BROKEN, ids=NAMES)
def test_told_by_its_code_and_in_words(doomed, item):
    wanted = item["metadata"]["annotations"]
    told = doomed.told[item["metadata"]["name"]]
    doom = told.doom or told.at_limit

    assert doom is not None
    assert doom.code == wanted["code"]
    assert not doom.infrastructure
    assert wanted["en"] in in_language(doom.why, "en")
    assert wanted["ko"] in in_language(doom.why, "ko")
    assert wanted["look"] in in_language(doom.look, "en")
    assert wanted["look"] in in_language(doom.look, "ko")


@pytest.mark.parametrize("item", BROKEN, ids=NAMES)
def test_told_within_two_seconds_of_the_deciding_evidence(doomed, item):
    told = doomed.told[item["metadata"]["name"]]
    goal, lookup = goal_of(item), doomed.lookup
    scenes = doomed.recorder.scenes(item)
    decided = next((at for at, scene in scenes if judge(goal, scene, lookup)), None)

    if only_at_limit(item):
        assert (told.doom, decided) == (None, None)
    else:
        assert decided is not None
        assert told.at - decided < SOON


def test_loops_are_told_at_the_third_ending_and_not_before(doomed):
    decided = [told for told in doomed.told.values() if told.doom and told.doom.container]
    loops = [told for told in decided if told.doom.code in LOOPS]

    assert loops
    assert {ended(told.pod, told.doom.container) for told in loops} == {3}


def ended(pod, container):
    status = pod["status"]
    statuses = [*status.get("initContainerStatuses", ()), *status["containerStatuses"]]
    mine = next(one for one in statuses if one["name"] == container)
    return mine["restartCount"] + ("running" not in mine["state"])
