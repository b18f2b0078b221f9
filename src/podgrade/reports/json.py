"""The verdict for programs: a superset of check50's JSON, with both languages inside.

The shape is `result.schema.json`, published with the package.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from podgrade.grading.schemas import published
from podgrade.locale import LANGUAGES, in_language
from podgrade.model.text import Words, say
from podgrade.model.verdict import Evidence, Outcome, Result, Verdict
from podgrade.reports.graded import Graded
from podgrade.reports.lines import OUTCOMES
from podgrade.reports.positions import position_of
from podgrade.reports.safe import encodable, escaped_json

_PASSED = {Outcome.PASSED: True, Outcome.FAILED: False}


def schema() -> dict[str, Any]:
    """The JSON Schema of what `as_data` gives."""
    return published("podgrade.reports", "result.schema.json")


def render(graded: Graded) -> str:
    """The verdict on one submission as JSON text, ending with a line feed.

    Without a result it is an error without checks, whose note says why.
    """
    result = graded.result or _nothing_known(graded)
    return text(as_data(result, graded.language, graded.version))


def _nothing_known(graded: Graded) -> Result:
    notes = (graded.problem,) if graded.problem else ()
    return Result(graded.exercise.slug, graded.submission, (), notes, missing=1)


def text(data: dict[str, Any]) -> str:
    """Plain data as JSON text, ending with a line feed."""
    return escaped_json(encodable(json.dumps(data, ensure_ascii=False, indent=2))) + "\n"


def as_data(result: Result, language: str, version: str) -> dict[str, Any]:
    """The same as plain data; `language` is that of the main strings."""
    return {
        "slug": result.exercise,
        "version": version,
        "language": language,
        "submission": result.submission,
        "verdict": _overall(result),
        "score": result.score,
        "possible": result.possible,
        "seconds": round(result.seconds, 3),
        "kept": result.kept,
        "notes": [in_language(note, language) for note in result.notes],
        "results": [_check(verdict, result, language) for verdict in result.verdicts],
        "timeline": [asdict(lane) for lane in result.lanes],
        "languages": {
            each: {"notes": [in_language(note, each) for note in result.notes]}
            for each in LANGUAGES
        },
    }


def _overall(result: Result) -> str:
    if result.score is None:
        return Outcome.ERROR.value
    return (Outcome.PASSED if result.passed else Outcome.FAILED).value


def _check(verdict: Verdict, result: Result, language: str) -> dict[str, Any]:
    check = verdict.check
    return {
        "name": verdict.id or check.name,
        **_told(verdict, result, language),
        "passed": verdict.right if verdict.correction else _PASSED.get(verdict.outcome),
        "log": [f"{evidence.question}: {evidence.answer}" for evidence in verdict.evidence],
        "data": {},
        "dependency": check.needs[0] if check.needs else None,
        "needs": list(check.needs),
        "verdict": verdict.outcome.value,
        "code": verdict.reason.code if verdict.reason else None,
        "points": None if verdict.open else verdict.points,
        "possible": verdict.possible,
        "correction": asdict(verdict.correction) if verdict.correction else None,
        "because": verdict.because,
        "at": round(verdict.at, 3),
        "seconds": round(verdict.seconds, 3),
        "position": _position(verdict, result),
        "evidence": [_evidence(evidence) for evidence in verdict.evidence],
        "languages": {each: _told(verdict, result, each) for each in LANGUAGES},
    }


def _position(verdict: Verdict, result: Result) -> dict[str, Any] | None:
    position = position_of(result, verdict)
    return asdict(position) if position else None


def _told(verdict: Verdict, result: Result, language: str) -> dict[str, Any]:
    return {
        "description": in_language(verdict.check.title, language),
        "cause": _cause(verdict, result, language),
    }


def _cause(verdict: Verdict, result: Result, language: str) -> dict[str, Any] | None:
    """check50's cause: none where the check passed."""
    if verdict.outcome is Outcome.PASSED:
        return None
    reason = verdict.reason
    why = _or_none(reason.why if reason else None, language)
    return {
        "rationale": why or in_language(_without_reason(verdict, result), language),
        "help": _or_none(reason.look if reason else None, language),
        "expected": _or_none(reason.expected if reason else None, language),
        "actual": _or_none(reason.seen if reason else None, language),
        "error": why if verdict.outcome is Outcome.ERROR else None,
    }


def _without_reason(verdict: Verdict, result: Result) -> Words:
    titles = {other.check.name: other.check.title for other in result.verdicts}
    if verdict.because in titles:
        word = OUTCOMES[verdict.outcome]
        return say("{verdict}: {check}", verdict=word, check=titles[verdict.because])
    return OUTCOMES[verdict.outcome]


def _or_none(words: Words | None, language: str) -> str | None:
    return None if words is None else in_language(words, language)


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "question": evidence.question,
        "answer": evidence.answer,
        "at": round(evidence.at, 3),
        "seconds": round(evidence.seconds, 3),
    }
