"""A teacher's corrections, put into a result: its points are then the teacher's, and say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from podgrade.grading.corrections import Row
from podgrade.model.text import Words, say
from podgrade.model.verdict import Correction, Result, Verdict
from podgrade.reports.lines import number


def corrected(result: Result, rows: Sequence[Row]) -> Result:
    """The result with these corrections and no others; rows that fit no check are left out."""
    found = {
        (verdict.id or verdict.check.name): row for row in rows for verdict in _meant(row, result)
    }
    verdicts = tuple(
        replace(verdict, correction=_correction(found.get(verdict.id or verdict.check.name)))
        for verdict in result.verdicts
    )
    return replace(result, verdicts=verdicts)


def _correction(row: Row | None) -> Correction | None:
    return Correction(row.points, row.why) if row else None


def objections(result: Result, rows: Sequence[Row]) -> Iterator[Words]:
    """Why rows cannot be put into the result: no such check, or more points than it is worth."""
    for row in rows:
        meant = list(_meant(row, result))
        if not meant:
            checks = ", ".join(verdict.id or verdict.check.name for verdict in result.verdicts)
            yield say(
                "corrections, line {line}: there is no check `{check}`; checks are: {checks}",
                line=row.line,
                check=row.check,
                checks=checks,
            )
        elif any(row.points > verdict.check.points for verdict in meant):
            yield say(
                "corrections, line {line}: `{check}` is worth {points} points at most",
                line=row.line,
                check=row.check,
                points=number(meant[0].check.points),
            )


def _meant(row: Row, result: Result) -> Iterator[Verdict]:
    """The checks of that name, instance or title."""
    for verdict in result.verdicts:
        title = verdict.check.title
        if row.check in {verdict.id, verdict.check.name, title.en.strip(), title.ko.strip()}:
            yield verdict
