"""Proves a pack in this process."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from podgrade.cli.alone import Grading, Listener, listen
from podgrade.cli.codes import FAILED, FULL_MARKS, INTERRUPTED, TROUBLE
from podgrade.cli.screen import asides
from podgrade.grading.gaps import gaps
from podgrade.grading.proof import Compared, compare, fixtures_of
from podgrade.grading.record import Record
from podgrade.model.exercise import Exercise
from podgrade.model.submission import Submission
from podgrade.model.text import Words, say
from podgrade.model.verdict import Result
from podgrade.reports.live import Progress
from podgrade.reports.proof import show_fixture


@dataclass
class Proof:
    """What a pack's fixtures came out as, and what they do not prove."""

    grading: Grading
    found: list[Compared] = field(default_factory=list)
    gaps: dict[str, tuple[Words, ...]] = field(default_factory=dict)
    others: tuple[Words, ...] = ()
    """Fixtures that belong to no exercise."""
    count: int = 0
    """How many fixtures there are."""
    seconds: float = 0.0

    @property
    def complete(self) -> bool:
        """True if it is known of every fixture what it came out as."""
        return len(self.found) == self.count

    @property
    def gapped(self) -> bool:
        """True if something is not proven by any fixture, or something proves nothing."""
        return bool(self.others) or any(self.gaps.values())

    @property
    def exit_code(self) -> int:
        """FULL_MARKS if the pack is proven."""
        if self.grading.interrupted:
            return INTERRUPTED
        if self.grading.trouble is not None:
            return self.grading.exit_code
        if not self.complete or any(one.result.erroneous for one in self.found):
            return TROUBLE
        proven = all(one.proven for one in self.found) and not self.gapped
        return FULL_MARKS if proven else FAILED

    @property
    def problem(self) -> Words | None:
        """One sentence for a run that did not come to its end."""
        if self.complete and not self.grading.interrupted:
            return None
        unsaid = say("the grader could not be run:\n{said}", said=self.grading.said.strip())
        return self.grading.problem or unsaid


class Prover(Listener):
    """Compares each fixture with its expectation as it is finished, and shows it."""

    def __init__(self, fixtures: Path, progress: Progress, language: str, out: Console) -> None:
        super().__init__(progress)
        self.found: list[Compared] = []
        self._fixtures = fixtures
        self._language = language
        self._out = out

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_podgrade_prove(
        self, submission: Submission, result: Result
    ) -> Generator[None, object, object]:
        found = compare(self._fixtures, submission, result)
        try:
            yield
        except Exception as error:  # noqa: BLE001 - a pack's conftest.py may raise anything
            if found.proven:
                found = replace(found, problem=_objection(error))
        self.found.append(found)
        with self.progress.aside():
            show_fixture(found, self._language, self._out)
        return None

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:  # the fixture was not even compared
            self.grading.said += f"{report.longreprtext}\n"


class Reprover(Prover):
    """Has records of the fixtures, too: they are proven by those, without a cluster."""

    begins = say("running the checks on what was recorded")

    def __init__(self, records: Sequence[Record], *rest: Any) -> None:
        super().__init__(*rest)
        self._records = {(one.exercise.slug, one.submission.key): one for one in records}

    @pytest.hookimpl
    def pytest_podgrade_recorded(self, exercise: Exercise, submission: Submission) -> Record | None:
        return self._records.get((exercise.slug, submission.key))


def prove(
    pack: Path,
    exercises: Sequence[Exercise],
    arguments: Sequence[str],
    language: str,
    out: Console,
    records: Sequence[Record] = (),
) -> Proof:
    """Prove exercises of a pack; further `arguments` are pytest's. Shows progress meanwhile.

    With `records` of its fixtures nothing is asked on a cluster.
    """
    began = time.monotonic()
    counts = {one.grader: len(fixtures_of(one)) for one in exercises}
    graders = [grader for grader, count in counts.items() if count]
    with Progress(asides(), language, lines=False) as progress:
        shown = (pack / "fixtures", progress, language, out)
        prover = Reprover(records, *shown) if records else Prover(*shown)
        if graders:
            listen(prover, pack, graders, arguments, language)
    proof = Proof(prover.grading, prover.found, count=sum(counts.values()))
    if proof.problem is None:
        proof.gaps = {one.slug: gaps(one, _of(one, prover.found)) for one in exercises}
    proof.seconds = time.monotonic() - began
    return proof


def _of(exercise: Exercise, found: Sequence[Compared]) -> list[Compared]:
    return [one for one in found if one.result.exercise == exercise.slug]


def _objection(error: Exception) -> Words:
    return say(
        "the pack's conftest.py objects: {type}: {error}", type=type(error).__name__, error=error
    )
