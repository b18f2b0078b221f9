"""A cluster that really stands still, or whose node is away: nobody loses a point by it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cluster.conftest import say_progress
from tests.cluster.outputs import PODGRADE, left_of
from tests.cluster.own import pid_of
from tests.cluster.programs import Programs
from tests.faults.proxy import FaultyApi, Request
from tests.waiting import until

from podgrade.cluster.connection import Connection
from podgrade.cluster.kinds import path_of
from podgrade.cluster.providers.node import NodeProvider

pytestmark = pytest.mark.alone  # stops a cluster and asks how slow it was

NAME = "podgrade-test-slow"
LIMIT = 120  # seconds; everything here takes a few
STILL = 13.0  # seconds, more than limits.answer
EXERCISE = """
title: {en: Still, ko: 고요}
goal: {en: To try, ko: 해 보기}
target: {name: still, kinds: [Pod]}
images: [busybox]
limits: {start: 8, answer: 8, steady: 3}
"""
# What comes before the log is followed takes until the toolbox answers, and three seconds more: the
# cluster's pulse is known by then.
GRADER = """
from podgrade import check


@check("It is Ready", ko="준비되었다", points=1)
def test_ready(pod):
    assert pod.ready == "1/1"


@check("Nothing listens", ko="수신 대기하지 않는다", points=1, needs=test_ready)
def test_refuses(curl):
    assert curl.refused("/", port=81)


@check("It goes on", ko="계속 실행된다", points=1, needs=test_refuses)
def test_goes_on(pod):
    assert pod.steady


@check("It says so", ko="말한다", points=1, needs=test_goes_on)
def test_says(logs):
    assert "here" in logs("app", until="here")
"""
POD = """
apiVersion: v1
kind: Pod
metadata: {name: still}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: app
    image: busybox
    command: [sh, -c, "%s"]
"""
SAYS = "sleep 12; while :; do echo here; sleep 1; done"
SILENT = "sleep 600"


@dataclass(frozen=True)
class Own:
    """A cluster that may be hurt."""

    kubeconfig: Path

    @contextlib.contextmanager
    def stopping(self, component: str, seconds: float = LIMIT) -> Iterator[Callable[[], None]]:
        """What makes the process stand still, for so many seconds at most, or to the end."""
        pid = pid_of(NAME, component)
        goes_on = threading.Timer(seconds, os.kill, [pid, signal.SIGCONT])

        def stop() -> None:
            os.kill(pid, signal.SIGSTOP)
            goes_on.start()

        try:
            yield stop
        finally:
            goes_on.cancel()
            os.kill(pid, signal.SIGCONT)


@pytest.fixture(scope="module")
def own(node: NodeProvider) -> Iterator[Own]:
    status = node.up(NAME, say_progress)
    assert status.kubeconfig is not None
    yield Own(status.kubeconfig)
    node.down(NAME, say_progress)


@pytest.fixture
def pack(tmp_path):
    for name, text in {
        "exercises/still/exercise.yaml": EXERCISE,
        "graders/test_still.py": GRADER,
        "says.yaml": POD % SAYS,
        "silent.yaml": POD % SILENT,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


class Grading:
    """One `podgrade check` of the pack, on a thread of its own."""

    def __init__(self, own: Own, api: FaultyApi, pack: Path, file: str) -> None:
        self._own, self._api = own, api
        config = str(api.kubeconfig(pack))
        self._words = [PODGRADE, "check", "still", file, "--kubeconfig", config]
        self._words += ["--format", "json"]
        self._pack = pack
        self._said: dict[str, object] = {}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with Programs() as programs:
            ended = programs.run(self._words, self._pack, LIMIT)
        self._said = json.loads(ended.stdout)

    def checks(self) -> dict[str, tuple[str, str]]:
        """Verdict and message of each check, once it is over; nothing is left then."""
        self._thread.join(LIMIT)
        assert left_of(self._api, self._own.kubeconfig) == frozenset()
        told = {one["name"]: one for one in self._said["results"]}
        return {
            name: (one["verdict"], (one["cause"] or {}).get("rationale", ""))
            for name, one in told.items()
        }


@contextlib.contextmanager
def grading(
    own: Own, pack: Path, file: str, then: Callable[[], None] = lambda: None
) -> Iterator[Grading]:
    """A check of a file; `then` is done as its log begins to be read, before anything comes."""
    once = threading.Lock()

    def plan(request: Request) -> None:
        reads = "follow=true" in request.path and "tailLines=0" not in request.path
        if reads and once.acquire(blocking=False):
            then()

    with FaultyApi(own.kubeconfig) as api:
        api.plan = plan
        yield Grading(own, api, pack, file)


@pytest.mark.parametrize(
    ("component", "file"), [("kubelet", "says.yaml"), ("containerd", "silent.yaml")]
)
def test_silence_of_a_cluster_that_stands_still_is_nobodys_mistake(own, pack, component, file):
    with own.stopping(component, STILL) as stop, grading(own, pack, file, then=stop) as one:
        verdict, why = one.checks()["test_says"]

    assert verdict == "error", why
    assert "too slow to tell" in why or "did not answer in time" in why


def lose(own: Own) -> None:
    """The node is told to be away, as the control plane tells it 40 s after the last sign of it;
    the kubelet says otherwise within 10 s, and it is Ready again.
    """
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
    ready = {
        "type": "Ready",
        "status": "Unknown",
        "reason": "NodeStatusUnknown",
        "message": "Kubelet stopped posting node status.",
        "lastHeartbeatTime": now,
        "lastTransitionTime": now,
    }
    Connection.open(own.kubeconfig).request(
        "PATCH",
        path_of("Node", None, NAME) + "/status",
        body={"status": {"conditions": [ready]}},
        content_type="application/strategic-merge-patch+json",
    )


def is_well(own: Own) -> bool:
    """True while the node is Ready and takes Pods."""
    node = Connection.open(own.kubeconfig).request("GET", path_of("Node", None, NAME))
    ready = {one["type"]: one["status"] for one in node["status"]["conditions"]}["Ready"]
    return ready == "True" and not node["spec"].get("taints")


def test_a_node_that_goes_and_returns_is_nobodys_mistake(own, pack):
    with grading(own, pack, "silent.yaml", then=lambda: lose(own)) as one:
        verdict, why = one.checks()["test_says"]
    until(lambda: is_well(own), LIMIT)

    assert verdict == "error", why
    assert f"node {NAME} is not Ready" in why or f"node {NAME} was not Ready meanwhile" in why


def test_a_node_that_is_away_is_nobodys_mistake(own, pack):
    """It takes no Pods; that is nothing that their manifests could be blamed for."""
    with own.stopping("kubelet") as stop:
        stop()
        lose(own)
        until(lambda: not is_well(own))
        with grading(own, pack, "says.yaml") as one:
            verdict, why = one.checks()["test_ready"]
    until(lambda: is_well(own), LIMIT)

    assert verdict == "error", why


def test_on_an_ordinary_day_silence_is_a_mistake(own, pack):
    """Also right after all that."""
    with grading(own, pack, "silent.yaml") as one:
        said = one.checks()

    assert [verdict for verdict, _ in said.values()] == [*["passed"] * 4, "failed"]
