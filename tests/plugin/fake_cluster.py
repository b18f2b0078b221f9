"""A cluster that is none: what submissions become is scripted by annotations of their manifest.

Copied into each pytester folder, so that subprocesses and xdist workers have it, too. Each call
that would go to the API server becomes a line of `calls.jsonl`: its name, the submission's Pod,
time, thread and process.

    fake/ready-after: "0.5"     seconds from the creation until the Pod is Ready (default: at once)
    fake/gate: done             Ready only once a file of this name exists
    fake/doomed: image-not-found   the Pod never can be Ready: this code, and `fake/why`
    fake/dead: "true"           the API server does not answer any wait
    fake/dead-exec: "true"      exec fails, as a broken API server's would
    fake/refused: "…"           the API server refuses the manifest with these words
    fake/stuck: "true"          the Pod never becomes Ready, and nothing says why
    fake/slow: "true"         all that time the toolbox does not answer podgrade's pulse
    fake/log: "…"               what every container's log holds, besides what was asked by curl
    fake/page: "…"              what an HTTP server answers
    fake/exit-code: "1"         what commands end with
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import podgrade.grading.session
from podgrade.cluster.connection import ApiRefusal, ExecAnswer, Silence
from podgrade.grading.flow import Flow
from podgrade.model.errors import ClusterUnavailableError, InfrastructureError
from podgrade.model.reason import Doom, Reason
from podgrade.model.submission import Document, Manifest, Position
from podgrade.model.text import Text, say
from podgrade.workspace.workspace import Acceptance, Refusal, Waited

HERE = Path(__file__).parent
CALLS = HERE / "calls.jsonl"
# A container that was started long ago: nobody doubts that it goes on.
RUNS = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
_LOCK = threading.Lock()


def call(name: str, pod: str = "", **more: Any) -> None:
    """Write down that the API server would have been asked."""
    line = {"call": name, "pod": pod, "at": time.monotonic(), "pid": os.getpid()}
    line |= {"thread": threading.current_thread().name} | more
    with _LOCK, CALLS.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")


class FakeRig:
    """Stands in for podgrade.grading.rig.Rig."""

    def __init__(self, where: Any, stop: threading.Event) -> None:
        self.stop = stop
        self._where = where
        self._held: list[FakeWorkspace] = []
        self._talks: dict[str, list[str]] = {}
        self.toolbox = FakeToolbox(self)
        self.pulse = FakePulse()
        self.closer = FakeCloser()
        self.connection = FakeServer()

    @classmethod
    def open(cls, where: Any, stop: threading.Event) -> FakeRig:
        call("open")
        if (HERE / "no-cluster").exists():
            raise ClusterUnavailableError(Text("there is no cluster", "클러스터가 없습니다"))
        return cls(where, stop)

    def require(self, exercise: Any) -> None:
        if "amd64" in exercise.needs:
            raise InfrastructureError(Text("there is no amd64 here", "amd64가 없습니다"))

    def prepare(self, exercise: Any, wanted: int, ahead: int) -> None:
        call("prepare", wanted=wanted, ahead=ahead)

    def flow(self, tell: Any) -> Flow:
        flow = Flow(16, Text("as it is", "그대로"), tell=tell)
        flow.begin()
        return flow

    def take(self, exercise: Any) -> FakeWorkspace:
        call("take")
        return FakeWorkspace(self, exercise)

    def visit(self, exercise: Any, namespace: str) -> FakeWorkspace:
        call("visit", namespace=namespace)
        workspace = FakeWorkspace(self, exercise)
        for pod in self.connection.pods(namespace):
            document = Document({**pod, "kind": "Pod"}, Position("live", 1))
            workspace.hand_in(Manifest((document,)))
        return workspace

    def release(self, workspace: FakeWorkspace) -> str | None:
        if self._where.keep:
            return workspace.namespace
        self._held.append(workspace)
        if not self._where.hold:
            self.let_go()
        return None

    def let_go(self) -> None:
        while self._held:
            call("release", self._held.pop().name)

    def close(self) -> None:
        self.stop.set()
        self.let_go()
        call("close")


class FakeServer:
    """The namespaces that learners have, in the file `live.json`: the Pods of each."""

    namespace = "default"

    def pods(self, namespace: str) -> list[Any]:
        pods: list[Any] = json.loads((HERE / "live.json").read_text()).get(namespace, [])
        return pods

    def request(self, method: str, path: str, **_: Any) -> Any:
        assert method == "GET", "nothing is written where the learner works"
        _, _, rest = path.partition("/namespaces/")
        namespace, _, kind = rest.partition("/")
        known = json.loads((HERE / "live.json").read_text())
        if not kind and namespace not in known:
            raise ApiRefusal(404, "NotFound", "not found")
        if not kind:
            return {"metadata": {"name": namespace}}
        return {"items": self.pods(namespace) if kind == "pods" else []}


class FakeCloser:
    """Closes what is read when the run is stopped; nothing here reads for long."""

    closing = staticmethod(contextlib.nullcontext)


class FakePulse:
    """Stands still as soon as a submission says so."""

    slow = False

    def stood_still(self, since: float, until: float) -> float:
        return until - since if self.slow else 0.0


class FakeToolbox:
    """Answers every curl; what was asked stands in the logs of that Pod."""

    def __init__(self, rig: FakeRig) -> None:
        self._rig = rig
        self.by_address: dict[str, FakeWorkspace] = {}

    def exec(self, command: list[str], *, timeout: float = 15.0, limit: int = 0) -> ExecAnswer:
        url = command[-1]
        address = url.removeprefix("http://").partition(":")[0].partition("/")[0]
        workspace = self.by_address[address]
        call("curl", workspace.name, url=url)
        workspace.requests.append(url)
        page = workspace.script.get("page", "hello")
        head = "HTTP/1.1 200 OK\r\nServer: fake\r\n\r\n"
        return ExecAnswer(0, (head + page).encode(), json.dumps({"http_code": 200}).encode())


class FakeView:
    """What a watch would have seen."""

    def __init__(self, workspace: FakeWorkspace) -> None:
        self._workspace = workspace

    def events(self) -> tuple[Any, ...]:
        return ()

    def pods(self) -> tuple[Any, ...]:
        return ()

    def sightings(self, uid: str) -> tuple[Any, ...]:
        return ()


class FakeConnection:
    """Logs and commands of one workspace's containers."""

    def __init__(self, workspace: FakeWorkspace) -> None:
        self._workspace = workspace

    def exec(self, namespace: str, pod: str, container: str, command: Any, **_: Any) -> ExecAnswer:
        script = self._workspace.script
        call("exec", pod, command=list(command))
        if "dead-exec" in script:
            raise InfrastructureError(Text("exec is broken", "exec가 고장났습니다"))
        return ExecAnswer(int(script.get("exit-code", "0")), b"done\n", b"")

    def read(self, path: str, *, query: Any = None, **_: Any) -> bytes:
        call("log", self._workspace.name)
        if query and query.get("previous"):
            raise ApiRefusal(400, "BadRequest", "previous terminated container not found")
        return "\n".join(self._workspace.log()).encode()

    def lines(self, path: str, **_: Any) -> FakeLines:
        call("follow", self._workspace.name)
        return FakeLines(line.encode() for line in self._workspace.log())


