"""GitHub Classroom: what its autograding reporter takes as a runner's result.

The reporter prints names and messages into the log as they are, so no line of them may be a
workflow command.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from podgrade.model.submission import Position
from podgrade.model.verdict import Outcome, Verdict
from podgrade.reports.commands import harmless
from podgrade.reports.graded import Graded
from podgrade.reports.json import text
from podgrade.reports.lines import Line
from podgrade.reports.positions import position_of
from podgrade.reports.safe import bounded, visible

_STATUS = {Outcome.PASSED: "pass", Outcome.ERROR: "error"}
_LONGEST = 4_000  # characters of one message: the whole is an environment variable


def render(graded: Graded) -> str:
    """Base64 of the result, one line: the value of the step's output `result`."""
    return base64.b64encode(text(as_data(graded)).encode()).decode("ascii") + "\n"


def as_data(graded: Graded) -> dict[str, Any]:
    """The result as plain data.

    An error has a `max_score` of 0: the reporter then hands no points to Classroom.
    """
    scored = graded.score is not None and graded.result is not None
    return {
        "version": 1,
        "status": _status(graded.outcome),
        "max_score": graded.result.possible if scored and graded.result else 0,
        "tests": list(_tests(graded)),
    }


def _status(outcome: Outcome) -> str:
    return _STATUS.get(outcome, "fail")


def _tests(graded: Graded) -> Iterator[dict[str, Any]]:
    if graded.result is None or graded.result.missing:
        yield _entry("podgrade", "error", graded.sums())
    for verdict, line in zip(
        graded.result.verdicts if graded.result else (), graded.lines(), strict=True
    ):
        if not verdict.counts:
            continue
        where = position_of(graded.result, verdict) if graded.result else None
        yield _test(verdict, line, where, scored=graded.score is not None)


def _test(verdict: Verdict, line: Line, where: Position | None, *, scored: bool) -> dict[str, Any]:
    return _entry(line.title, _status(verdict.outcome), line.told()) | {
        "score": verdict.points if scored else 0,
        "test_code": visible(verdict.id or verdict.check.name),
        "filename": visible(where.file) if where else "",
        "line_no": where.line if where else 0,
        "duration": round(verdict.seconds, 3),
    }


def _entry(name: str, status: str, told: tuple[str, ...]) -> dict[str, Any]:
    return {
        "name": harmless(name),
        "status": status,
        "score": 0,
        "message": bounded(harmless("\n".join(told)), _LONGEST),
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "duration": 0,
    }
