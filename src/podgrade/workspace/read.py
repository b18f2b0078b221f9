"""Reads what a learner handed in: files to text, text to Kubernetes objects with positions."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from podgrade.model.errors import UsageProblem
from podgrade.model.submission import Document, Manifest, Position, SourceFile
from podgrade.model.text import Words, say
from podgrade.workspace.unreadable import NOT_KUBERNETES, NOT_YAML, Unreadable, unreadable
from podgrade.workspace.yaml_documents import Raw, documents_of
from podgrade.workspace.yaml_limits import MAX_BYTES, MAX_DOCUMENTS, Budget
from podgrade.workspace.yaml_objects import in_default_namespace, objects_of, repeat_notes

__all__ = ["Reading", "Unreadable", "load", "parse", "read"]

STDIN = "-"
_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True)
class Reading:
    """A manifest, and what was noticed while it was read: taken-off namespaces, repeated keys."""

    manifest: Manifest
    notes: tuple[Words, ...] = ()


def load(paths: Sequence[str], stdin: BinaryIO | None = None) -> tuple[SourceFile, ...]:
    """The files named: a file, several, a folder with all below it, or `-` for standard input.

    Reads little more than may be handed in, so that parse() can tell what is too big. Raises
    UsageProblem for a path that is missing or cannot be read.
    """
    files: list[SourceFile] = []
    left = MAX_BYTES
    for source in _named(paths, stdin):
        files.append(source)
        left -= len(source.data)
        if left < 0:
            break  # too much already
    return tuple(files)


def _named(paths: Sequence[str], stdin: BinaryIO | None) -> Iterator[SourceFile]:
    for path in paths:
        yield from [_from_stdin(stdin)] if path == STDIN else _from_path(Path(path))


def _from_stdin(stdin: BinaryIO | None) -> SourceFile:
    if stdin is None:
        raise UsageProblem(say("there is no standard input to read `-` from"))
    return SourceFile(STDIN, stdin.read(MAX_BYTES + 1))


def _from_path(path: Path) -> Iterator[SourceFile]:
    if not path.exists():
        raise UsageProblem(say("there is no file or folder `{path}`", path=path))
    for file in _below(path) if path.is_dir() else [path]:
        yield _from_file(file)


def _from_file(path: Path) -> SourceFile:
    try:
        with path.open("rb") as stream:
            return SourceFile(str(path), stream.read(MAX_BYTES + 1))
    except OSError as error:
        problem = say("`{path}` cannot be read: {problem}", path=path, problem=error.strerror)
        raise UsageProblem(problem) from error


def _below(folder: Path) -> list[Path]:
    """Manifests in a folder and below, sorted. Hidden and special files are passed over, and
    links that lead out of it: what they show is not the learner's.
    """
    found: list[Path] = []
    inside = folder.resolve()
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(parent, name) for name in names if not name.startswith("."))
        found.extend(path for path in paths if _is_manifest(path, inside))
    return sorted(found)


def _is_manifest(path: Path, inside: Path) -> bool:
    named = path.suffix.lower() in _SUFFIXES
    return named and path.is_file() and path.resolve().is_relative_to(inside)


def parse(files: Sequence[SourceFile]) -> Manifest:
    """All objects of a submission, as kubectl would send them. Raises Unreadable."""
    return read(files).manifest


def read(files: Sequence[SourceFile]) -> Reading:
    """All objects of a submission with what was noticed on the way. Raises Unreadable."""
    documents: list[Document] = []
    notes: list[Words] = []
    for raw in _raws(files):
        notes.extend(repeat_notes(raw.repeats))
        for document in objects_of(raw):
            if len(documents) == MAX_DOCUMENTS:
                raise _too_many(document.position)
            kept, note = in_default_namespace(document)
            documents.append(kept)
            notes.extend([note] if note else [])
    if not documents:
        raise _nothing(files)
    return Reading(Manifest(tuple(documents)), tuple(notes))


def _raws(files: Sequence[SourceFile]) -> Iterator[Raw]:
    budget = Budget()
    left = MAX_BYTES
    for source in files:
        left -= len(source.data)
        if left < 0:
            raise _too_big(Position(source.name, 1))
        yield from documents_of(source, budget)


def _too_big(position: Position) -> Unreadable:
    why = say("the manifest is larger than {limit} MiB", limit=MAX_BYTES >> 20)
    return unreadable(NOT_YAML, position, why, _ONLY)


def _too_many(position: Position) -> Unreadable:
    why = say("there are more than {limit} objects", limit=MAX_DOCUMENTS)
    return unreadable(NOT_YAML, position, why, _ONLY)


_ONLY = say("hand in only the objects that the exercise asks for")


def _nothing(files: Sequence[SourceFile]) -> Unreadable:
    if not files:
        return unreadable(
            NOT_KUBERNETES,
            None,
            say("there is no file that ends in .yaml, .yml or .json"),
            say("put your manifest there and save it with one of these endings"),
        )
    empty = not any(source.data.strip() for source in files)
    return unreadable(
        NOT_KUBERNETES,
        Position(files[0].name, 1),
        say("the file is empty") if empty else say("there is no object in the file, only comments"),
        say("did you save it? An object begins like this: `apiVersion: v1`, then `kind: Pod`"),
    )
