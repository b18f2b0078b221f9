"""Reads what one learner handed in: a file, a folder, archives; bounded, links are not followed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from podgrade.grading.intake import archives
from podgrade.grading.intake.names import MANIFESTS, Kind, Piece, kind_of, normal
from podgrade.model.errors import InfrastructureError
from podgrade.model.submission import SourceFile
from podgrade.model.text import Words, say
from podgrade.workspace.yaml_limits import MAX_BYTES

MAX_FILES = 100
"""Manifests of one learner."""
MAX_TOTAL = 4 * MAX_BYTES
"""Bytes of all manifests of one learner."""
MAX_WALKED = 20_000
"""Files and folders of one learner that are looked at."""

_TOLD = 5  # names of other files that are told
_LITTER = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})
_HOW = say("hand in a .yaml, .yml or .json file, or a .zip or .tar.gz of them")


@dataclass
class Contents:
    """What was found: manifests, names of other files, and what is to be said of it."""

    files: list[SourceFile] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    notes: list[Words] = field(default_factory=list)
    size: int = 0

    def add(self, name: str, data: bytes) -> None:
        """One more manifest. Raises Unreadable where it is too much."""
        self.size += len(data)
        self.files.append(SourceFile(normal(name), data))
        if len(self.files) > MAX_FILES or self.size > MAX_TOTAL:
            why = say(
                "there are more than {files} manifests, or more than {size} MiB of them",
                files=MAX_FILES,
                size=MAX_TOTAL >> 20,
            )
            look = say("hand in only the objects that the exercise asks for")
            raise archives.cannot_open(why, look)


def contents(pieces: Iterable[Piece]) -> Contents:
    """Everything that these entries hold; one that is no manifest must hold one.

    Raises Unreadable (the learner's doing) or InfrastructureError (a file cannot be read).
    """
    found = Contents()
    for piece in pieces:
        _take(piece, found)
    if not found.files and found.others:
        names = ", ".join(f"`{name}`" for name in found.others[:_TOLD])
        raise archives.cannot_open(say("there is no manifest, only {files}", files=names), _HOW)
    return found


def _take(piece: Piece, found: Contents) -> None:
    path, kind = piece.entry.path, piece.entry.kind
    if kind is Kind.FOLDER:
        for file in _below(path, found):
            _take_file(file, file.relative_to(path).as_posix(), found)
    elif kind is Kind.LINK:
        why = say("`{file}` is a link, which is not followed", file=path.name)
        raise archives.cannot_open(why, _HOW)
    else:
        _take_file(path, piece.inner if kind is Kind.MANIFEST else path.name, found)


def _take_file(path: Path, name: str, found: Contents) -> None:
    kind = kind_of(name)
    if kind is Kind.MANIFEST:
        found.add(name, _read(path, MAX_BYTES + 1))
    elif kind is Kind.ARCHIVE:
        _unpack(name, _read(path, archives.MAX_ARCHIVE + 1), found)
    else:
        found.others.append(name)


def _unpack(name: str, data: bytes, found: Contents) -> None:
    for path, inside in archives.members(name, data, _is_manifest, MAX_BYTES + 1):
        if inside is not None:
            found.add(path, inside)
        elif not hidden(PurePosixPath(path).parts):
            found.others.append(path)
            if kind_of(path) is Kind.ARCHIVE:
                note = say("`{file}`: an archive inside an archive is not opened", file=path)
                found.notes.append(note)


def _is_manifest(path: str) -> bool:
    return path.lower().endswith(MANIFESTS) and not hidden(PurePosixPath(path).parts)


def hidden(parts: Iterable[str]) -> bool:
    """True for what programs leave beside people's files, and for what people hide."""
    return any(part.startswith(".") or part in _LITTER for part in parts)


def _below(folder: Path, found: Contents) -> Iterator[Path]:
    """Regular files in a folder and below, sorted; hidden ones and links are passed over."""
    seen = 0
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not hidden([name]))
        seen += len(folders) + len(names)
        if seen > MAX_WALKED:
            why = say("there are more than {limit} files in the folder", limit=MAX_WALKED)
            raise archives.cannot_open(why, say("hand in only your manifests"))
        for path in (Path(parent, name) for name in sorted(names) if not hidden([name])):
            if path.is_symlink():
                note = say("`{file}` is a link and was passed over", file=path.name)
                found.notes.append(note)
            elif path.is_file():
                yield path


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(most)
    except OSError as error:
        words = say("`{path}` cannot be read: {problem}", path=path.name, problem=error.strerror)
        raise InfrastructureError(words) from error
