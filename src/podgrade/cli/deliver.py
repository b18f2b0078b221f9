"""Writes a verdict where it was asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from podgrade import __version__
from podgrade.cli.alone import Grading
from podgrade.cli.screen import output
from podgrade.cli.speech import language, told
from podgrade.model.errors import UsageProblem
from podgrade.model.exercise import Exercise
from podgrade.model.text import say
from podgrade.reports.json import as_json
from podgrade.reports.terminal import show


def deliver(grading: Grading, exercise: Exercise, form: str, target: Path | None) -> None:
    """Print the results, or write them into a file; say on standard error what went wrong."""
    text = as_text(grading, exercise) if form == "text" and target else ""
    if form == "json":
        text = "".join(as_json(result, language(), __version__) for result in grading.results)
    if target is not None:
        _write(target, text)
    elif form == "json":
        sys.stdout.write(text)
    else:
        for result in grading.results:
            show(result, exercise, language(), output())
    if grading.problem is not None:
        click.echo(f"podgrade: {told(grading.problem)}", err=True)


def as_text(grading: Grading, exercise: Exercise) -> str:
    """The results as plain lines."""
    import io

    stream = io.StringIO()
    for result in grading.results:
        show(result, exercise, language(), output(stream))
    return stream.getvalue()


def _write(target: Path, text: str) -> None:
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageProblem(
            say("{file} cannot be written: {error}", file=target, error=error.strerror)
        ) from error
    click.echo(told(say("The verdict is in {file}", file=target)), err=True)
