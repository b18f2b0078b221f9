"""The same words, bound to another workload of the same workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from podgrade.model.exercise import Target
from podgrade.probes.bench import Bench, Role
from podgrade.probes.curl import CurlProbe
from podgrade.probes.execute import ExecProbe
from podgrade.probes.files import FilesProbe
from podgrade.probes.logs import LogsProbe
from podgrade.probes.pod import PodProbe
from podgrade.probes.tape import Stage
from podgrade.probes.values import Witness

Live = Callable[[Bench], Any]


class Aside:
    """A stage whose questions carry the party's name and are asked on the party's bench.

    `live_on` calls what finds out the answer with that bench.
    """

    def __init__(self, stage: Stage, name: str, live_on: Callable[[Bench, Live], Any]) -> None:
        self.witness: Witness = stage.witness
        self._stage = stage
        self._name = name
        self._live_on = live_on

    def ask(self, question: str, live: Live) -> Any:
        """The answer, asked of the party."""
        return self._stage.ask(f"{self._name}.{question}", lambda b: self._live_on(b, live))


def beside(
    name: str, role: Role, kinds: tuple[str, ...] = Target.kinds
) -> Callable[[Bench, Live], Any]:
    """What asks on the bench of that workload; what it means to the whole is known outside."""

    def live_on(bench: Bench, live: Live) -> Any:
        other = bench.beside(name, role, kinds)
        other.doom = None
        try:
            return live(other)
        finally:
            bench.doom = other.doom or bench.doom
            bench.spent = other.spent or bench.spent

    return live_on


class Party:
    """One workload beside the target, with the probes bound to it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    @property
    def pod(self) -> PodProbe:
        """Its Pod."""
        return PodProbe(self._stage)

    @property
    def curl(self) -> CurlProbe:
        """A path is asked of its Pod."""
        return CurlProbe(self._stage)

    @property
    def logs(self) -> LogsProbe:
        """What its containers wrote."""
        return LogsProbe(self._stage)

    @property
    def exec(self) -> ExecProbe:
        """Runs commands in its containers."""
        return ExecProbe(self._stage)

    @property
    def files(self) -> FilesProbe:
        """Reads and writes files in its containers."""
        return FilesProbe(self._stage)
