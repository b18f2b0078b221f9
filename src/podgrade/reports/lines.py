"""What a report says about a result, as plain strings in one language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from podgrade.locale import in_language
from podgrade.locale.commands import in_namespace
from podgrade.model.exercise import Exercise
from podgrade.model.reason import Reason
from podgrade.model.text import Words, say
from podgrade.model.verdict import Outcome, Result, Verdict
from podgrade.reports.safe import visible

OUTCOMES: dict[Outcome, Words] = {
    Outcome.PASSED: say("passed"),
    Outcome.FAILED: say("failed"),
    Outcome.NOT_REACHED: say("not checked (an earlier step did not pass)"),
    Outcome.ERROR: say("grading environment error (no points off)"),
    Outcome.NOT_GRADED: say("not graded (no points lost or won)"),
}


@dataclass(frozen=True)
class Detail:
    """One labelled line below a check; without a label it is a sentence of its own."""

    label: str
    text: str

    def __str__(self) -> str:
        return f"{self.label}: {self.text}" if self.label else self.text


@dataclass(frozen=True)
class Line:
    """One check of the marking scheme, ready to be laid out."""

    outcome: Outcome
    points: str
    title: str
    details: tuple[Detail, ...]

    def mark(self, language: str) -> str:
        """The verdict in words."""
        return said(OUTCOMES[self.outcome], language)

    def told(self) -> tuple[str, ...]:
        """The details, each as one text with its label."""
        return tuple(map(str, self.details))


def number(points: float) -> str:
    """Points as people write them: `2`, `0.5`."""
    return f"{points:g}"


def lines(result: Result, language: str) -> tuple[Line, ...]:
    """Every check of the result in the order of the marking scheme."""
    return tuple(_line(verdict, result, language) for verdict in result.verdicts)


def hint(result: Result, exercise: Exercise, language: str) -> str | None:
    """The exercise's first hint for the first failure that it has one for."""
    for verdict in result.verdicts:
        if verdict.outcome is Outcome.FAILED and verdict.reason is not None:
            failure = (verdict.check.name, verdict.reason.code)
            for one in exercise.hints:
                if failure in one.fits:
                    return said(in_namespace(one, result.namespace), language)
    return None


def total(result: Result, language: str) -> str:
    """The sum, or why there is none."""
    if result.missing:
        return said(say("No score: the run was ended early."), language)
    if result.score is None:
        return said(
            say("No score: the grading environment failed. This is not your fault."), language
        )
    sums = {"score": number(result.score), "possible": number(result.possible)}
    if result.partial:
        whole = number(result.whole)
        words = say("Total {score}/{possible}, of {whole} points in all", whole=whole, **sums)
        return said(words, language)
    return said(say("Total {score}/{possible}", **sums), language)


def remarks(result: Result, language: str) -> tuple[str, ...]:
    """Notes on the submission, and where a kept workspace is."""
    notes = tuple(said(note, language) for note in result.notes)
    if result.kept is None:
        return notes
    kept = say(
        "The workspace was kept. Look into it with `kubectl -n {namespace} get pods`, "
        "delete it with `kubectl delete namespace {namespace}`",
        namespace=result.kept,
    )
    return (*notes, said(kept, language))


def said(words: Words | str, language: str) -> str:
    """The words in the language, with nothing in them that a terminal would obey."""
    return visible(in_language(words, language)).rstrip()


def _line(verdict: Verdict, result: Result, language: str) -> Line:
    return Line(
        outcome=verdict.outcome,
        points=_points(verdict),
        title=said(verdict.check.title, language) + _instance(verdict),
        details=tuple(_details(verdict, result, language)),
    )


def _points(verdict: Verdict) -> str:
    """Nothing for a check that is worth nothing: it says only whether the rest can be asked."""
    if not verdict.check.points:
        return ""
    earned = number(verdict.points) if verdict.counts and not verdict.open else "–"
    return f"{earned}/{number(verdict.check.points)}"


def _instance(verdict: Verdict) -> str:
    """What tells the instances of a parametrised check apart: `test_x[80]` gives ` [80]`."""
    _, bracket, rest = verdict.id.partition("[")
    return f" [{visible(rest.removesuffix(']'))}]" if bracket else ""


def _details(verdict: Verdict, result: Result, language: str) -> Iterator[Detail]:
    if verdict.correction is not None:
        yield Detail(
            said(say("Corrected by the teacher"), language), visible(verdict.correction.why)
        )
    if verdict.outcome not in {Outcome.PASSED, Outcome.FAILED}:
        yield Detail("", _outcome(verdict, result, language))
    if verdict.reason is not None and verdict.outcome is not Outcome.PASSED:
        yield from told(verdict.reason, language)


def told(reason: Reason, language: str) -> Iterator[Detail]:
    """The lines of a reason: expected, seen, why, next; nothing is said twice."""
    before = ""
    for place, (label, words) in enumerate(_parts(reason)):
        text, is_next = said(words, language) if words else "", place == _NEXT
        # What was seen may be the whole reason; it is never left out itself.
        if text and (place < _ALWAYS or text not in before):
            yield Detail(said(label, language), _begun(text, language) if is_next else text)
        before = text


def _begun(text: str, language: str) -> str:
    """A sentence of its own; Korean ones may begin with somebody's name."""
    return text[:1].upper() + text[1:] if language == "en" else text


_ALWAYS = 2  # expected, seen
_NEXT = 3  # what is to be done: a sentence of its own


def _parts(reason: Reason) -> Iterator[tuple[Words, Words | None]]:
    yield say("Expected"), reason.expected
    yield say("Seen"), reason.seen
    yield say("Why"), reason.why
    yield say("Next"), reason.look


def _outcome(verdict: Verdict, result: Result, language: str) -> str:
    word = said(OUTCOMES[verdict.outcome], language)
    titles = {other.check.name: other.check.title for other in result.verdicts}
    if verdict.because not in titles:
        return word
    return f"{word}: {said(titles[verdict.because], language)}"
