"""Gradescope's results.json (its autograder specification, "Output Format").

Where there is no score, none is written: Gradescope then shows the sentence and counts nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from podgrade.model.verdict import Outcome, Verdict
from podgrade.reports.graded import Graded
from podgrade.reports.json import text
from podgrade.reports.lines import Line
from podgrade.reports.safe import bounded, visible

_STATUS = {True: "passed", False: "failed"}
_LONGEST = 20_000  # characters of one output


def render(graded: Graded) -> str:
    """The file's text; every format in it is `text`, so that nothing is markup."""
    return text(_data(graded))


def _data(graded: Graded) -> dict[str, Any]:
    score = graded.score
    told = graded.sentences() if score is not None else (*graded.sentences(), *_checks(graded))
    data: dict[str, Any] = {
        "output": bounded("\n".join(told), _LONGEST),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "podgrade": graded.version,
            "exercise": graded.exercise.slug,
            "submission": visible(graded.submission),
            "verdict": graded.outcome.value,
        },
    }
    if graded.result is not None:
        data["execution_time"] = round(graded.result.seconds)
    if score is not None and graded.result is not None:
        pairs = zip(graded.result.verdicts, graded.lines(), strict=True)
        tests = [_test(number, *pair) for number, pair in enumerate(pairs, 1)]
        data |= {"score": score, "tests": tests}
    return data


def _test(number: int, verdict: Verdict, line: Line) -> dict[str, Any]:
    status = {"status": _STATUS[verdict.outcome is Outcome.PASSED]} if verdict.counts else {}
    return {
        "score": verdict.points,
        "max_score": verdict.possible,
        **status,
        "name": line.title,
        "name_format": "text",
        "number": str(number),
        "output": bounded("\n".join(line.told()), _LONGEST),
        "output_format": "text",
        "tags": [],
        "visibility": "visible",
        "extra_data": {
            "check": visible(verdict.id or verdict.check.name),
            "verdict": verdict.outcome.value,
            "code": verdict.reason.code if verdict.reason else None,
            "seconds": round(verdict.seconds, 3),
        },
    }


def _checks(graded: Graded) -> Iterator[str]:
    """What is known of the checks where there is no score to put them under."""
    for line in graded.lines():
        yield f"{line.mark(graded.language)}: {line.title}"
        yield from (f"  {told}" for told in line.told())
