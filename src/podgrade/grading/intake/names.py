"""Whose work an entry of a class's folder is: by its name, as the usual platforms write it.

Moodle ("Download all submissions", with and without folders): `Name_12345_assignsubmission_file_`.
GitHub Classroom (`gh classroom clone student-repos`): `slug-submissions/slug-username`.
Gradescope ("Export submissions"): `submission_12345`, names in submission_metadata.yml.
Everything else is named after its learner, perhaps with a date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

MANIFESTS = (".yaml", ".yml", ".json")
ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar")

_MOODLE = re.compile(
    r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_(?P<how>[a-z]+)_(?P<file>.*)", re.DOTALL
)
# Eight digits alone may be a student's number: a date has separators, or a time after it.
_DATE = (
    r"(?P<y>20\d\d)(?:(?P<s>[-._])(?P<m>\d\d)(?P=s)(?P<d>\d\d)"
    r"(?:[T _.-]+(?P<H>\d\d)[-:._]?(?P<M>\d\d)(?:[-:._]?(?P<S>\d\d))?)?"
    r"|(?P<m2>\d\d)(?P<d2>\d\d)[T _-](?P<H2>\d\d)(?P<M2>\d\d)(?P<S2>\d\d))Z?"
)
_DATED = (
    re.compile(rf"(?P<name>.+?)[ _.-]*[(\[]?(?<!\d){_DATE}[)\]]?", re.DOTALL),
    re.compile(rf"[(\[]?{_DATE}[)\]]?[ _.-]+(?P<name>\D.*)", re.DOTALL),
)


class Kind(StrEnum):
    """What an entry is."""

    FOLDER = "folder"
    MANIFEST = "manifest"
    ARCHIVE = "archive"
    OTHER = "other"
    LINK = "link"


@dataclass(frozen=True)
class Entry:
    """Something in a class's folder.

    `packed` is what it holds where the class came as an archive: paths below it (a file's own is
    its name) and, of manifests and archives, their data; `path` is its name then.
    """

    path: Path
    kind: Kind
    packed: tuple[tuple[str, bytes | None], ...] | None = None


@dataclass(frozen=True)
class Person:
    """Who handed a Gradescope submission in, and when."""

    name: str
    identity: str
    when: datetime | None = None


@dataclass(frozen=True)
class Surroundings:
    """What is known of the folder: assignments' names, and Gradescope's list by folder name."""

    assignments: Sequence[str] = ()
    people: Mapping[str, Person] = field(default_factory=dict)


@dataclass(frozen=True)
class Piece:
    """An entry and whose it is.

    `identity` tells learners apart from run to run; `inner` is what its file goes by if it is one
    file; pieces that are `parts` belong together: none replaces another.
    """

    entry: Entry
    learner: str
    identity: str
    inner: str
    when: datetime | None = None
    part: bool = False


def kind_of(name: str) -> Kind:
    """What a regular file is, by its name."""
    low = name.lower()
    if low.endswith(MANIFESTS):
        return Kind.MANIFEST
    return Kind.ARCHIVE if low.endswith(ARCHIVES) else Kind.OTHER


def normal(name: str) -> str:
    """A name of people or files in NFC, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def piece_of(entry: Entry, around: Surroundings) -> Piece:
    """Whose work an entry is."""
    name = normal(entry.path.name)
    return (
        _of_moodle(entry, name)
        or _of_gradescope(entry, name, around.people)
        or _of_repository(entry, name, around.assignments)
        or _plain(entry, name)
    )


def _of_moodle(entry: Entry, name: str) -> Piece | None:
    found = _MOODLE.fullmatch(name)
    if found is None:
        return None
    inner = found["file"] or _neutral(name)
    return Piece(entry, found["name"], f"moodle:{found['number']}", inner, part=True)


def _of_gradescope(entry: Entry, name: str, people: Mapping[str, Person]) -> Piece | None:
    person = people.get(name) or people.get(_stem(entry, name))
    if person is None:
        return None
    identity = f"gradescope:{person.identity}"
    return Piece(entry, person.name, identity, _neutral(name), person.when)


def _of_repository(entry: Entry, name: str, assignments: Sequence[str]) -> Piece | None:
    if entry.kind is not Kind.FOLDER:
        return None
    for assignment in assignments:
        prefix = f"{assignment}-".lower()
        if name.lower().startswith(prefix) and len(name) > len(prefix):
            return Piece(entry, name[len(prefix) :], f"repository:{name}", _neutral(name))
    return None


def _plain(entry: Entry, name: str) -> Piece:
    stem, when = dated(_stem(entry, name))
    return Piece(entry, stem, f"name:{stem}", _neutral(name), when)


def _stem(entry: Entry, name: str) -> str:
    if entry.kind is Kind.FOLDER:
        return name
    endings = (*ARCHIVES, *MANIFESTS)
    known = next((ending for ending in endings if name.lower().endswith(ending)), "")
    return (name[: -len(known)] if known else Path(name).stem) or name


def _neutral(name: str) -> str:
    """What a single file goes by that is named after its learner: the same for everybody."""
    return f"submission{Path(name).suffix.lower()}"


def dated(name: str) -> tuple[str, datetime | None]:
    """A name without its date, and the date (taken for UTC); the name as it is without one."""
    for pattern in _DATED:
        found = pattern.fullmatch(name)
        when = _moment(found) if found else None
        if found and when:
            return found["name"].strip(" _.-([") or name, when
    return name, None


def _moment(found: re.Match[str]) -> datetime | None:
    numbers = [
        int(found[long] or found[short] or 0)
        for long, short in (("m", "m2"), ("d", "d2"), ("H", "H2"), ("M", "M2"), ("S", "S2"))
    ]
    try:
        return datetime(int(found["y"]), *numbers, tzinfo=UTC)  # type: ignore[misc,arg-type]
    except ValueError:
        return None
