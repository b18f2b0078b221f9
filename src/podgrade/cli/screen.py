"""rich consoles for the two standard streams; rich is imported when something is shown."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console


def output(stream: TextIO | None = None) -> Console:
    """What was asked for: standard output, else the given stream."""
    return _console(stream or sys.stdout)


def asides() -> Console:
    """Progress and remarks: standard error."""
    return _console(sys.stderr)


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    return Console(file=stream, markup=False, highlight=False, emoji=False)
