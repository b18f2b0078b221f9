"""The exam of the current folder, in a file: a closed terminal loses nothing."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from podgrade.cli.files import replace
from podgrade.model.errors import UsageProblem
from podgrade.model.exam import Exam, Task
from podgrade.model.text import say

FILE = Path("exam.json")
_VERSION = 1


def known() -> Exam | None:
    """The exam of this folder, if there is one. UsageProblem for a file that is none."""
    if not FILE.exists():
        return None
    try:
        body: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
        return _exam(body)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageProblem(
            say("{file} is not the file of an exam: {error}", file=FILE, error=error)
        ) from error


def _exam(body: dict[str, Any]) -> Exam:
    rest = {key: value for key, value in body.items() if key not in {"version", "tasks"}}
    if body["version"] != _VERSION:
        raise ValueError(f"version {body['version']}")
    return Exam(**rest, tasks=tuple(Task(**task) for task in body["tasks"]))


def required() -> Exam:
    """The exam of this folder. UsageProblem where none was begun here."""
    exam = known()
    if exam is None:
        raise UsageProblem(
            say(
                "no exam was begun in this folder ({file} is not here): `podgrade exam` begins one",
                file=FILE,
            )
        )
    return exam


def save(exam: Exam) -> None:
    """Put the file in its place. UsageProblem says why it cannot be written."""
    body = {"version": _VERSION, **asdict(exam)}
    replace(FILE, json.dumps(body, indent=1, ensure_ascii=False) + "\n")
