"""What is known of a class, learner by learner: one JSON line each, on disk before the next.

A line is written at once and synced, so that a killed run has lost nothing but what it had not
told yet. The last line of a learner on an exercise counts. The shape is `class.schema.json`;
`result` is what reports/json.py gives.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from jsonschema import Draft202012Validator

from podgrade.grading.held import HeldError, hold
from podgrade.grading.schemas import published
from podgrade.model.errors import UsageProblem
from podgrade.model.text import say

_BINARY = getattr(os, "O_BINARY", 0)  # Windows writes other line ends without it


def schema() -> dict[str, Any]:
    """The JSON Schema of a line."""
    return published("podgrade.grading", "class.schema.json")


@cache
def _shape() -> Draft202012Validator:
    return Draft202012Validator(schema())


@dataclass(frozen=True)
class Entry:
    """One line: whose work, which work, and what it came out as.

    `marking` is the digest of what it was marked by; `same_as` names the learner whose equal work
    was graded instead; `at` is ISO 8601.
    """

    podgrade: str
    at: str
    exercise: str
    marking: str
    learner: str
    identity: str
    sources: tuple[str, ...]
    handed_in: str | None
    digest: str
    same_as: str | None
    result: dict[str, Any]


@dataclass(frozen=True)
class Known:
    """Where a learner's line is, and what is asked of it most."""

    place: int
    size: int
    learner: str
    digest: str
    marking: str
    verdict: str
    same_as: str | None


class ClassJournal:
    """The file, held by one run at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[str, dict[str, Known]] = {}
        self.unread = 0
        """Lines that could not be read: their learners are graded again."""
        self._file = -1
        self._end = 0

    def __enter__(self) -> ClassJournal:
        """Read what is there. Raises UsageProblem if it cannot be written or another run does."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | _BINARY, 0o600)
            hold(self._file)
        except HeldError as error:
            self._close()
            raise UsageProblem(
                say("another run writes into {file}: wait for it to end", file=self.path)
            ) from error
        except OSError as error:
            raise self._unwritable(error) from error
        self.catch_up()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    @property
    def end(self) -> int:
        """Where the next line begins, in bytes."""
        return self._end

    def known(self, exercise: str) -> Mapping[str, Known]:
        """The last line of each learner on an exercise, by identity."""
        return self._known.setdefault(exercise, {})

    def catch_up(self) -> None:
        """Read what is on disk and not known yet: an interrupt may come while a line is written."""
        for place, line in self._lines():
            if not line.endswith(b"\n"):
                break  # torn by a kill: what is written next takes its place
            entry = _parsed(line)
            if entry is None:
                self.unread += 1
            else:
                self._note(entry, place, len(line))
            self._end = place + len(line)

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        place = self._end
        with self.path.open("rb") as stream:
            stream.seek(place)
            for line in stream:
                yield place, line
                place += len(line)

    def _note(self, entry: Entry, place: int, size: int) -> None:
        self._known.setdefault(entry.exercise, {})[entry.identity] = Known(
            place,
            size,
            entry.learner,
            entry.digest,
            entry.marking,
            str(entry.result.get("verdict")),
            entry.same_as,
        )

    def add(self, entry: Entry) -> None:
        """Write a line, and return when it is on disk. Raises UsageProblem."""
        # ASCII: what learners write may hold halves of surrogate pairs, line separators.
        line = json.dumps(asdict(entry)).encode("ascii") + b"\n"
        try:
            os.ftruncate(self._file, self._end)  # what a kill or a full disk left half written
            os.lseek(self._file, self._end, os.SEEK_SET)
            written = os.write(self._file, line)
            while written < len(line):
                written += os.write(self._file, line[written:])
            os.fsync(self._file)
        except OSError as error:
            raise self._unwritable(error) from error
        self._note(entry, self._end, len(line))
        self._end += len(line)

    def entry(self, exercise: str, identity: str) -> Entry:
        """The last line of a learner who is known."""
        known = self._known[exercise][identity]
        os.lseek(self._file, known.place, os.SEEK_SET)
        entry = _parsed(os.read(self._file, known.size))
        assert entry is not None  # noqa: S101  it was read or written before
        return entry

    def _unwritable(self, error: OSError) -> UsageProblem:
        return UsageProblem(
            say("{file} cannot be written: {error}", file=self.path, error=error.strerror)
        )


def _parsed(line: bytes) -> Entry | None:
    """The entry of a line; None where it is none."""
    try:
        data = json.loads(line)
    except ValueError:
        return None
    if not _shape().is_valid(data):
        return None
    return Entry(**data | {"sources": tuple(data["sources"])})
