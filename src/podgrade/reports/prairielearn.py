"""PrairieLearn's results.json for external graders (its documentation, "Grading results").

A submission without a score is not gradable: no points are won or lost, no attempt is used up.
"""

from __future__ import annotations

from typing import Any

from podgrade.model.verdict import Outcome, Verdict
from podgrade.reports.graded import Graded
from podgrade.reports.json import text
from podgrade.reports.lines import Line
from podgrade.reports.safe import bounded, visible

# The file may have 1 MB: so many characters for all checks, of at most four bytes each, twice.
_ROOM = 100_000


def render(graded: Graded) -> str:
    """The file's text."""
    return text(_ungradable(graded) if graded.score is None else _gradable(graded))


def _ungradable(graded: Graded) -> dict[str, Any]:
    told = [bounded(sentence, _ROOM // 10) for sentence in graded.sums()]
    return {
        "gradable": False,
        "message": "\n".join(told),
        "format_errors": told,
        "output": bounded("\n".join(graded.remarks()), _ROOM),
        "tests": [],
    }


def _gradable(graded: Graded) -> dict[str, Any]:
    result = graded.result
    verdicts = result.verdicts if result else ()
    room = _ROOM // max(1, len(verdicts))
    return {
        "gradable": True,
        "score": _share(graded),
        "message": "\n".join(graded.sums()),
        "output": bounded("\n".join(graded.remarks()), _ROOM),
        "tests": [
            _test(verdict, line, graded.language, room)
            for verdict, line in zip(verdicts, graded.lines(), strict=True)
        ],
    }


def _share(graded: Graded) -> float:
    """The score as a part of full marks, 0 to 1; all or nothing where nothing has points."""
    possible = graded.result.possible if graded.result else 0
    if not possible:
        return float(graded.outcome is Outcome.PASSED)
    return round((graded.score or 0) / possible, 6)


def _test(verdict: Verdict, line: Line, language: str, room: int) -> dict[str, Any]:
    return {
        "name": line.title,
        "description": visible(verdict.id or verdict.check.name),
        "points": verdict.points,
        "max_points": verdict.possible,
        "message": line.mark(language),
        "output": bounded("\n".join(line.told()), room),
    }
