"""Grades one submission in this process."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from podgrade.cli.alone import Grading, Listener, listen
from podgrade.cli.record import remember
from podgrade.cli.screen import asides
from podgrade.model.exercise import Exercise
from podgrade.model.submission import Submission
from podgrade.reports.live import Progress


class Collector(Listener):
    """Hands in the submission, too."""

    def __init__(self, submission: Submission, progress: Progress) -> None:
        super().__init__(progress)
        self._submission = submission

    @pytest.hookimpl
    def pytest_podgrade_submissions(self) -> list[Submission]:
        return [self._submission]


def grade(
    exercise: Exercise, submission: Submission, arguments: Sequence[str], language: str
) -> Grading:
    """Grade one submission; further `arguments` are pytest's. Shows progress meanwhile."""
    pack = exercise.grader.parent.parent
    with Progress(asides(), language) as progress:
        collector = Collector(submission, progress)
        grading = listen(collector, pack, [exercise.grader], arguments, language)
    for result in grading.results:
        remember(result)
    return grading
