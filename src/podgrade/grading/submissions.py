"""Turns what was named on the command line into submissions with keys that are unique."""

from __future__ import annotations

import collections
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from podgrade.model.errors import UsageProblem
from podgrade.model.submission import Key, SourceFile, Submission
from podgrade.model.text import say
from podgrade.workspace.read import load

# What test ids give a meaning to, control characters, marks that turn the direction of writing,
# line separators, and halves of surrogate pairs (bytes of a file name that are not UTF-8).
_UNSAFE = re.compile(
    r"[/\\\[\]\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]|::+"
)


def from_path(path: str, stdin: bytes | None = None) -> Submission:
    """One learner's file or folder, or `-` for what stood on standard input.

    Raises UsageProblem for what is missing, empty or too large.
    """
    if path == "-":
        return Submission("stdin", (SourceFile("-", stdin or b""),))
    name = Path(path).name
    name = name if name not in {"", ".."} else Path(path).resolve().name
    return Submission(name, load([path], None))


def from_folder(folder: str) -> tuple[Submission, ...]:
    """One learner for each file or folder in `folder`, sorted by name; hidden ones are not."""
    root = Path(folder)
    if not root.is_dir():
        raise UsageProblem(say("{folder} is no folder of submissions", folder=folder))
    entries = sorted(entry for entry in root.iterdir() if not entry.name.startswith("."))
    if not entries:
        raise UsageProblem(say("there is no submission in {folder}", folder=folder))
    return tuple(from_path(str(entry)) for entry in entries)


def with_unique_keys(submissions: Iterable[Submission]) -> tuple[Submission, ...]:
    """The same submissions, their keys made safe for test ids and unique by a suffix.

    Two of which each is graded on an exercise of its own may have the same.
    """
    taken: _Taken = collections.defaultdict(set)
    return tuple(_with_key(submission, taken) for submission in submissions)


def clean(name: str) -> str:
    """A name as a key: NFC, `/ :: [ ]` and control characters replaced, never empty."""
    return _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip() or "_"


_Taken = dict[str, set[str | None]]
"""On which exercises a key is taken."""


def _with_key(submission: Submission, taken: _Taken) -> Submission:
    base, exercise = clean(submission.key), submission.exercise
    key, number = base, 1
    while taken[key] and (exercise is None or taken[key] & {None, exercise}):
        number += 1
        key = f"{base}-{number}"
    taken[key].add(exercise)
    return replace(submission, key=Key(key))


def keys(submissions: Sequence[Submission]) -> list[Key]:
    """The keys as pytest parameters."""
    return [Key(submission.key) for submission in submissions]
