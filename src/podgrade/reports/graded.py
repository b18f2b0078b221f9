"""What every output is made from: one submission after it was graded, or why it could not be."""

from __future__ import annotations

from dataclasses import dataclass

from podgrade.model.exercise import Exercise
from podgrade.model.text import Words, say
from podgrade.model.verdict import Outcome, Result
from podgrade.reports.lines import Line, hint, lines, remarks, said, total

NOT_YET = say("not graded yet")
AN_ERROR = say("an error: nobody's fault, to be graded again")


@dataclass(frozen=True)
class Graded:
    """One submission of an exercise and what became of it, in the language of the report.

    Without a result `problem` says why; with one it says what ended the run early, if anything.
    """

    exercise: Exercise
    submission: str
    result: Result | None
    problem: Words | None
    language: str
    version: str

    @property
    def score(self) -> float | None:
        """Points earned; None where an error, an early end or no result leaves them open."""
        return self.result.score if self.result else None

    @property
    def title(self) -> str:
        """The exercise's title."""
        return said(self.exercise.title, self.language)

    @property
    def outcome(self) -> Outcome:
        """The verdict on the whole: passed, failed, or error where there is no score."""
        if self.result is None or self.score is None:
            return Outcome.ERROR
        return Outcome.PASSED if self.result.passed else Outcome.FAILED

    def lines(self) -> tuple[Line, ...]:
        """Every check of the marking scheme."""
        return lines(self.result, self.language) if self.result else ()

    def sentences(self) -> tuple[str, ...]:
        """The sum or why there is none, a hint, notes: what is said of the whole."""
        return (*self.sums(), *self.remarks())

    def sums(self) -> tuple[str, ...]:
        """The sum or why there is none."""
        problem = (said(self.problem, self.language),) if self.problem else ()
        return (*problem, total(self.result, self.language)) if self.result else problem

    def remarks(self) -> tuple[str, ...]:
        """A hint where one helps, and notes on the submission."""
        if self.result is None:
            return ()
        advice = hint(self.result, self.exercise, self.language)
        return (*((advice,) if advice else ()), *remarks(self.result, self.language))
