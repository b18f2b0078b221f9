"""Reads what one learner handed in: a file, a folder, archives; bounded, links are not followed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

from podgrade.grading.intake import archives
from podgrade.grading.intake.names import Entry, Kind, Piece, kind_of, normal
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

Data = Callable[[int], bytes]
"""The first bytes of a file."""

_MOST = {Kind.MANIFEST: MAX_BYTES + 1, Kind.ARCHIVE: archives.MAX_ARCHIVE + 1}
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
    if kind is Kind.LINK:
        why = say("`{file}` is a link, which is not followed", file=path.name)
        raise archives.cannot_open(why, _HOW)
    for name, data in _files(piece.entry, found):
        own = kind is Kind.MANIFEST
        _take_file(piece.inner if own else name, data, found)


def _files(entry: Entry, found: Contents) -> Iterator[tuple[str, Data]]:
    """What an entry holds, from the disk or out of the class's archive."""
    path = entry.path
    if entry.packed is not None:
        yield from ((name, partial(_cut, data or b"")) for name, data in entry.packed)
    elif entry.kind is Kind.FOLDER:
        for file in _below(path, found):
            yield file.relative_to(path).as_posix(), partial(_read, file)
    else:
        yield path.name, partial(_read, path)


def _cut(data: bytes, most: int) -> bytes:
    return data[:most]


def _take_file(name: str, data: Data, found: Contents) -> None:
    most = wanted(name)
    if not most:
        found.others.append(name)
    elif kind_of(name) is Kind.MANIFEST:
        found.add(name, data(most))
    else:
        _unpack(name, data(most), found)


def wanted(name: str) -> int:
    """Bytes of a file that are read, one more than may be: none of what cannot be marked."""
    return _MOST.get(kind_of(name), 0)


def _unpack(name: str, data: bytes, found: Contents) -> None:
    for path, inside in archives.members(name, data, _of_a_manifest):
        if inside is not None:
            found.add(path, inside)
        elif not hidden(PurePosixPath(path).parts):
            found.others.append(path)
            if kind_of(path) is Kind.ARCHIVE:
                note = say("`{file}`: an archive inside an archive is not opened", file=path)
                found.notes.append(note)


def _of_a_manifest(path: str) -> int:
    plain = kind_of(path) is Kind.MANIFEST and not hidden(PurePosixPath(path).parts)
    return MAX_BYTES + 1 if plain else 0


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
