"""The probe `setup`: what the exercise itself has there, asked with the usual words."""

from __future__ import annotations

from typing import Any

from podgrade.model.errors import InfrastructureError
from podgrade.model.failure import Failure
from podgrade.model.text import say
from podgrade.probes.bench import Bench, Role
from podgrade.probes.party import Aside, Live, Party, beside
from podgrade.probes.tape import Stage


class SetupProbe:
    """`setup("backend")` is a workload of the exercise's folder setup/: a Party, which scales.

    A StatefulSet's Pod has its own name (`setup("redis-st-0")`). A workload that is dead or
    cannot be asked raises InfrastructureError: it is ours.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, name: str) -> SetupParty:
        """The workload of that name."""
        return SetupParty(self._stage, name)


class SetupParty(Party):
    """A workload of the exercise's own: `.pod`, `.curl`, `.logs`, `.exec`, `.files`, `.scale`."""

    def __init__(self, stage: Stage, name: str) -> None:
        self._name = name
        super().__init__(Aside(stage, f"setup({name!r})", self._live_on))

    def scale(self, replicas: int) -> None:
        """Have so many of its Pods, and wait until exactly those are there and Ready; its
        Services have as many endpoints then. Checks that use it are `changes=True`.
        """
        self._stage.ask(f"scale({replicas})", lambda bench: _scaled(bench, self._name, replicas))

    def _live_on(self, bench: Bench, live: Live) -> Any:
        bench.workspace.setup.workload(self._name)  # a name that is wrong is the grader's fault
        try:
            return beside(self._name, Role.SETUP)(bench, live)
        except Failure as failure:
            words = say(
                "the exercise's own {object} did not come up: {why}",
                object=self._name,
                why=failure.words,
            )
            raise InfrastructureError(words) from failure


def _scaled(bench: Bench, name: str, replicas: int) -> None:
    bench.spent = True
    bench.doing(say("scaling {name} to {replicas}", name=name, replicas=replicas))
    bench.workspace.setup.scale(name, replicas)
