"""Grades a class in this process."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from rich.console import Console
from rich.text import Text

from podgrade import __version__
from podgrade.cli.alone import Grading, Listener, listen
from podgrade.cli.class_results import Book
from podgrade.cli.screen import asides
from podgrade.grading.class_plan import Plan
from podgrade.model.errors import PodgradeError
from podgrade.model.submission import Submission
from podgrade.model.verdict import Result
from podgrade.reports.class_live import ClassProgress
from podgrade.reports.csv import cell, reason
from podgrade.reports.graded import Graded
from podgrade.reports.lines import number, said
from podgrade.reports.safe import bounded
from podgrade.reports.terminal import sign

_LONGEST = 160  # characters of a learner's line


class Marker(Listener):
    """Hands a class's work in, and writes each result down as it comes."""

    def __init__(self, plan: Plan, book: Book, progress: ClassProgress, out: Console) -> None:
        super().__init__(progress)
        self._progress = progress
        self._book = book
        self._out = out
        self._groups = {group[0].learner: group for group in plan.groups}
        self._session: pytest.Session | None = None

    @pytest.hookimpl
    def pytest_podgrade_submissions(self) -> list[Submission]:
        return [group[0].submission for group in self._groups.values()]

    @pytest.hookimpl
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self._session = session

    @pytest.hookimpl
    def pytest_podgrade_result(self, result: Result) -> None:
        """Not kept in memory; what was cut short is no result."""
        self._progress.done("")
        self._progress.done(result.submission)
        if result.missing or self.grading.trouble is not None:
            return
        try:
            self._enter(result)
        except PodgradeError as error:
            self.grading.trouble = error
            if self._session is not None:
                self._session.shouldstop = str(error)

    def _enter(self, result: Result) -> None:
        first, *others = self._groups[result.submission]
        self._book.enter(first, result)
        for other in others:
            self._book.enter(other, result, same_as=first.learner)
        for one in (first, *others):
            graded = self._graded(one.learner, result)
            self._progress.count(graded.outcome)
            self._tell(graded)

    def _graded(self, learner: str, result: Result) -> Graded:
        book = self._book
        return Graded(book.exercise, learner, result, None, book.language, __version__)

    def _tell(self, graded: Graded) -> None:
        if not self._progress.named:
            return
        score = "–" if graded.score is None else number(graded.score)
        whole = graded.result.possible if graded.result else 0
        mark, style = sign(graded.outcome, self._out)
        text = f"{mark} {cell(graded.submission)}  {score}/{number(whole)}  {cell(reason(graded))}"
        line = Text(bounded(said(text, graded.language), _LONGEST), style)
        with self._progress.aside():
            self._out.print(line, soft_wrap=True, highlight=False)


def mark(plan: Plan, book: Book, arguments: Sequence[str], named: bool) -> Grading:
    """Grade what is to be graded; further `arguments` are pytest's. Results go into the book.

    Unless `named`, no learner is named on the way.
    """
    console = asides()
    progress = ClassProgress(console, book.language, total=plan.learners, named=named)
    marker = Marker(plan, book, progress, console)
    for one, other in plan.taken_over:
        book.take_over(one, other)
    if not plan.groups:
        return marker.grading
    pack = book.exercise.grader.parent.parent
    with progress:
        return listen(marker, pack, [book.exercise.grader], arguments, book.language)
