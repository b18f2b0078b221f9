"""What `podgrade class` says before and after, and how it ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from podgrade.cli.alone import Grading
from podgrade.cli.class_course import Ended
from podgrade.cli.class_results import GRADES, PAGE
from podgrade.cli.codes import FAILED, FULL_MARKS, INTERRUPTED, TROUBLE, USAGE
from podgrade.cli.codes import exit_code as code_of
from podgrade.grading.class_plan import Plan
from podgrade.grading.intake import Roster
from podgrade.model.errors import UsageProblem
from podgrade.model.text import Message, Words, say
from podgrade.model.verdict import Outcome
from podgrade.reports.class_live import clock
from podgrade.reports.class_page import counted, sums
from podgrade.reports.graded import Graded
from podgrade.reports.safe import visible


@dataclass(frozen=True)
class Done:
    """What became of a class: each exercise's, what is wrong with the corrections besides, and
    how long it took.
    """

    grading: Grading
    ended: Sequence[Ended]
    strangers: Sequence[Words]
    seconds: float

    @property
    def everyone(self) -> tuple[Graded, ...]:
        """Every learner on every exercise."""
        return tuple(graded for one in self.ended for graded in one.closed.graded)

    @property
    def wrong(self) -> tuple[Words, ...]:
        """What is wrong with the corrections."""
        return (*self.strangers, *(words for one in self.ended for words in one.closed.wrong))

    @property
    def open(self) -> int:
        """How many have no result at all."""
        return counted(self.everyone)[1]

    @property
    def counts(self) -> Counter[Outcome]:
        """How many of those with a result passed, failed, or met an error."""
        return counted(self.everyone)[0]

    @property
    def broken(self) -> Words | None:
        """Why the run ended before its time."""
        grading = self.grading
        if grading.interrupted or grading.trouble is not None:
            return grading.trouble.words if grading.trouble else say("interrupted")
        if self.open and grading.said:
            return say("the grader could not be run:\n{said}", said=grading.said.strip())
        return None


def must_be_new(journal: Path) -> None:
    """Raises UsageProblem where results are already: nothing is graded twice by accident."""
    if journal.exists():
        raise UsageProblem(
            say(
                "there are results in {folder} already: go on with --resume, or choose another "
                "--output",
                folder=journal.parent,
            )
        )


def remarks(roster: Roster, named: bool) -> Iterator[Words]:
    """What is to be said of the folder; whose it is only where names may be shown."""
    yield from roster.remarks
    noted = [one for one in roster.everyone if one.notes]
    if named:
        for one in noted:
            for note in one.notes:
                yield say("{learner}: {text}", learner=visible(one.learner), text=note)
    elif noted:
        yield say(
            "{count} learners have a note on what they handed in: see their pages",
            count=len(noted),
        )


def intentions(plan: Plan, roster: Roster) -> Iterator[Words]:
    """How many there are, and what is done about them."""
    total = len(roster.everyone)
    yield say("{count} learners, {groups} to be graded", count=total, groups=len(plan.groups))
    same = plan.learners - len(plan.groups) + len(plan.taken_over)
    if same:
        yield say(
            "{count} handed in byte for byte the same as another: graded once for both", count=same
        )
    if plan.changed:
        yield say(
            "{count} are graded again: their work or the grader has changed", count=plan.changed
        )


def unread(count: int) -> Iterator[Words]:
    """How many lines of the journal are no use, if any."""
    if count:
        yield say("{count} lines of the journal could not be read and are left out", count=count)


def summary(done: Done, target: Path) -> Iterator[Words]:
    """What came out, where it is, and what to do about what is open."""
    yield from done.wrong
    if done.broken is not None:
        yield say("podgrade: {problem}", problem=done.broken)
    yield from _sums(done)
    yield say("Grades: {grades}, pages: {page}", grades=target / GRADES, page=target / PAGE)
    if done.open:
        yield _next(say("go on with the same command and --resume"))
    elif done.counts[Outcome.ERROR]:
        yield _next(say("grade the errors again with the same command and --only error"))


def _sums(done: Done) -> Iterator[Words]:
    if len(done.ended) > 1:
        for one in done.ended:
            slug, whole = one.part.exercise.slug, sums(one.closed.graded)
            yield say("{exercise}: {text}", exercise=slug, text=whole)
        count = len(done.ended)
        yield say("{count} exercises; {time}", count=count, time=clock(done.seconds))
    else:
        yield say("{sums}; {time}", sums=sums(done.everyone), time=clock(done.seconds))


def _next(what: Words) -> Message:
    return say("next: {text}", text=what)


def exit_code(done: Done, *, partly: bool) -> int:
    """TROUBLE wins; with `partly`, nobody else need have a result."""
    if done.grading.trouble is not None:
        return code_of(done.grading.trouble)
    if done.grading.interrupted:
        return INTERRUPTED
    if done.counts[Outcome.ERROR] or (done.open and not partly):
        return TROUBLE
    if done.wrong:
        return USAGE
    return FULL_MARKS if set(done.counts) <= {Outcome.PASSED} else FAILED
