"""The learners of a class and what of their work is marked."""

from __future__ import annotations

import collections
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from podgrade.grading.intake.bundle import Pile, opened
from podgrade.grading.intake.contents import Contents, contents, hidden
from podgrade.grading.intake.gradescope import METADATA, people
from podgrade.grading.intake.names import Entry, Kind, Piece, Surroundings, kind_of, piece_of
from podgrade.grading.submissions import clean
from podgrade.model.errors import InfrastructureError, PodgradeError, UsageProblem
from podgrade.model.submission import Submission
from podgrade.model.text import Words, say

_LISTS = (".csv", ".xlsx", ".xls", ".ods", ".md")  # what teachers keep beside it
_SUBMISSIONS = "-submissions"  # how gh classroom names the folder it clones into


@dataclass(frozen=True)
class HandedIn:
    """One learner's work: `submission.key` is the name that nobody else in the class has.

    `identity` and `digest` tell from run to run who it is and whether the work is still the same.
    """

    submission: Submission
    identity: str
    sources: tuple[str, ...]
    when: str | None
    digest: str
    notes: tuple[Words, ...] = ()

    @property
    def learner(self) -> str:
        return self.submission.key


@dataclass(frozen=True)
class Roster:
    """Everybody's work, sorted by name, and what is to be said of the folder."""

    everyone: tuple[HandedIn, ...]
    remarks: tuple[Words, ...] = ()


@dataclass(frozen=True)
class _Chosen:
    """One learner's entries that are marked, or why nothing can be."""

    pieces: tuple[Piece, ...]
    notes: tuple[Words, ...] = ()
    problem: PodgradeError | None = None


def take_in(folder: Path, slug: str, leave_out: Path | None = None) -> Roster:
    """Whose work is in a class's folder or archive, read; `leave_out` lies in it and is not a
    learner's.

    What cannot be understood becomes that learner's problem. Raises UsageProblem where there is
    no folder, or nothing in it.
    """
    pile = opened(folder) if folder.is_file() else _pile(folder, leave_out)
    lists = [one.path.name for one in pile.entries if _is_list(one)]
    around = Surroundings(_assignments(pile.name, slug), pile.people)
    groups: dict[str, list[Piece]] = {}
    for entry in pile.entries:
        if not _is_list(entry):
            piece = piece_of(entry, around)
            groups.setdefault(piece.identity, []).append(piece)
    if not groups:
        raise UsageProblem(say("there is no submission in {folder}", folder=folder))
    names = _names([pieces[0] for pieces in groups.values()])
    found = (_handed_in(names[key], key, _choose(pieces)) for key, pieces in groups.items())
    everyone = tuple(sorted(found, key=lambda one: one.learner))
    return Roster(everyone, (*pile.remarks, *map(_left_out, lists)))


def _pile(folder: Path, leave_out: Path | None) -> Pile:
    entries = tuple(_entries(folder, leave_out))
    return Pile(folder.resolve().name, entries, people(folder))


def _entries(folder: Path, leave_out: Path | None) -> Iterator[Entry]:
    if not folder.is_dir():
        raise UsageProblem(say("{folder} is no folder of submissions", folder=folder))
    for path in sorted(folder.iterdir()):
        own = leave_out is not None and path.resolve() == leave_out.resolve()
        if not (own or hidden([path.name]) or path.name == METADATA):
            yield _entry(path)


def _entry(path: Path) -> Entry:
    if path.is_symlink():
        return Entry(path, Kind.LINK)
    if path.is_dir():
        return Entry(path, Kind.FOLDER)
    return Entry(path, kind_of(path.name) if path.is_file() else Kind.OTHER)


def _is_list(entry: Entry) -> bool:
    return entry.kind is Kind.OTHER and entry.path.name.lower().endswith(_LISTS)


def _left_out(name: str) -> Words:
    return say("`{file}` was left out: it is neither a manifest nor an archive", file=clean(name))


def _assignments(name: str, slug: str) -> tuple[str, ...]:
    own = name.removesuffix(_SUBMISSIONS) if name.endswith(_SUBMISSIONS) else ""
    return tuple(dict.fromkeys(filter(None, (own, slug))))


def _choose(pieces: Sequence[Piece]) -> _Chosen:
    """All parts of it, else the one that is dated last."""
    readable = [piece for piece in pieces if piece.entry.kind not in {Kind.OTHER, Kind.LINK}]
    if len(readable) <= 1 or all(piece.part for piece in readable):
        return _Chosen(tuple(readable or pieces))
    dates = sorted({piece.when for piece in readable if piece.when})
    last = [piece for piece in readable if piece.when == dates[-1]] if dates else []
    undated = [piece for piece in readable if piece.when is None]
    if len(last) == 1 and not undated:
        note = say(
            "handed in {count} times: the last one counts (`{file}`)",
            count=len(readable),
            file=last[0].entry.path.name,
        )
        return _Chosen((last[0],), (note,))
    return _undecided(last + undated)


def _undecided(pieces: Sequence[Piece]) -> _Chosen:
    """Several of one learner, and no date says which is the last; the same work is no trouble."""
    first = _digest(_read(pieces[:1])[0])
    if all(_digest(_read([piece])[0]) == first for piece in pieces[1:]):
        return _Chosen((pieces[0],))
    names = ", ".join(f"`{piece.entry.path.name}`" for piece in pieces)
    words = say(
        "handed in more than once ({files}), and no date in the names says which one is the last: "
        "keep one of them",
        files=names,
    )
    return _Chosen(tuple(pieces), (), InfrastructureError(words))


def _names(pieces: Iterable[Piece]) -> dict[str, str]:
    """A name for each identity; those who share one have their identity's own part in it."""
    found = {piece.identity: clean(piece.learner) for piece in pieces}
    count = collections.Counter(found.values())
    taken: set[str] = set()
    for identity, name in sorted(found.items()):
        base = f"{name} ({clean(identity.partition(':')[2])})" if count[name] > 1 else name
        unique, number = base, 1
        while unique in taken:
            number += 1
            unique = f"{base}-{number}"
        taken.add(unique)
        found[identity] = unique
    return found


def _handed_in(name: str, identity: str, chosen: _Chosen) -> HandedIn:
    found, problem = _read(chosen.pieces) if chosen.problem is None else (Contents(), None)
    problem = chosen.problem or problem
    submission = Submission(name, tuple(found.files), problem=problem)
    when = chosen.pieces[0].when
    return HandedIn(
        submission=submission,
        identity=identity,
        sources=tuple(piece.entry.path.name for piece in chosen.pieces),
        when=when.isoformat() if when else None,
        digest=_digest(found, problem),
        notes=(*chosen.notes, *found.notes),
    )


def _read(pieces: Sequence[Piece]) -> tuple[Contents, PodgradeError | None]:
    try:
        return contents(pieces), None
    except PodgradeError as error:
        return Contents(), error


def _digest(found: Contents, problem: PodgradeError | None = None) -> str:
    """SHA-256 of the files with their names; of the problem's sentence where there are none."""
    digest = hashlib.sha256()
    for file in found.files:
        name = file.name.encode("utf-8", "surrogatepass")
        digest.update(b"%d %s %d\n" % (len(name), name, len(file.data)))
        digest.update(file.data)
    if problem is not None:
        digest.update(str(problem.words).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
