"""Annotations on the lines of the manifest, as GitHub Actions takes them from a step's output.

GitHub shows ten of a kind a step: where there are more, the last says how many.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from podgrade.model.submission import Position
from podgrade.model.text import say
from podgrade.model.verdict import Outcome
from podgrade.reports.commands import command
from podgrade.reports.graded import Graded
from podgrade.reports.lines import Line, said
from podgrade.reports.positions import position_of
from podgrade.reports.safe import bounded, visible

_MOST = 10
_LONGEST = 4_000  # characters of one message


def render(graded: Graded) -> str:
    """The annotations, a line each: errors for the learner's failures, one warning for ours."""
    return "".join((*_limited([*_failures(graded)], graded.language), *_trouble(graded)))


def _failures(graded: Graded) -> Iterator[str]:
    result = graded.result
    if result is None:
        return
    for verdict, line in zip(result.verdicts, graded.lines(), strict=True):
        if verdict.outcome is Outcome.FAILED:
            yield _annotation("error", position_of(result, verdict), line)


def _annotation(kind: str, position: Position | None, line: Line) -> str:
    message = bounded("\n".join(line.told()), _LONGEST)
    return command(kind, {**_where(position), "title": line.title}, message or line.title)


def _where(position: Position | None) -> dict[str, str]:
    if position is None or position.file == "-":
        return {}
    return {
        "file": visible(_in_repository(position.file)),
        "line": str(position.line),
        "col": str(position.column),
    }


def _in_repository(file: str) -> str:
    """The path from the root of the checked-out repository, where there is one."""
    root = os.environ.get("GITHUB_WORKSPACE")
    path = Path(file).resolve()
    inside = root and path.is_relative_to(Path(root).resolve())
    return path.relative_to(Path(root).resolve()).as_posix() if root and inside else file


def _limited(annotations: list[str], language: str) -> list[str]:
    left = len(annotations) - _MOST + 1
    if left <= 1:
        return annotations
    more = said(say("{count} more checks failed: see the step's summary", count=left), language)
    return [*annotations[: _MOST - 1], command("error", {}, more)]


def _trouble(graded: Graded) -> Iterator[str]:
    if graded.score is None:
        told = (graded.title, *graded.sums())
        yield command("warning", {"title": "podgrade"}, bounded("\n".join(told), _LONGEST))
