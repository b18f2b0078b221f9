"""Writes what was asked for into a file of the user's."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from podgrade.model.errors import UsageProblem
from podgrade.model.text import say


def read(source: Path) -> bytes:
    """What a file holds. UsageProblem says why it cannot be read."""
    try:
        return source.read_bytes()
    except OSError as error:
        raise UsageProblem(
            say("{file} cannot be read: {error}", file=source, error=error.strerror)
        ) from error


def spare(targets: Iterable[Path], *, force: bool) -> None:
    """Raise UsageProblem if one of these files is there and may not be replaced."""
    there = [str(path) for path in targets if path.exists()]
    if there and not force:
        raise UsageProblem(
            say(
                "already here: {files}. Nothing was written; --force replaces them",
                files=", ".join(there),
            )
        )


def write(target: Path, text: str) -> None:
    """Replaces what is there. UsageProblem says why a file cannot be written."""
    _put(target, text, "w")


def replace(target: Path, text: str) -> None:
    """Puts a file in its place at once: whoever looks sees the old one or the new one, whole."""
    beside = target.with_name(f".{target.name}.new")
    _put(beside, text, "w")
    try:
        beside.replace(target)
    except OSError as error:
        raise _unwritable(target, error) from error


def append(target: Path, text: str) -> None:
    """Adds to what is there. UsageProblem says why a file cannot be written."""
    _put(target, text, "a")


def _put(target: Path, text: str, mode: str) -> None:
    try:
        with target.open(mode, encoding="utf-8", newline="") as stream:
            stream.write(text)
    except OSError as error:
        raise _unwritable(target, error) from error


def _unwritable(target: Path, error: OSError) -> UsageProblem:
    return UsageProblem(say("{file} cannot be written: {error}", file=target, error=error.strerror))
