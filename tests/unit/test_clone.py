"""The probe clone: what it makes of the submission, on whose bench it is asked, what it tells."""

from __future__ import annotations

from typing import Any

import pytest

from podgrade.model.exercise import Exercise, Target
from podgrade.model.failure import Failure
from podgrade.model.reason import Reason
from podgrade.model.submission import Document, Manifest, Position
from podgrade.model.text import Text, say
from podgrade.probes.bench import Bench, Role
from podgrade.probes.clone import CloneProbe
from podgrade.probes.tape import Recording, Replay
from podgrade.workspace.acceptance import Refusal

AT = Position("pod.yaml", 1)
POD = {
    "kind": "Pod",
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {"containers": [{"name": "app", "image": "busybox"}]},
}


class Workspace:
    """Takes every Pod, or refuses it."""

    def __init__(self) -> None:
        self.added: list[Document] = []
        self.refusals: tuple[Refusal, ...] = ()

    def aimed(self, target: Target) -> Workspace:
        return self

    def add(self, document: Document) -> tuple[Refusal, ...]:
        self.added.append(document)
        return self.refusals


@pytest.fixture
def bench(tmp_path: Any) -> Bench:
    text = Text("", "")
    exercise = Exercise("web", text, text, Target("web"), tmp_path, tmp_path / "test_web.py")
    manifest = Manifest((Document({"kind": "Service"}, AT), Document(POD, AT)))
    said: list[Any] = []
    things: dict[str, Any] = {"toolbox": None, "acceptance": None, "stop": None, "closer": None}
    workspace: Any = Workspace()
    return Bench(exercise, workspace, manifest=manifest, doing=said.append, **things)


def added(bench: Bench) -> list[Document]:
    workspace: Any = bench.workspace
    documents: list[Document] = workspace.added
    return documents


def test_the_submitted_object_is_made_again_with_the_change(bench: Bench) -> None:
    CloneProbe(Recording(bench))(env={"app": {"K": "v"}})
    (pod,) = added(bench)
    assert pod.kind == "Pod"
    assert pod.name.startswith("web-")
    assert pod.body["spec"]["containers"][0]["env"] == [{"name": "K", "value": "v"}]


def test_it_is_asked_on_a_bench_of_its_own(bench: Bench) -> None:
    stage = Recording(bench)
    twin = CloneProbe(stage)()
    name = added(bench)[0].name

    def target(other: Bench) -> list[str]:
        return [other.exercise.target.name, other.role]

    assert twin.pod._stage.ask("who", target) == (name, Role.CLONE)
    questions = [entry["question"] for entry in stage.tape.entries]
    assert questions == ['clone({"env": {}, "idle": [], "images": {}})', f"clone('{name}').who"]


def test_the_record_has_the_same_clone(bench: Bench) -> None:
    stage = Recording(bench)
    CloneProbe(stage)(idle={"app"}).pod._stage.ask("who", lambda _: ["x"])
    replay = Replay(stage.tape)
    assert CloneProbe(replay)(idle={"app"}).pod._stage.ask("who", lambda _: []) == ("x",)
    assert replay.finished


def test_a_container_that_is_not_there_is_the_learners_failure(bench: Bench) -> None:
    with pytest.raises(Failure) as told:
        CloneProbe(Recording(bench))(idle={"web"})
    assert told.value.reason.code == "container-missing"
    assert added(bench) == []


def test_what_the_server_does_not_let_in_is_said_of_the_clone(bench: Bench) -> None:
    workspace: Any = bench.workspace
    workspace.refusals = (Refusal(Reason("refused-by-server", why=say("no"))),)
    with pytest.raises(Failure) as told:
        CloneProbe(Recording(bench))()
    assert told.value.reason.code == "refused-by-server"
    assert str(told.value.reason.why).startswith("in a copy under the name web-")


def test_a_failure_of_the_clone_is_said_to_be_its_own(bench: Bench) -> None:
    def fails(_: Bench) -> Any:
        raise Failure(Reason("crash-loop", why=say("it ends")))

    twin = CloneProbe(Recording(bench))()
    with pytest.raises(Failure) as told:
        twin.pod._stage.ask("ready", fails)
    assert told.value.reason.code == "crash-loop"
    assert str(told.value.reason.why).endswith(": it ends")