class FakeLines:
    """A followed log of a container that goes on."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines

    def __enter__(self) -> FakeLines:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> FakeLines:
        return self

    def __next__(self) -> bytes:
        for line in self._lines:
            return line
        raise Silence(say("nothing more came"))

    def close(self) -> None:
        self._lines = iter(())


class FakeSetup:
    """The exercise brings nothing of its own."""

    standing = ()


class FakeWorkspace:
    """One submission's namespace."""

    _count = iter(range(1, 10**6))

    def __init__(self, rig: FakeRig, exercise: Any) -> None:
        number = next(self._count)
        self.namespace = f"podgrade-fake-{number}"
        self.exercise = exercise
        self.setup = FakeSetup()
        self.connection = FakeConnection(self)
        self.view = FakeView(self)
        self.script: dict[str, str] = {}
        self.requests: list[str] = []
        self.name = ""
        self._address = f"10.0.{number // 250}.{number % 250 + 1}"
        self._rig = rig
        self._spec: Any = None
        self._born = 0.0

    def set_up(self, toolbox: Any) -> None:
        call("set_up")

    def adopt(self, kind: str) -> None:
        call("adopt", kind=kind)

    def hand_in(self, manifest: Any) -> Acceptance:
        document = manifest.documents[0]
        metadata = document.body["metadata"]
        notes = dict(metadata.get("annotations") or {})
        self.script = {key.removeprefix("fake/"): value for key, value in notes.items()}
        # The annotation tells learners apart whose Pods have the same name.
        self.name = notes.get("fake/learner", str(metadata["name"]))
        call("create", self.name, namespace=self.namespace)
        self._rig.pulse.slow |= "slow" in self.script
        self._born = time.monotonic()
        self._spec = document.body["spec"]
        self._rig.toolbox.by_address[self._address] = self
        if "refused" in self.script:
            words = say("{text}", text=self.script["refused"])
            refusal = Refusal(Reason("refused-by-server", why=words), document.position)
            return Acceptance((refusal,), (), ())
        return Acceptance((), (), ())

    def log(self) -> list[str]:
        return [*self.script.get("log", "").splitlines(), *self.requests]

    def pods(self) -> tuple[Any, ...]:
        return (self._pod(),) if self._spec is not None else ()

    def pod(self) -> Any:
        return self._pod() if self._spec is not None else None

    def wait(self, goal: Any, condition: Callable[[], Any], limit: float) -> Waited[Any]:
        call("wait", self.name, goal=str(goal.kind))
        began = time.monotonic()
        while True:
            self._require_life()
            spent = time.monotonic() - began
            value = condition()
            if value is not None:
                return Waited(value, None, spent)
            doom = self._doom(spent >= limit)
            if doom is not None:
                return Waited(None, doom, spent, overdue="doomed" not in self.script)
            self._rig.stop.wait(0.01)

    def _require_life(self) -> None:
        if self._rig.stop.is_set():
            raise InfrastructureError(say("the run was ended before this was found out"))
        if "dead" in self.script:
            raise InfrastructureError(
                Text("the API server does not answer", "API 서버가 응답하지 않습니다")
            )

    def _doom(self, at_limit: bool) -> Doom | None:
        if "doomed" in self.script:
            why = Text(self.script.get("why", "it is doomed"), "가망이 없습니다")
            return Doom(self.script["doomed"], why, Text("look at it", "살펴보십시오"))
        if at_limit:
            return Doom("not-ready", Text("it is not Ready in time", "제때 준비되지 않았습니다"))
        return None

    def _up(self) -> bool:
        if {"doomed", "stuck"} & self.script.keys():
            return False
        gate = self.script.get("gate")
        if gate is not None and not (HERE / gate).exists():
            return False
        return time.monotonic() >= self._born + float(self.script.get("ready-after", "0"))

    def _pod(self) -> Any:
        up = self._up()
        statuses = [
            {
                "name": container["name"],
                "ready": up,
                "started": up,
                "restartCount": 0,
                "containerID": f"fake://{container['name']}",
                "state": RUNS if up else {"waiting": {"reason": "ContainerCreating"}},
            }
            for container in self._spec["containers"]
        ]
        status = {
            "phase": "Running" if up else "Pending",
            "podIP": self._address,
            "conditions": [{"type": "Ready", "status": str(up)}],
            "containerStatuses": statuses,
        }
        metadata = {"name": self.exercise.target.name, "uid": self.namespace}
        return {"metadata": metadata, "spec": self._spec, "status": status}


def install() -> None:
    """From now on this process grades on no cluster at all."""
    podgrade.grading.session.Rig = FakeRig  # type: ignore[misc, assignment]
