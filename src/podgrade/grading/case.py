"""One submission against one marking scheme: which checks are rehearsed, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from podgrade.grading.checks import Check, CheckFunction
from podgrade.model.exercise import Exercise
from podgrade.model.submission import Submission
from podgrade.probes.tape import Stage

Maker = Callable[[Stage], Any]

ACCEPTANCE = "test_manifest_is_accepted"


@dataclass(frozen=True)
class Instance:
    """A check with its parametrised values; `makers` makes the probes it asks for.

    `id` is unique within the submission: the test's name and its parameters.
    """

    id: str
    check: Check
    function: CheckFunction
    values: Mapping[str, Any]
    makers: Mapping[str, Maker]

    @property
    def name(self) -> str:
        return self.check.line.name

    def run(self, stage: Stage) -> None:
        """Call the check's function with its values and with probes on this stage."""
        probes = {argument: make(stage) for argument, make in self.makers.items()}
        self.function(**self.values, **probes)


@dataclass(frozen=True, eq=False)
class Case:
    """One submission of one exercise; instances stand in the order of the marking scheme."""

    exercise: Exercise
    submission: Submission
    instances: tuple[Instance, ...]

    def needed_by(self, instance: Instance) -> tuple[Instance, ...]:
        """The instances that must pass first: all of each needed check, and the acceptance."""
        names = instance.check.line.needs
        if instance.name != ACCEPTANCE:
            names = (ACCEPTANCE, *names)
        return tuple(other for other in self.instances if other.name in names)

    def order(self) -> tuple[Instance, ...]:
        """Definition order, with what is needed first and what changes things last."""
        calm = [instance for instance in self.instances if not instance.check.changes]
        wild = [instance for instance in self.instances if instance.check.changes]
        done: dict[str, Instance] = {}
        for instance in (*calm, *wild):
            self._put(instance, done)
        return tuple(done.values())

    def _put(self, instance: Instance, done: dict[str, Instance]) -> None:
        if instance.id in done:
            return
        for needed in self.needed_by(instance):
            self._put(needed, done)
        done[instance.id] = instance


def with_needed(chosen: Sequence[Instance], every: Sequence[Instance]) -> tuple[Instance, ...]:
    """The chosen instances and all that they need, directly or not, in the order of `every`."""
    wanted = {instance.name for instance in chosen} | {ACCEPTANCE}
    by_name = {instance.name: instance for instance in every}
    open_names = list(wanted)
    while open_names:
        instance = by_name.get(open_names.pop())
        for name in instance.check.line.needs if instance else ():
            if name not in wanted:
                wanted.add(name)
                open_names.append(name)
    picked = {instance.id for instance in chosen}
    needed = {name for instance in every for name in instance.check.line.needs} | {ACCEPTANCE}
    return tuple(
        instance
        for instance in every
        if instance.id in picked or (instance.name in wanted and instance.name in needed)
    )
