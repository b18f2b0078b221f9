"""What was decided about a submission, check by check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from podgrade.model.reason import Reason
from podgrade.model.submission import Position
from podgrade.model.text import Text, Words
from podgrade.model.timeline import Lane


class Outcome(StrEnum):
    """The four verdicts; an error is never the learner's fault and never costs a point."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_REACHED = "not reached"
    ERROR = "error"


@dataclass(frozen=True)
class CheckLine:
    """One line of a marking scheme, without its code. `name` is the test function's name."""

    name: str
    title: Text
    points: float
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """One answer a probe gave: what was asked, what came back, when (s since start), how long."""

    question: str
    answer: str
    at: float
    seconds: float


@dataclass(frozen=True)
class Correction:
    """What a teacher decided about a check instead: its points, and why."""

    points: float
    why: str


@dataclass(frozen=True)
class Verdict:
    """The verdict on one check (one instance of it, if it is parametrised).

    `id` is the instance's name within its submission; `because` names the check that kept
    this one from being reached; `at` (seconds since the submission's grading began) and `seconds`
    are the rehearsal's.
    """

    check: CheckLine
    outcome: Outcome
    id: str = ""
    reason: Reason | None = None
    because: str | None = None
    seconds: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    at: float = 0.0
    correction: Correction | None = None

    @property
    def points(self) -> float:
        """Points earned, or those that a teacher gave instead."""
        if self.correction is not None:
            return self.correction.points
        return self.check.points if self.outcome is Outcome.PASSED else 0.0

    @property
    def open(self) -> bool:
        """True if it could not be found out, and no teacher decided it: there are no points."""
        return self.outcome is Outcome.ERROR and self.correction is None

    @property
    def right(self) -> bool:
        """True if the check passed, or a teacher gave its full points."""
        if self.correction is not None:
            return self.correction.points >= self.check.points
        return self.outcome is Outcome.PASSED


@dataclass(frozen=True)
class Result:
    """All verdicts of one submission, in the order of the marking scheme."""

    exercise: str
    submission: str
    verdicts: tuple[Verdict, ...]
    notes: tuple[Words, ...] = ()
    seconds: float = 0.0
    kept: str | None = None
    """The namespace that was kept for a look (`--keep`), else None."""
    missing: int = 0
    """Checks that have no verdict because the run was ended early."""
    lanes: tuple[Lane, ...] = ()
    """What the containers did meanwhile."""
    places: Mapping[str, Position] = field(default_factory=dict)
    """Where the containers stand in the submission, by name; under "" the place of the rest."""

    @property
    def possible(self) -> float:
        """Points that full marks are worth."""
        return sum(verdict.check.points for verdict in self.verdicts)

    @property
    def erroneous(self) -> bool:
        """True if something could not be found out: then there is no score."""
        return any(verdict.open for verdict in self.verdicts)

    @property
    def score(self) -> float | None:
        """Points earned, or None where an error or an early end leaves the score open."""
        if self.erroneous or self.missing:
            return None
        return sum(verdict.points for verdict in self.verdicts)

    @property
    def passed(self) -> bool:
        """True if every check passed."""
        return not self.missing and all(verdict.right for verdict in self.verdicts)
