"""Sorts pytest's items into groups: the checks of one submission on one grader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from podgrade.grading.case import Case, Instance, with_needed
from podgrade.grading.checks import check_of
from podgrade.grading.makers import SUBMISSION, arguments, making_of, values_of
from podgrade.grading.play import Played
from podgrade.grading.redact import Redaction
from podgrade.grading.rehearsal import Rehearsed
from podgrade.model.exercise import Exercise
from podgrade.model.submission import Submission
from podgrade.model.text import Words, say
from podgrade.model.verdict import Result, Verdict


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
    waits: bool = False
    """True for a mistake that is known only when a limit has passed: it is begun early."""
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

    def lighten(self) -> None:
        """Keep what sums need once the result was told: a class of hundreds stays in memory."""
        self.played = {}
        self.verdicts = {key: replace(one, evidence=()) for key, one in self.verdicts.items()}
        if self.rehearsed is not None:
            self.rehearsed = replace(
                self.rehearsed, played={}, lanes=(), places={}, redaction=Redaction()
            )

    @property
    def redaction(self) -> Redaction:
        """What takes out of all that is told what nobody is to read."""
        return self.rehearsed.redaction if self.rehearsed else Redaction()

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
            missing=self._missing(),
            lanes=rehearsed.lanes if rehearsed else (),
            places=rehearsed.places if rehearsed else {},
            namespace=rehearsed.namespace if rehearsed else "",
        )

    def _missing(self) -> int:
        return len(self.chosen - self.verdicts.keys())

    def _cut_short(self) -> tuple[Words, ...]:
        missing = self._missing()
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
    values, makers = values_of(item), {}
    for name in arguments(item.function):
        making = None if name in values else making_of(item, name)
        if making is not None:
            makers[name] = making
    return Instance(_id(item), check, item.function, values, makers)


def _id(item: pytest.Function) -> str:
    """The test's name with pytest's own ids of its values, which differ from each other."""
    key = str(item.callspec.params[SUBMISSION])
    inside = item.callspec.id.removeprefix(key).removeprefix("-")
    return f"{item.originalname}[{inside}]" if inside else item.originalname


Groups = dict[tuple[Path, str], Group]


def grouped(
    items: Iterable[tuple[pytest.Item, Instance, Exercise, Submission]],
) -> Groups:
    """Groups by grader and submission key, in order of collection."""
    groups: Groups = {}
    for item, instance, exercise, submission in items:
        key = (exercise.grader, submission.key)
        group = groups.setdefault(key, Group(exercise, submission))
        group.every.append(instance)
        group.nodes[item.nodeid] = instance
    return groups
