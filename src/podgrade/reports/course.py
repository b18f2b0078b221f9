"""A course's grades: each learner on each exercise, and a total over the weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from podgrade.locale import in_language
from podgrade.model.exercise import Exercise
from podgrade.model.text import Text, Words, say
from podgrade.reports import csv
from podgrade.reports.graded import AN_ERROR, NOT_YET, Graded
from podgrade.reports.lines import number

FULL = 100  # what full marks on every exercise come to

NOTHING = say("not handed in")


@dataclass(frozen=True)
class Part:
    """An exercise of the course; `link` is the path of its class's page."""

    exercise: Exercise
    weight: float
    link: str


@dataclass(frozen=True)
class Mark:
    """A learner on one exercise; `link` is the path of the page on it."""

    graded: Graded
    link: str


@dataclass(frozen=True)
class Person:
    """A learner; None is for an exercise for which nothing was handed in."""

    name: str
    marks: tuple[Mark | None, ...]


@dataclass(frozen=True)
class Report:
    """What the course's outputs are made from."""

    title: Text
    parts: tuple[Part, ...]
    people: tuple[Person, ...]
    language: str
    version: str

    def total(self, person: Person) -> float | None:
        """0 to 100: each exercise counts by its weight, and nothing handed in is no points.

        None as long as one has no score: an error costs nobody points.
        """
        shares = [1.0 if mark is None else _share(mark.graded) for mark in person.marks]
        if None in shares:
            return None
        earned = sum(
            part.weight * (share or 0.0)
            for part, mark, share in zip(self.parts, person.marks, shares, strict=True)
            if mark is not None
        )
        return round(FULL * earned / sum(part.weight for part in self.parts), 2)


def _share(graded: Graded) -> float | None:
    """From 0 to 1; None where there is no score."""
    if graded.result is None or graded.score is None:
        return None
    return graded.score / graded.result.possible if graded.result.possible else 1.0


def missing(mark: Mark | None) -> Words | None:
    """Why there are no points."""
    if mark is None:
        return NOTHING
    if mark.graded.result is None:
        return NOT_YET
    return AN_ERROR if mark.graded.score is None else None


def points(mark: Mark | None) -> str:
    """What was earned, `8`; nothing where there is no score."""
    if mark is None or mark.graded.score is None:
        return ""
    return number(mark.graded.score)


def table(report: Report) -> str:
    """grades.csv: a row a learner, the points of each exercise, the total, and what is missing."""
    heads = (say("learner"), say("total"), say("full marks"), say("missing"))
    learner, total, full, open_ = (in_language(head, report.language) for head in heads)
    slugs = [part.exercise.slug for part in report.parts]
    rows = [(learner, *slugs, total, full, open_)]
    rows += [tuple(_row(report, person)) for person in report.people]
    return csv.written(rows)


def _row(report: Report, person: Person) -> Iterator[str]:
    yield person.name
    yield from map(points, person.marks)
    total = report.total(person)
    yield "" if total is None else number(total)
    yield number(FULL)
    yield "; ".join(_missing(report, person.marks))


def _missing(report: Report, marks: Sequence[Mark | None]) -> Iterator[str]:
    for part, mark in zip(report.parts, marks, strict=True):
        why = missing(mark)
        if why is not None:
            yield f"{part.exercise.slug}: {in_language(why, report.language)}"
