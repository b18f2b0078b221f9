"""The verdict as plain lines, for a file."""

from __future__ import annotations

import io

from rich.console import Console

from podgrade.reports.graded import Graded
from podgrade.reports.lines import said
from podgrade.reports.terminal import put, show


def render(graded: Graded) -> str:
    """The verdict as lines without colour, ending with a line feed."""
    stream = io.StringIO()
    console = Console(file=stream, markup=False, highlight=False, emoji=False)
    if graded.result is not None:
        show(graded.result, graded.exercise, graded.language, console)
    if graded.problem is not None:
        put(console, said(graded.problem, graded.language))
    return stream.getvalue()
