"""A result out of its JSON: what reports/json.py wrote, read back for other reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podgrade.locale import LANGUAGES, in_language
from podgrade.model.reason import Reason
from podgrade.model.text import Text
from podgrade.model.timeline import Lane, Span, State
from podgrade.model.verdict import CheckLine, Correction, Evidence, Outcome, Result, Verdict
from podgrade.reports.lines import OUTCOMES

Data = Mapping[str, Any]


def result_of(data: Data, *, whole: bool = True) -> Result:
    """The result that `as_data` gave this for, but for the places in the files.

    Without `whole`, evidence and timeline are left out, which are most of it.
    """
    return Result(
        exercise=data["slug"],
        submission=data["submission"],
        verdicts=tuple(_verdict(one, whole) for one in data["results"]),
        notes=_notes(data["languages"]),
        seconds=data["seconds"],
        kept=data["kept"],
        missing=0 if data["results"] else 1,
        lanes=tuple(map(_lane, data["timeline"])) if whole else (),
    )


def _notes(languages: Data) -> tuple[Text, ...]:
    return tuple(map(Text, *(languages[each]["notes"] for each in LANGUAGES)))


def _verdict(data: Data, whole: bool) -> Verdict:
    name, title = data["name"], _text(data, "description")
    assert title is not None  # noqa: S101  the schema says so
    line = CheckLine(name.partition("[")[0], title, data["possible"], tuple(data["needs"]))
    outcome = Outcome(data["verdict"])
    return Verdict(
        check=line,
        outcome=outcome,
        id=name,
        reason=_reason(data, outcome),
        because=data["because"],
        seconds=data["seconds"],
        evidence=tuple(Evidence(**one) for one in data["evidence"]) if whole else (),
        at=data["at"],
        correction=Correction(**data["correction"]) if data["correction"] else None,
    )


def _text(data: Data, *path: str) -> Text | None:
    """What stands there in both languages; None where it does not."""
    found = {}
    for language in LANGUAGES:
        value: Any = data["languages"][language]
        for key in path:
            value = value[key]
        found[language] = value
    return Text(**found) if found["en"] is not None else None


def _reason(data: Data, outcome: Outcome) -> Reason | None:
    if data["code"] is None:
        return None
    why = _text(data, "cause", "rationale")
    if why and why.en == in_language(OUTCOMES[outcome], "en"):
        why = None  # the rationale stands in for a reason without one
    parts = {"expected": "expected", "seen": "actual", "look": "help"}
    told = {part: _text(data, "cause", key) for part, key in parts.items()}
    return Reason(data["code"], why=why, **told)


def _lane(data: Data) -> Lane:
    spans = tuple(
        Span(State(one["state"]), one["begin"], one["end"], one["detail"]) for one in data["spans"]
    )
    return Lane(data["pod"], data["container"], data["kind"], data["restarts"], spans)
