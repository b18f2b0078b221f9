"""An exam: some exercises with weights, one namespace each, and a time to do them in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from podgrade.model.text import Words
from podgrade.model.verdict import Result

PASSING = 66.0  # percent, as for the CKA
MINUTES_EACH = 8  # minutes for one exercise where nothing else is said


@dataclass(frozen=True)
class Task:
    """One exercise of an exam; `number` counts from 1, weights are relative to each other."""

    number: int
    slug: str
    weight: float
    namespace: str = ""

    @property
    def stem(self) -> str:
        """What the task's files are called, without their endings."""
        return f"{self.number}-{self.slug}"


@dataclass(frozen=True)
class Exam:
    """One exam that was begun: `began` and `finished` in seconds since the epoch.

    `run` marks its namespaces; `context` and `kubeconfig` say which cluster they are on.
    """

    run: str
    began: float
    minutes: float
    passing: float
    tasks: tuple[Task, ...]
    context: str | None = None
    kubeconfig: str | None = None
    finished: float | None = None
    percent: float | None = None
    """What came out, once it is finished."""

    @property
    def ends(self) -> float:
        """When the time is up (seconds since the epoch)."""
        return self.began + 60 * self.minutes

    def share(self, task: Task) -> float:
        """What the task is worth, in percent of the whole."""
        return 100 * task.weight / sum(one.weight for one in self.tasks)

    @property
    def passed(self) -> bool:
        """True if what came out is enough."""
        return self.percent is not None and self.percent >= self.passing


@dataclass(frozen=True)
class Marked:
    """What became of one task; without a result `problem` says why."""

    task: Task
    result: Result | None
    problem: Words | None = None

    @property
    def part(self) -> float | None:
        """The part of the task's marks that was earned, 0 to 1; None where it is not known."""
        if self.result is None or self.result.score is None:
            return None
        possible = self.result.possible
        return self.result.score / possible if possible else float(self.result.passed)


def percent(exam: Exam, marked: Sequence[Marked]) -> float | None:
    """The weighted sum in percent; None as long as a task could not be graded."""
    parts = [(exam.share(one.task), one.part) for one in marked]
    if any(part is None for _, part in parts):
        return None
    return sum(share * (part or 0.0) for share, part in parts)


def rounded(value: float) -> str:
    """Percent as people read them, never rounded up: what is shown as enough is enough."""
    return f"{math.floor(value * 10 + 1e-6) / 10:g}"
