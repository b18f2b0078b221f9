"""What one learner handed in, and what was read out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from podgrade.model.errors import PodgradeError


class Key(str):
    """A submission's key as a pytest parameter: shown in test ids as it is, Korean included."""

    __slots__ = ()


@dataclass(frozen=True)
class SourceFile:
    """One file as it was handed in; `name` is for people (`-` is standard input)."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Live:
    """What runs already is graded in place: which namespace (None: the context's own), whether
    checks may change something in it, and whether it is an exam: then only an object of the
    sheet's name counts, and a namespace in which nothing can be graded is worth no points.
    """

    namespace: str | None = None
    allow_changes: bool = False
    exam: bool = False


@dataclass(frozen=True, eq=False)
class Submission:
    """The files of one learner under a key that is unique in a run, and on an exercise.

    Compared by identity: two learners with equal files are two submissions.
    """

    key: str
    files: tuple[SourceFile, ...]
    fixture: str | None = None
    """The folder this comes from when a pack is proven (`broken/no-follow`), else None."""
    problem: PodgradeError | None = None
    """Why there are no files: Unreadable is the learner's doing, anything else an error."""
    exercise: str | None = None
    """The slug of the only exercise that it is graded on; None: every one of the run."""
    live: Live | None = None
    """Where it runs already; then there are no files."""


@dataclass(frozen=True)
class Position:
    """Where something stands in a submission; line and column count from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Document:
    """One object of a manifest: its body as kubectl would send it, and where each field stands.

    `positions` maps a field's path (`spec.containers[0].image`) to its place.
    """

    body: Mapping[str, Any]
    position: Position
    positions: Mapping[str, Position] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return str(self.body.get("kind", ""))

    @property
    def api_version(self) -> str:
        return str(self.body.get("apiVersion", ""))

    @property
    def name(self) -> str:
        metadata = self.body.get("metadata")
        return str(metadata.get("name", "")) if isinstance(metadata, Mapping) else ""

    def locate(self, path: str) -> Position:
        """The place of the field, else of the nearest field around it that was written."""
        while path and path not in self.positions:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.positions.get(path, self.position)


@dataclass(frozen=True)
class Manifest:
    """All objects of a submission in the order in which they were written."""

    documents: tuple[Document, ...]
