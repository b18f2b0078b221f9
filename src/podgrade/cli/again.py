"""Grades a submission in this process on what was recorded of it."""

from __future__ import annotations

import pytest

from podgrade.cli.alone import Grading, listen
from podgrade.cli.grade import Collector
from podgrade.cli.screen import asides
from podgrade.grading.record import Record
from podgrade.model.exercise import Exercise
from podgrade.model.text import say
from podgrade.reports.live import Progress


class Regrader(Collector):
    """Has the record, too."""

    begins = say("running the checks on what was recorded")

    def __init__(self, record: Record, progress: Progress) -> None:
        super().__init__(record.submission, progress)
        self._record = record

    @pytest.hookimpl
    def pytest_podgrade_recorded(self) -> Record:
        return self._record


def again(record: Record, exercise: Exercise, language: str) -> Grading:
    """Grade the recorded submission by the exercise's grader as it is now."""
    pack = exercise.grader.parent.parent
    with Progress(asides(), language) as progress:
        return listen(Regrader(record, progress), pack, [exercise.grader], (), language)
