"""The place where the YAML parser gave up, with the lines around it."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from podgrade.model.text import Message
from podgrade.workspace.yaml_stream import Chunk


@dataclass(frozen=True)
class Trouble:
    """What is wrong; line and column count from 0 within the file."""

    why: Message
    look: Message | None
    line: int
    column: int


@dataclass(frozen=True)
class Spot:
    """One parser error, with the lines around it; numbers count from 0 within the chunk."""

    lines: list[str]
    first: int
    problem: str
    line: int
    column: int
    begun: int

    def text(self, line: int) -> str:
        return self.lines[line] if 0 <= line < len(self.lines) else ""

    def number(self, line: int) -> int:
        """The line's number for people."""
        return self.first + line + 1

    def before(self, line: int) -> int:
        """The nearest line above that says something, -1 if there is none."""
        above = range(min(line, len(self.lines)) - 1, -1, -1)
        return next((n for n in above if _speaks(self.lines[n])), -1)

    def trouble(
        self, why: Message, look: Message | None = None, line: int | None = None
    ) -> Trouble:
        at = self.line if line is None else line
        column = self.column if line is None else indent(self.text(at))
        return Trouble(why, look, self.first + at, column)


def spot_of(chunk: Chunk, error: yaml.YAMLError) -> Spot:
    lines = chunk.text.splitlines()
    if isinstance(error, yaml.reader.ReaderError):
        return Spot(lines, chunk.line, str(error.reason), *_place_of(chunk.text, error), 0)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or error)
    if mark is None:
        return Spot(lines, chunk.line, problem, 0, 0, 0)
    begun = getattr(error, "context_mark", None) or mark
    return Spot(lines, chunk.line, problem, mark.line, mark.column, begun.line)


def _place_of(text: str, error: yaml.reader.ReaderError) -> tuple[int, int]:
    """Where an unreadable character is; libyaml says it in bytes."""
    before = text.encode("utf-8", "replace")[: error.position].decode("utf-8", "replace")
    return before.count("\n"), len(before) - before.rfind("\n") - 1


def _speaks(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def indent(line: str) -> int:
    return len(line) - len(line.lstrip())
