"""The verdict as a page of one file, in English and Korean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from podgrade.model.text import Text, Words, say
from podgrade.model.timeline import Lane
from podgrade.model.verdict import Outcome, Result, Verdict
from podgrade.reports import page, timeline
from podgrade.reports.graded import Graded
from podgrade.reports.lines import Detail, Line

_MARKS: dict[Outcome, tuple[str, str, Words]] = {
    Outcome.PASSED: ("passed", "✓", say("passed")),
    Outcome.FAILED: ("failed", "✗", say("failed")),
    Outcome.NOT_REACHED: ("open", "·", say("not checked")),
    Outcome.ERROR: ("error", "!", say("error")),
    Outcome.NOT_GRADED: ("open", "○", say("not graded")),
}
"""An outcome's class on the page, its sign, its word."""

_LEGEND: tuple[tuple[str, Words], ...] = (
    *((state.value, words) for state, words in timeline.STATES.items()),
    ("broken", say("ended with an error")),
    ("check", say("a check")),
    ("question", say("a question to the Pod or the cluster")),
)
"""Class of a bar, and what it means."""

_WORDS: dict[str, Words] = {
    "remarks": say("Hints and notes"),
    "checks": say("How it was marked"),
    "evidence": say("What was asked, and the answers"),
    "state": say("State"),
    "timeline": say("What happened when"),
    "containers": say("Containers"),
    "asked": say("Checks"),
    "about": say("Seconds since the manifest was handed in, as the API server told it."),
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
        timeline=_timeline(graded),
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


def _timeline(graded: Graded) -> dict[str, Any] | None:
    """Rows of bars with their words; None where nothing was seen."""
    result = graded.result
    whole = timeline.length(result) if result else 0
    if result is None or not result.lanes or not whole:
        return None
    return {
        "whole": f"{whole:.1f}",
        "lanes": [_lane(lane, result, whole) for lane in result.lanes],
        "checks": [_asked(verdict, whole) for verdict in result.verdicts if verdict.seconds],
        "legend": _LEGEND,
    }


def _lane(lane: Lane, result: Result, whole: float) -> dict[str, Any]:
    return {
        "name": _text(lambda language: timeline.name_of(lane, result, language)),
        "told": _text(lambda language: timeline.told(lane, language)),
        "bars": list(timeline.bars(lane, whole)),
    }


def _asked(verdict: Verdict, whole: float) -> dict[str, Any]:
    end = verdict.at + verdict.seconds
    return {
        "name": verdict.check.title,
        "told": _text(lambda language: timeline.seconds(verdict.at, end, language)),
        "bars": list(timeline.asked(verdict, whole)),
    }


def _text(tell: Callable[[str], str]) -> Text:
    """What is told in a language, in both."""
    return Text(tell("en"), tell("ko"))


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
