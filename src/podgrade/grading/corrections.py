"""Reads a teacher's corrections: a table of learner, check, points and why."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from podgrade.grading.intake.names import normal
from podgrade.model.errors import UsageProblem
from podgrade.model.text import Message, Words, say

_COLUMNS = {
    "learner": ("learner", "submission", "학습자", "제출물"),
    "check": ("check", "채점 항목", "항목"),
    "points": ("points", "점수"),
    "why": ("why", "reason", "이유", "사유"),
    "exercise": ("exercise", "실습"),
}
_OPTIONAL = "exercise"


@dataclass(frozen=True)
class Row:
    """One decision of a teacher's; `line` is where it stands in the file, from 1.

    `exercise` is a slug; without one, the only exercise that there is.
    """

    line: int
    learner: str
    check: str
    points: float
    why: str
    exercise: str = ""


def parse(data: bytes) -> tuple[Row, ...]:
    """The corrections of a CSV file (UTF-8, or what Korean Excel writes).

    Raises UsageProblem that says which line is wrong: nothing is corrected by halves.
    """
    text = _text(data)
    dialect = "excel-tab" if "\t" in text.partition("\n")[0] else "excel"
    reader = csv.reader(io.StringIO(text), dialect)
    try:
        heading = next(reader, [])
        places = _places([normal(cell).lower() for cell in heading])
        return tuple(_rows(reader, places))
    except csv.Error as error:
        raise _wrong(reader.line_num, say("{problem}", problem=error)) from error


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageProblem(say("the corrections are no text: save them as CSV in UTF-8"))


def _places(heading: list[str]) -> Mapping[str, int]:
    found = {
        column: heading.index(name)
        for column, names in _COLUMNS.items()
        for name in names
        if name in heading
    }
    missing = [column for column in _COLUMNS if column not in found and column != _OPTIONAL]
    if missing:
        words = say(
            "the first line names the columns learner, check, points and why; missing: {missing}",
            missing=", ".join(missing),
        )
        raise _wrong(1, words)
    return found


def _rows(reader: Iterator[list[str]], places: Mapping[str, int]) -> Iterator[Row]:
    line = 1
    for cells in reader:
        line += 1
        if any(map(str.strip, cells)):
            yield _row(cells, places, line)


def _row(cells: list[str], places: Mapping[str, int], line: int) -> Row:
    padded = [*cells, *[""] * (max(places.values()) + 1 - len(cells))]
    told = {column: normal(padded[place]) for column, place in places.items()}
    for column in ("learner", "check", "why"):
        if not told[column]:
            raise _wrong(line, say("the column {column} is empty", column=column))
    points, exercise = _points(told["points"], line), told.get(_OPTIONAL, "")
    return Row(line, told["learner"], told["check"], points, told["why"], exercise)


def about(rows: Sequence[Row], slug: str, *, alone: bool) -> tuple[Row, ...]:
    """Those about an exercise; where it is `alone`, those that name none, too."""
    return tuple(row for row in rows if row.exercise == slug or (alone and not row.exercise))


def strangers(rows: Sequence[Row], slugs: Collection[str]) -> Iterator[Words]:
    """What is wrong with rows of a course that are about none of its exercises."""
    for row in rows:
        if row.exercise not in slugs:
            problem = (
                say("there is no exercise {exercise} in the course", exercise=row.exercise)
                if row.exercise
                else say("the column {column} is empty", column=_OPTIONAL)
            )
            yield _words(row.line, problem)


def _points(text: str, line: int) -> float:
    try:
        points = float(text)
    except ValueError:
        points = math.nan
    if not (0 <= points < math.inf):
        raise _wrong(line, say("`{points}` is no number of points", points=text))
    return points


def _wrong(line: int, problem: Message) -> UsageProblem:
    return UsageProblem(_words(line, problem))


def _words(line: int, problem: Message) -> Message:
    return say("corrections, line {line}: {problem}", line=line, problem=problem)
