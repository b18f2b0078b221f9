"""One submission's evidence as plain data: what every probe saw, and what was decided.

Unlike a report it loses nothing that a report is made of: reasons stay templates with their
values, so that any output can be made of it in either language. Its form is
`evidence.schema.json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from podgrade.grading.catalogue import hint_of
from podgrade.grading.play import Played
from podgrade.model.exercise import Exercise, Hint, Target
from podgrade.model.submission import Position, SourceFile, Submission
from podgrade.model.text import Text, Words
from podgrade.model.timeline import Lane, Span, State
from podgrade.model.verdict import CheckLine, Outcome, Result, Verdict
from podgrade.probes.codec import (
    reason_from_json,
    reason_to_json,
    words_from_json,
    words_to_json,
)
from podgrade.probes.tape import Tape

FORMAT = "podgrade-evidence"
VERSION = 1

Data = dict[str, Any]


@dataclass(frozen=True)
class Record:
    """What is kept of one submission. `exercise` has what reports say of it, and no folder."""

    exercise: Exercise
    submission: Submission
    result: Result
    played: Mapping[str, Played] = field(default_factory=dict)
    """How each check came out in the rehearsal, with its tape, by instance id."""
    version: str = ""
    """podgrade's, when it was made."""
    made: str = ""
    """When it was made (RFC 3339, UTC)."""


def to_data(record: Record) -> Data:
    """The record as plain data."""
    result = record.result
    return {
        "format": FORMAT,
        "version": VERSION,
        "podgrade": record.version,
        "made": record.made,
        "exercise": _exercise(record.exercise),
        "submission": record.submission.key,
        "files": [_file(file) for file in record.submission.files],
        "notes": [words_to_json(note) for note in result.notes],
        "seconds": round(result.seconds, 3),
        "missing": result.missing,
        **({"namespace": result.namespace} if result.namespace else {}),
        "lanes": [asdict(lane) for lane in result.lanes],
        "places": {name: asdict(place) for name, place in result.places.items()},
        "checks": [_check(one, record.played.get(one.id)) for one in result.verdicts],
    }


def from_data(data: Data) -> Record:
    """The record that `to_data` wrote; what it is made of fits the schema."""
    files = tuple(SourceFile(one["name"], one["text"].encode()) for one in data["files"])
    exercise, key = data["exercise"], data["submission"]
    result = Result(
        exercise=exercise["slug"],
        submission=key,
        verdicts=tuple(_verdict(one) for one in data["checks"]),
        notes=tuple(_all_words(data["notes"])),
        seconds=data["seconds"],
        missing=data["missing"],
        namespace=data.get("namespace", ""),
        lanes=tuple(_lane(one) for one in data["lanes"]),
        places={name: Position(**place) for name, place in data["places"].items()},
    )
    return Record(
        exercise=_known_of(exercise),
        submission=Submission(key, files),
        result=result,
        played={one["id"]: _played(one) for one in data["checks"]},
        version=data["podgrade"],
        made=data["made"],
    )


def _exercise(exercise: Exercise) -> Data:
    hints = [_hint(hint) for hint in exercise.hints]
    texts = {"title": words_to_json(exercise.title), "goal": words_to_json(exercise.goal)}
    return {"slug": exercise.slug, **texts, "hints": hints}


def _hint(hint: Hint) -> Data:
    reasons: dict[str, list[str]] = {}
    for check, code in sorted(hint.fits):
        reasons.setdefault(check, []).append(code)
    text: Data = words_to_json(hint)
    return text | ({"for": reasons} if reasons else {})


def _known_of(data: Data) -> Exercise:
    title, goal = (Text(each["en"], each["ko"]) for each in (data["title"], data["goal"]))
    hints = tuple(map(hint_of, data["hints"]))
    return Exercise(data["slug"], title, goal, Target(""), Path(), Path(), hints=hints)


def _file(file: SourceFile) -> Data:
    return {"name": file.name, "text": file.data.decode("utf-8", "replace")}


def _check(verdict: Verdict, played: Played | None) -> Data:
    line, rehearsed = verdict.check, played or Played(verdict.outcome)
    return {
        "id": verdict.id or line.name,
        "check": line.name,
        "title": words_to_json(line.title),
        "points": line.points,
        "needs": list(line.needs),
        "outcome": verdict.outcome.value,
        "reason": reason_to_json(verdict.reason),
        "because": verdict.because,
        "at": round(verdict.at, 4),
        "seconds": round(verdict.seconds, 4),
        "rehearsed": {
            "outcome": rehearsed.outcome.value,
            "words": words_to_json(rehearsed.words),
            "doom": reason_to_json(rehearsed.doom),
        },
        "tape": rehearsed.tape.entries,
    }


def _verdict(data: Data) -> Verdict:
    title = Text(data["title"]["en"], data["title"]["ko"])
    return Verdict(
        check=CheckLine(data["check"], title, data["points"], tuple(data["needs"])),
        outcome=Outcome(data["outcome"]),
        id=data["id"],
        reason=reason_from_json(data["reason"]),
        because=data["because"],
        seconds=data["seconds"],
        evidence=Tape(data["tape"]).evidence(),
        at=data["at"],
    )


def _played(data: Data) -> Played:
    rehearsed = data["rehearsed"]
    return Played(
        Outcome(rehearsed["outcome"]),
        Tape(data["tape"]),
        because=data["because"],
        words=words_from_json(rehearsed["words"]),
        doom=reason_from_json(rehearsed["doom"]),
        at=data["at"],
        seconds=data["seconds"],
    )


def _lane(data: Data) -> Lane:
    spans = tuple(Span(**{**one, "state": State(one["state"])}) for one in data["spans"])
    return Lane(**{**data, "spans": spans})


def _all_words(data: Iterable[Any]) -> Iterable[Words]:
    return (words for one in data if (words := words_from_json(one)) is not None)
