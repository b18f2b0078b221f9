"""A class's folder that came as one archive: what is in it, without anything put on disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from podgrade.grading.intake.archives import Limits, Member, everything
from podgrade.grading.intake.contents import hidden, wanted
from podgrade.grading.intake.gradescope import METADATA, listed
from podgrade.grading.intake.names import (
    ARCHIVES,
    Entry,
    Kind,
    Person,
    Surroundings,
    kind_of,
    normal,
    piece_of,
)
from podgrade.model.errors import UsageProblem
from podgrade.model.text import Words, say
from podgrade.workspace.unreadable import Unreadable

MAX_KEPT = 64 << 20
"""Bytes of all learners' manifests and archives in a class's archive."""

_CLASS = Limits(size=1 << 30, unpacked=4 << 30, members=50_000)
_LIST = 16 << 20  # bytes that Gradescope's list may have


@dataclass(frozen=True)
class Pile:
    """What is in a class's folder, and what the folder is called."""

    name: str
    entries: tuple[Entry, ...]
    people: Mapping[str, Person] = field(default_factory=dict)
    remarks: tuple[Words, ...] = ()


def opened(path: Path) -> Pile:
    """The entries of a class's archive; of its only folder, where it holds nothing else.

    Raises UsageProblem where it cannot be opened or holds too much.
    """
    if kind_of(path.name) is not Kind.ARCHIVE:
        words = say("{folder} is neither a folder nor an archive of submissions", folder=path)
        raise UsageProblem(words)
    found = list(_members(path))
    top = _only_folder(found, _stem(path))
    if top is None:
        return _pile(_stem(path), found, path)
    inside = [(name.removeprefix(f"{top}/"), data) for name, data in found]
    remark = say("what lies in the folder `{folder}` of {file} is taken", folder=top, file=path)
    return _pile(top, inside, path, remark)


def _pile(name: str, found: list[Member], path: Path, *remarks: Words) -> Pile:
    people = next((data for member, data in found if member == METADATA), None)
    grouped: dict[str, list[Member]] = {}
    for member, data in found:
        first, _, rest = member.partition("/")
        if first and first != METADATA:
            grouped.setdefault(first, []).append((rest, data) if "/" in member else (first, data))
    folders = {member.partition("/")[0] for member, _ in found if "/" in member}
    entries = (_entry(first, grouped[first], first in folders) for first in sorted(grouped))
    persons = {} if people is None else listed(people, path / METADATA)
    return Pile(normal(name), tuple(entries), persons, remarks)


def _entry(name: str, inside: list[Member], folder: bool) -> Entry:
    files = tuple(sorted((one for one in inside if _is_file(one[0])), key=_as_walked))
    return Entry(Path(name), Kind.FOLDER if folder else kind_of(name), files)


def _as_walked(member: Member) -> list[tuple[bool, str]]:
    """A folder's files come before what is below it, as os.walk has it."""
    *above, name = member[0].split("/")
    return [*((True, part) for part in above), (False, name)]


def _is_file(path: str) -> bool:
    return bool(path) and not path.endswith("/")


def _members(path: Path) -> Iterator[Member]:
    """What is not hidden, with the data of what can be marked."""
    kept = 0
    try:
        with path.open("rb") as stream:
            for name, data in everything(path.name, stream, _wanted, _CLASS):
                kept += len(data or b"")
                if kept > MAX_KEPT:
                    raise _unusable(
                        path,
                        say(
                            "it holds more than {size} MiB of manifests and archives",
                            size=MAX_KEPT >> 20,
                        ),
                    )
                if not hidden(name.rstrip("/").split("/")):
                    yield name, data
    except Unreadable as error:
        raise _unusable(path, error.words) from error
    except OSError as error:
        raise _unusable(path, say("{error}", error=error.strerror or error)) from error


def _wanted(name: str) -> int:
    parts = name.split("/")
    if hidden(parts):
        return 0
    return _LIST if parts[-1] == METADATA else wanted(name)


def _only_folder(found: list[Member], name: str) -> str | None:
    """The folder that holds everything and is the class's: by its name, or it holds several.

    One that holds a single thing is rather a learner's, and so is one of Moodle's by its name.
    """
    tops = {member.partition("/")[0] for member, _ in found}
    if len(tops) != 1 or not all("/" in member for member, _ in found):
        return None
    (top,) = tops
    if piece_of(Entry(Path(top), Kind.FOLDER), Surroundings()).part:
        return None
    inside = {member.split("/")[1] for member, _ in found} - {""}
    return top if len(inside) > 1 or normal(top) == normal(name) else None


def _stem(path: Path) -> str:
    ending = next(one for one in ARCHIVES if path.name.lower().endswith(one))
    return path.name[: -len(ending)]


def _unusable(path: Path, problem: Words) -> UsageProblem:
    words = say(
        "{file} cannot be taken in: {problem}. Unpack it yourself and name the folder",
        file=path,
        problem=problem,
    )
    return UsageProblem(words)
