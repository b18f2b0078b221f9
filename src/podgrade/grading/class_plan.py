"""Who of a class is graded now: everybody once, equal work once, and nobody twice."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from podgrade.grading.class_journal import Known
from podgrade.grading.intake import HandedIn
from podgrade.grading.intake.names import normal
from podgrade.model.errors import UsageProblem
from podgrade.model.exercise import Exercise
from podgrade.model.text import Message, say
from podgrade.model.verdict import Outcome

FAILED, ERROR = Outcome.FAILED.value, Outcome.ERROR.value
_VERDICTS = {FAILED, ERROR}
_MARKING = ("exercise.yaml", "setup/**/*", "later/**/*")


@dataclass(frozen=True)
class Plan:
    """Groups of equal work, of which the first is graded; and who gets what is known of another.

    `changed` were known, and their work or the marking is another one now.
    """

    groups: tuple[tuple[HandedIn, ...], ...]
    taken_over: tuple[tuple[HandedIn, str], ...] = ()
    """A learner, and the identity of one whose equal work was graded before."""
    changed: int = 0

    @property
    def learners(self) -> int:
        """How many are waited for."""
        return sum(map(len, self.groups))


def marking(exercise: Exercise) -> str:
    """SHA-256 of what the exercise is marked by: its grader and what is set up for it."""
    digest = hashlib.sha256()
    for path in (exercise.grader, *_files(exercise.folder)):
        digest.update(path.name.encode() + b"\n" + path.read_bytes())
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    found = {path for pattern in _MARKING for path in folder.glob(pattern)}
    return sorted(path for path in found if path.is_file())


def plan(
    everyone: Sequence[HandedIn],
    known: Mapping[str, Known],
    rules: str,
    only: Sequence[str] = (),
) -> Plan:
    """What is to be done; `known` is by identity, `rules` the marking of today.

    With `only`, just these learners, those who failed, or those with an error, known or not; a
    name that is nobody's here is another exercise's (see `meant`).
    """
    if only:
        wanted = _chosen(everyone, known, only)
        return Plan(_groups(wanted))
    wanted = [one for one in everyone if not _current(known.get(one.identity), one.digest, rules)]
    donors = {
        one.digest: identity
        for identity, one in known.items()
        if one.marking == rules and one.verdict != ERROR
    }
    return Plan(
        _groups([one for one in wanted if one.digest not in donors]),
        tuple((one, donors[one.digest]) for one in wanted if one.digest in donors),
        sum(1 for one in wanted if one.identity in known),
    )


def _current(known: Known | None, digest: str, rules: str) -> bool:
    return known is not None and (known.digest, known.marking) == (digest, rules)


def _groups(wanted: Sequence[HandedIn]) -> tuple[tuple[HandedIn, ...], ...]:
    groups: dict[str, list[HandedIn]] = {}
    for one in wanted:
        groups.setdefault(one.digest, []).append(one)
    return tuple(map(tuple, groups.values()))


def _chosen(
    everyone: Sequence[HandedIn], known: Mapping[str, Known], only: Sequence[str]
) -> list[HandedIn]:
    verdicts, names = {*only} & _VERDICTS, _names(only)
    return [
        one
        for one in everyone
        if any(named(one, name) for name in names)
        or (one.identity in known and known[one.identity].verdict in verdicts)
    ]


def meant(only: Sequence[str], everyone: Sequence[HandedIn]) -> None:
    """Raises UsageProblem where a name of `only` is nobody's."""
    for name in sorted(_names(only)):
        if not any(named(one, name) for one in everyone):
            raise UsageProblem(nobody(name, everyone))


def _names(only: Sequence[str]) -> set[str]:
    return {normal(word) for word in only if word not in _VERDICTS}


def named(one: HandedIn, name: str) -> bool:
    """True if this is the learner's name, number, or what was handed in."""
    number = one.identity.partition(":")[2]
    return name in {one.learner, number, *map(normal, one.sources)}


def nobody(name: str, everyone: Sequence[HandedIn]) -> Message:
    """The sentence for a name that is nobody's."""
    near = difflib.get_close_matches(name, [one.learner for one in everyone], n=3, cutoff=0.5)
    if near:
        return say(
            "there is no learner {name}; did you mean: {near}?", name=name, near=", ".join(near)
        )
    return say("there is no learner {name} in the folder", name=name)
