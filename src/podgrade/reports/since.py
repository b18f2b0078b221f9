"""What became better and what worse since the verdict before."""

from __future__ import annotations

from dataclasses import dataclass

from podgrade.model.text import Words, say
from podgrade.model.verdict import Outcome, Result
from podgrade.reports.lines import number, said


@dataclass(frozen=True)
class Since:
    """Titles of the checks that pass now and did not before, and the other way round."""

    gained: tuple[Words, ...]
    lost: tuple[Words, ...]
    before: float | None
    after: float | None


def since(before: Result, after: Result) -> Since:
    """Compare two verdicts on one exercise, check by check.

    What could not be found out, now or before, is neither gained nor lost.
    """
    known = {verdict.id: verdict.outcome for verdict in before.verdicts}
    gained: list[Words] = []
    lost: list[Words] = []
    for verdict in after.verdicts:
        outcomes = (known.get(verdict.id, Outcome.ERROR), verdict.outcome)
        if {Outcome.ERROR, Outcome.NOT_GRADED} & {*outcomes}:
            continue
        passed, passes = (outcome is Outcome.PASSED for outcome in outcomes)
        if passes and not passed:
            gained.append(verdict.check.title)
        if passed and not passes:
            lost.append(verdict.check.title)
    return Since(tuple(gained), tuple(lost), before.score, after.score)


def since_lines(found: Since, language: str) -> tuple[str, ...]:
    """The same for people: a heading and a line for each check that changed."""
    if not found.gained and not found.lost:
        return (said(say("Since the last time: no check came out otherwise"), language),)
    changed = [
        *(say("now passed: {title}", title=title) for title in found.gained),
        *(say("no longer passed: {title}", title=title) for title in found.lost),
    ]
    return (_heading(found, language), *(f"  {said(words, language)}" for words in changed))


def _heading(found: Since, language: str) -> str:
    if found.before is None or found.after is None:
        return said(say("Since the last time:"), language)
    scores = {"before": number(found.before), "after": number(found.after)}
    return said(say("Since the last time ({before} → {after} points):", **scores), language)
