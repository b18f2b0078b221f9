"""Words bound to another workload: which bench is asked, and whose trouble it is."""

from __future__ import annotations

from typing import Any

import pytest

from podgrade.model.errors import GraderError, InfrastructureError
from podgrade.model.exercise import Exercise, Target
from podgrade.model.failure import Failure
from podgrade.model.reason import Doom, Reason
from podgrade.model.text import Text, say
from podgrade.probes import aim
from podgrade.probes.bench import Bench, Role
from podgrade.probes.party import Aside, Party, beside
from podgrade.probes.setup import SetupProbe
from podgrade.probes.tape import Recording, Replay
from podgrade.workspace.doom import Goal
from podgrade.workspace.wait import Waited


class Workspace:
    """Knows one workload, `backend`; every wait ends with the doom it is given."""

    def __init__(self, target: str = "shop", doom: Doom | None = None) -> None:
        self.target = target
        self.doom = doom
        self.setup = self
        self.scaled: list[tuple[str, int]] = []

    def aimed(self, target: Target) -> Workspace:
        return Workspace(target.name, self.doom)

    def workload(self, name: str) -> None:
        if name != "backend":
            raise GraderError(say("the setup has no {name}", name=name))

    def scale(self, name: str, replicas: int) -> None:
        self.scaled.append((name, replicas))

    def wait(self, goal: Goal, condition: Any, limit: float) -> Waited[Any]:
        return Waited(None, self.doom, 0.0)


@pytest.fixture
def bench(tmp_path):
    text = Text("", "")
    exercise = Exercise("shop", text, text, Target("shop"), tmp_path, tmp_path / "test_shop.py")
    said: list[Any] = []
    things: dict[str, Any] = {"toolbox": None, "acceptance": None, "manifest": None, "stop": None}
    workspace: Any = Workspace()
    return Bench(exercise, workspace, **things, doing=said.append, closer=None)


def test_a_party_is_asked_on_a_bench_of_its_own(bench):
    stage = Recording(bench)
    aside = Aside(stage, "setup('backend')", beside("backend", Role.SETUP))

    def target(other: Bench) -> list[str]:
        return [other.exercise.target.name, other.workspace.target, other.role]

    assert aside.ask("who", target) == ("backend", "backend", "setup")
    assert stage.ask("who", target) == ("shop", "shop", "submission")
    assert [entry["question"] for entry in stage.tape.entries] == ["setup('backend').who", "who"]


def test_a_party_remembers_how_its_containers_ran(bench):
    bench.beside("backend", Role.SETUP).baseline = {"web": ("id", 0)}

    assert bench.beside("backend", Role.SETUP).baseline == {"web": ("id", 0)}
    assert bench.baseline is None


def test_the_doom_of_a_clone_is_known_outside(bench):
    bench.workspace.doom = Doom("crash-loop", say("it ends"))
    aside = Aside(Recording(bench), "twin", beside("shop-2", Role.CLONE))
    with pytest.raises(Failure):
        aside.ask("pod", aim.running_pod)

    assert bench.doom == Reason("crash-loop", why=say("it ends"))


def test_a_dead_setup_is_never_the_learners(bench):
    bench.workspace.doom = Doom("crash-loop", say("it ends"))
    stage = Recording(bench)
    with pytest.raises(InfrastructureError, match="it ends"):
        SetupProbe(stage)("backend").curl("/")

    assert str(stage.tape.trouble) == "it ends"


def test_what_the_setup_does_not_answer_is_never_the_learners(bench):
    def refused(_: Bench) -> None:
        raise Failure(Reason("no-answer", why=say("nothing answers")))

    party = SetupProbe(Recording(bench))("backend")
    with pytest.raises(InfrastructureError, match="backend did not come up: nothing answers"):
        party._stage.ask("curl", refused)


def test_a_name_that_the_setup_does_not_have_is_the_graders_fault(bench):
    stage = Recording(bench)
    with pytest.raises(GraderError, match="the setup has no frontend"):
        SetupProbe(stage)("frontend").scale(0)

    assert stage.tape.trouble is not None


def test_scaling_is_on_the_tape(bench):
    stage = Recording(bench)
    SetupProbe(stage)("backend").scale(0)
    SetupProbe(Replay(stage.tape))("backend").scale(0)

    assert bench.others["backend"].workspace.setup.scaled == [("backend", 0)]


def test_a_party_has_the_probes_of_the_target(bench):
    party = Party(Recording(bench))
    names = ("pod", "curl", "logs", "exec", "files")

    assert [type(getattr(party, name)).__name__ for name in names] == [
        "PodProbe",
        "CurlProbe",
        "LogsProbe",
        "ExecProbe",
        "FilesProbe",
    ]
