"""The verdict as a page of one file, in English and Korean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from podgrade.model.text import Text, Words, say
from podgrade.model.verdict import Outcome
from podgrade.reports import page
from podgrade.reports.graded import Graded
from podgrade.reports.lines import Detail, Line

_MARKS: dict[Outcome, tuple[str, str, Words]] = {
    Outcome.PASSED: ("passed", "✓", say("passed")),
    Outcome.FAILED: ("failed", "✗", say("failed")),
    Outcome.NOT_REACHED: ("open", "·", say("not checked")),
    Outcome.ERROR: ("error", "!", say("error")),
}
"""An outcome's class on the page, its sign, its word."""

_WORDS: dict[str, Words] = {
    "remarks": say("Hints and notes"),
    "checks": say("How it was marked"),
    "evidence": say("What was asked, and the answers"),
    "state": say("State"),
}


def render(graded: Graded) -> str:
    """The page on one submission."""
    result = graded.result
    return page.render(
        "verdict.html.j2",
        language=graded.language,
        style=page.own("verdict.css"),
        title=f"{graded.title} – {graded.submission}",
        exercise=graded.exercise.title,
        slug=graded.exercise.slug,
        submission=graded.submission,
        outcome=graded.outcome.value,
        sums=_in_both(graded, Graded.sums),
        remarks=_in_both(graded, Graded.remarks),
        checks=list(_checks(graded)),
        words=_WORDS,
        version=graded.version,
        seconds=result.seconds if result else None,
    )


def _in_both(graded: Graded, tell: Callable[[Graded], tuple[str, ...]]) -> list[Text]:
    """The same sentences in both languages, side by side."""
    english, korean = (tell(replace(graded, language=each)) for each in ("en", "ko"))
    return [Text(*pair) for pair in zip(english, korean, strict=True)]


def _checks(graded: Graded) -> Iterator[dict[str, Any]]:
    if graded.result is None:
        return
    english, korean = (replace(graded, language=each).lines() for each in ("en", "ko"))
    for verdict, *told in zip(graded.result.verdicts, english, korean, strict=True):
        yield _check(*told) | {"evidence": verdict.evidence}


def _check(english: Line, korean: Line) -> dict[str, Any]:
    kind, sign, mark = _MARKS[english.outcome]
    details: dict[str, tuple[Detail, ...]] = {"en": english.details, "ko": korean.details}
    return {
        "kind": kind,
        "sign": sign,
        "mark": mark,
        "title": Text(english.title, korean.title),
        "points": english.points,
        "details": details,
    }
