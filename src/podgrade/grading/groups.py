"""Sorts pytest's items into groups: the checks of one submission on one grader."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from podgrade.grading.case import Case, Instance, Maker, with_needed
from podgrade.grading.checks import BUILT_IN_ATTRIBUTE, PROBE_ATTRIBUTE, check_of
from podgrade.grading.rehearsal import Played, Rehearsed
from podgrade.model.exercise import Exercise
from podgrade.model.submission import Submission
from podgrade.model.text import Words, say
from podgrade.model.verdict import Result, Verdict
from podgrade.probes import built_in

SUBMISSION = "submission"
"""The parameter that pytest's items carry."""


@dataclass(eq=False)
class Group:
    """One submission on one grader, from collection to its result."""

    exercise: Exercise
    submission: Submission
    every: list[Instance] = field(default_factory=list)
    nodes: dict[str, Instance] = field(default_factory=dict)
    """Every instance by node id, in the order of the marking scheme."""
    chosen: set[str] = field(default_factory=set)
    """Ids of the instances that are reported."""
    proof: str | None = None
    """The node id of the one item that stands for all, where a pack is proven."""
    case: Case | None = None
    rehearsed: Rehearsed | None = None
    played: dict[str, Played] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    told: bool = False

    def build_case(self) -> Case:
        """The case to rehearse: what was chosen and what that needs."""
        chosen = [instance for instance in self.every if instance.id in self.chosen]
        self.case = Case(self.exercise, self.submission, with_needed(chosen, self.every))
        return self.case

    @property
    def complete(self) -> bool:
        """True once every chosen instance has its verdict."""
        return self.chosen <= self.verdicts.keys()

    def result(self) -> Result:
        """What is known of the submission now."""
        order = [i.id for i in self.every if i.id in self.verdicts]
        rehearsed = self.rehearsed
        return Result(
            exercise=self.exercise.slug,
            submission=self.submission.key,
            verdicts=tuple(self.verdicts[key] for key in order),
            notes=(*(rehearsed.notes if rehearsed else ()), *self._cut_short()),
            seconds=rehearsed.seconds if rehearsed else 0.0,
            kept=rehearsed.kept if rehearsed else None,
        )

    def _cut_short(self) -> tuple[Words, ...]:
        missing = len(self.chosen - self.verdicts.keys())
        if missing <= 0:
            return ()
        return (say("the run was ended early: {count} checks have no verdict", count=missing),)


def instance_of(item: pytest.Item) -> Instance | None:
    """The check instance of a pytest item, or None for an ordinary test."""
    if not isinstance(item, pytest.Function):
        return None
    check = check_of(item.function)
    if check is None:
        return None
    values = dict(item.callspec.params) if hasattr(item, "callspec") else {}
    values.pop(SUBMISSION, None)
    return Instance(_id(item, values), check, item.function, values, _makers(item, values))


def check_arguments(item: pytest.Function) -> str | None:
    """What is wrong with a check's arguments, in one sentence that names the cure, or None."""
    values = item.callspec.params if hasattr(item, "callspec") else {}
    for name in _arguments(item.function):
        if name not in values and maker_of(item, name) is None:
            return (
                f"{item.path.name}::{item.name}: the argument {name!r} is no probe and no "
                "parametrised value; use one of podgrade's probes, or make a word of your own "
                "with @podgrade.probe"
            )
    return None


def maker_of(item: pytest.Function, name: str) -> Maker | None:
    """What makes the probe of that name for this item, by pytest's own overriding rules."""
    definitions = item._fixtureinfo.name2fixturedefs.get(name)  # no public way to look one up
    if not definitions:
        return None
    function = definitions[-1].func
    name_of_ours = getattr(function, BUILT_IN_ATTRIBUTE, None)
    if name_of_ours is not None:
        return built_in()[name_of_ours]
    made = getattr(function, PROBE_ATTRIBUTE, None)
    if made is None:
        return None
    parts = {part: maker_of(item, part) for part in _arguments(made)}
    if None in parts.values():
        return None
    return lambda stage: made(**{part: make(stage) for part, make in parts.items() if make})


def _arguments(function: Any) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)


def _makers(item: pytest.Function, values: dict[str, Any]) -> dict[str, Maker]:
    found = {}
    for name in _arguments(item.function):
        maker = None if name in values else maker_of(item, name)
        if maker is not None:
            found[name] = maker
    return found


def _id(item: pytest.Function, values: dict[str, Any]) -> str:
    name = item.originalname
    return f"{name}[{'-'.join(map(str, values.values()))}]" if values else name


def grouped(
    items: Iterable[tuple[pytest.Item, Instance, Exercise, Submission]],
) -> dict[tuple[Path, str], Group]:
    """Groups by grader and submission key, in order of collection."""
    groups: dict[tuple[Path, str], Group] = {}
    for item, instance, exercise, submission in items:
        key = (exercise.grader, submission.key)
        group = groups.setdefault(key, Group(exercise, submission))
        group.every.append(instance)
        group.nodes[item.nodeid] = instance
    return groups


def dependents(instances: Sequence[Instance], failed: Iterable[str]) -> set[str]:
    """Names of checks that need one of these, directly or not."""
    found = set(failed)
    while True:
        more = {
            instance.name
            for instance in instances
            if instance.name not in found and found & set(instance.check.line.needs)
        }
        if not more:
            return found
        found |= more
