"""The probe `material`: the values that this workspace's setup was made with."""

from __future__ import annotations

from podgrade.model.errors import GraderError
from podgrade.model.text import say
from podgrade.probes.bench import Bench
from podgrade.probes.tape import Stage


class MaterialProbe:
    """`material["TOKEN"]` is what stands for `${TOKEN}` in the exercise's own objects.

    Fresh for each workspace: whoever shows it has it from the setup. Raises GraderError for a
    name that exercise.yaml does not list under `material:`.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __getitem__(self, name: str) -> str:
        """The value: 16 hexadecimal digits."""
        value: str = self._stage.ask(f"material[{name!r}]", lambda bench: _value(bench, name))
        return value


def _value(bench: Bench, name: str) -> str:
    material = bench.workspace.setup.material
    if name not in material:
        raise GraderError(say("exercise.yaml lists no material {name}", name=name))
    return material[name]
