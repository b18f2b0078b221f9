"""Writes what was asked for into a file of the user's."""

from __future__ import annotations

from pathlib import Path

from podgrade.model.errors import UsageProblem
from podgrade.model.text import say


def write(target: Path, text: str) -> None:
    """Replaces what is there. UsageProblem says why a file cannot be written."""
    _put(target, text, "w")


def append(target: Path, text: str) -> None:
    """Adds to what is there. UsageProblem says why a file cannot be written."""
    _put(target, text, "a")


def _put(target: Path, text: str, mode: str) -> None:
    try:
        with target.open(mode, encoding="utf-8", newline="") as stream:
            stream.write(text)
    except OSError as error:
        raise UsageProblem(
            say("{file} cannot be written: {error}", file=target, error=error.strerror)
        ) from error
