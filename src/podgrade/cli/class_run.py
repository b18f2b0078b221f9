"""Grades a class, on one exercise or several at once, in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.text import Text

from podgrade import __version__
from podgrade.cli.alone import Grading, Listener, listen
from podgrade.cli.class_results import Book
from podgrade.cli.screen import asides
from podgrade.grading.class_plan import Plan
from podgrade.grading.intake import HandedIn
from podgrade.model.errors import PodgradeError
from podgrade.model.submission import Submission
from podgrade.model.text import Words
from podgrade.model.verdict import Result
from podgrade.reports.class_live import ClassProgress
from podgrade.reports.csv import cell, reason
from podgrade.reports.graded import Graded
from podgrade.reports.lines import number, said
from podgrade.reports.safe import bounded
from podgrade.reports.terminal import sign

_LONGEST = 160  # characters of a learner's line


@dataclass(frozen=True)
class Work:
    """An exercise's book and what is to be graded for it."""

    book: Book
    plan: Plan

    @property
    def pack(self) -> Path:
        """The folder of the pack that the exercise is of."""
        return self.book.exercise.grader.parent.parent


class Marker(Listener):
    """Hands a class's work in, and writes each result down as it comes."""

    def __init__(self, work: Sequence[Work], progress: ClassProgress, out: Console) -> None:
        super().__init__(progress)
        self._progress = progress
        self._out = out
        self.language = progress.language
        self._several = len(work) > 1
        self._books = {one.book.exercise.slug: one.book for one in work}
        self._groups = {
            (one.book.exercise.slug, group[0].learner): group
            for one in work
            for group in one.plan.groups
        }
        self._pack: Path | None = None
        self._session: pytest.Session | None = None

    def mark(self, pack: Path, arguments: Sequence[str], language: str) -> None:
        """Grade what is of one pack; the first trouble stays what is told."""
        self._pack = pack
        graders = [book.exercise.grader for book in self._books.values() if self._is_of(pack, book)]
        listen(self, pack, graders, arguments, language)

    def _is_of(self, pack: Path, book: Book) -> bool:
        wanted = {slug for slug, _ in self._groups}
        return book.exercise.grader.parent.parent == pack and book.exercise.slug in wanted

    @pytest.hookimpl
    def pytest_podgrade_submissions(self) -> list[Submission]:
        return [
            replace(group[0].submission, exercise=slug)
            for (slug, _), group in self._groups.items()
            if self._pack is not None and self._is_of(self._pack, self._books[slug])
        ]

    @pytest.hookimpl
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self._session = session

    @pytest.hookimpl
    def pytest_podgrade_flow(self, number: int, why: Words) -> None:
        self._progress.flow(number, why)

    def name(self, exercise: str, submission: str) -> str:
        return f"{exercise} {submission}" if self._several else submission

    @pytest.hookimpl
    def pytest_podgrade_result(self, result: Result) -> None:
        """Not kept in memory; what was cut short is no result."""
        self._progress.done("")
        self._progress.done(self.name(result.exercise, result.submission))
        if result.missing or self.grading.trouble is not None:
            return
        try:
            self.enter(result)
        except PodgradeError as error:
            self.grading.trouble = error
            if self._session is not None:
                self._session.shouldstop = str(error)

    def enter(self, result: Result, data: Mapping[str, Any] | None = None) -> None:
        """Write a result down, for everybody whose work it is; `data` as Book.enter has it."""
        book = self._books[result.exercise]
        first, *others = self._groups[result.exercise, result.submission]
        book.enter(first, result, data=data)
        for other in others:
            book.enter(other, result, same_as=first.learner, data=data)
        for one in (first, *others):
            graded = self._graded(book, one, result)
            self._progress.count(graded.outcome)
            self._tell(graded)

    def _graded(self, book: Book, one: HandedIn, result: Result) -> Graded:
        return Graded(book.exercise, one.learner, result, None, book.language, __version__)

    def _tell(self, graded: Graded) -> None:
        if not self._progress.named:
            return
        score = "–" if graded.score is None else number(graded.score)
        whole = graded.result.possible if graded.result else 0
        mark, style = sign(graded.outcome, self._out)
        who = cell(self.name(graded.exercise.slug, graded.submission))
        text = f"{mark} {who}  {score}/{number(whole)}  {cell(reason(graded))}"
        line = Text(bounded(said(text, graded.language), _LONGEST), style)
        with self._progress.aside():
            self._out.print(line, soft_wrap=True, highlight=False)


def marker_of(work: Sequence[Work], language: str, named: bool) -> Marker:
    """What writes the results down; what is known of others' equal work is written down already.

    Unless `named`, no learner is named on the way.
    """
    console = asides()
    total = sum(one.plan.learners for one in work)
    progress = ClassProgress(console, language, total=total, named=named)
    for part in work:
        for one, other in part.plan.taken_over:
            part.book.take_over(one, other)
    return Marker(work, progress, console)


def mark(work: Sequence[Work], marker: Marker, arguments: Sequence[str]) -> Grading:
    """Grade here what is to be graded; further `arguments` are pytest's. Results go into the
    books.
    """
    packs = dict.fromkeys(part.pack for part in work if part.plan.groups)
    with marker.progress:
        for pack in packs:
            marker.mark(pack, arguments, marker.language)
            if marker.grading.interrupted or marker.grading.trouble is not None:
                break
    return marker.grading
