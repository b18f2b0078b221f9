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
    """The verdicts; an error is never the learner's fault and never costs a point. What was not
    graded (a check that would change what runs, in live mode) counts for nothing.
    """

    PASSED = "passed"
    FAILED = "failed"
    NOT_REACHED = "not reached"
    ERROR = "error"
    NOT_GRADED = "not graded"


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
    def possible(self) -> float:
        """Points that it is worth; none where it is not graded."""
        return self.check.points if self.counts else 0.0

    @property
    def counts(self) -> bool:
        """False if the check was left out: it is part of no sum."""
        return self.outcome is not Outcome.NOT_GRADED or self.correction is not None

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
    namespace: str = ""
    """Where it runs, if it was graded in place; else empty, as that one is gone."""

    @property
    def possible(self) -> float:
        """Points that full marks are worth, of what was graded."""
        return sum(verdict.possible for verdict in self.verdicts)

    @property
    def partial(self) -> bool:
        """True if checks were left out: the score is out of those that were graded."""
        return not all(verdict.counts for verdict in self.verdicts)

    @property
    def whole(self) -> float:
        """Points that the whole exercise is worth, with what was left out."""
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
        """True if every check that was graded passed."""
        graded = (verdict for verdict in self.verdicts if verdict.counts)
        return not self.missing and all(verdict.right for verdict in graded)
