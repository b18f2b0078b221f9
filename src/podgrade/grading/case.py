"""One submission against one marking scheme: which checks are rehearsed, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from podgrade.grading.checks import Check, CheckFunction
from podgrade.grading.makers import Making
from podgrade.model.exercise import Exercise
from podgrade.model.submission import Submission
from podgrade.probes.tape import Stage

COPIES = "clone"
"""The probe that makes a copy of the submission."""

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
    makers: Mapping[str, Making]

    @property
    def name(self) -> str:
        return self.check.line.name

    def run(self, stage: Stage) -> None:
        """Call the check's function with its values and with probes on this stage."""
        made: dict[Any, Any] = {}
        probes = {argument: make(stage, made) for argument, make in self.makers.items()}
        self.function(**self.values, **probes)


@dataclass(frozen=True, eq=False)
class Case:
    """One submission of one exercise; instances stand in the order of the marking scheme."""

    exercise: Exercise
    submission: Submission
    instances: tuple[Instance, ...]

    @cached_property
    def copying(self) -> frozenset[str]:
        """In place: the names of the checks that make a copy, which is done somewhere else."""
        if self.submission.live is None:
            return frozenset()
        return frozenset(one.name for one in self.instances if COPIES in one.makers)

    @cached_property
    def left_out(self) -> frozenset[str]:
        """The names of the checks that are not graded: in place, those that change what runs,
        and all that need one of them.
        """
        live = self.submission.live
        if live is None or live.allow_changes:
            return frozenset()
        changing = {one.name for one in self.instances if one.check.changes} - self.copying
        return frozenset(dependents(self.instances, changing))

    def needed_by(self, instance: Instance) -> tuple[Instance, ...]:
        """The instances that must pass first: all of each needed check, and the acceptance."""
        names = instance.check.line.needs
        if instance.name != ACCEPTANCE:
            names = (ACCEPTANCE, *names)
        return tuple(other for other in self.instances if other.name in names)

    def order(self) -> tuple[Instance, ...]:
        """Definition order, with what is needed first; what changes things, and what needs such
        a change, comes last.
        """
        late = self._late()
        done: dict[str, Instance] = {}
        for instance in sorted(self.instances, key=lambda instance: instance.name in late):
            self._put(instance, done)
        return tuple(done.values())

    def _late(self) -> set[str]:
        changing = {instance.name for instance in self.instances if instance.check.changes}
        return dependents(self.instances, changing)

    def _put(self, instance: Instance, done: dict[str, Instance]) -> None:
        if instance.id in done:
            return
        for needed in self.needed_by(instance):
            self._put(needed, done)
        done[instance.id] = instance


def dependents(instances: Sequence[Instance], names: Iterable[str]) -> set[str]:
    """These checks and all that need one of them, directly or not, by name."""
    found = set(names)
    while True:
        more = {
            instance.name
            for instance in instances
            if instance.name not in found and found & set(instance.check.line.needs)
        }
        if not more:
            return found
        found |= more


def with_needed(chosen: Sequence[Instance], every: Sequence[Instance]) -> tuple[Instance, ...]:
    """The chosen instances and all that they need, directly or not, in the order of `every`."""
    picked = {instance.id for instance in chosen}
    needed = _needed(chosen, every)
    return tuple(instance for instance in every if instance.id in picked or instance.name in needed)


def _needed(chosen: Sequence[Instance], every: Sequence[Instance]) -> set[str]:
    """The names of all checks that these need, and of the acceptance check."""
    needs = {instance.name: instance.check.line.needs for instance in every}
    needed = {ACCEPTANCE}
    open_names = [name for instance in chosen for name in instance.check.line.needs]
    while open_names:
        name = open_names.pop()
        if name not in needed:
            needed.add(name)
            open_names.extend(needs.get(name, ()))
    return needed
