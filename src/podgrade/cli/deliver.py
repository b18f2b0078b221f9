"""Writes a verdict where it was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from podgrade import __version__
from podgrade.cli.alone import Grading
from podgrade.cli.files import append, write
from podgrade.cli.screen import output
from podgrade.cli.speech import language, told
from podgrade.cli.wanted import Wanted
from podgrade.model.exercise import Exercise
from podgrade.model.text import say
from podgrade.reports.commands import stopped
from podgrade.reports.forms import render
from podgrade.reports.graded import Graded
from podgrade.reports.terminal import show


def deliver(
    grading: Grading, exercise: Exercise, submission: str, outputs: Sequence[Wanted]
) -> None:
    """Print the outputs or write them into files; say on standard error what went wrong."""
    result = grading.results[0] if grading.results else None
    hand_out(
        Graded(exercise, submission, result, grading.problem, language(), __version__), outputs
    )
    if grading.problem is not None:
        click.echo(f"podgrade: {told(grading.problem)}", err=True)


def hand_out(graded: Graded, outputs: Sequence[Wanted]) -> None:
    """Print the outputs or write them into files."""
    for wanted in outputs:
        if wanted.target is not None:
            write(wanted.target, render(wanted.form, graded))
            click.echo(told(say("The verdict is in {file}", file=wanted.target)), err=True)
        else:
            _print(wanted.form, graded)


def _print(form: str, graded: Graded) -> None:
    """Print an output; on GitHub Actions so that no line of a learner's is obeyed."""
    actions = os.environ.get("GITHUB_ACTIONS") == "true"
    step = os.environ.get("GITHUB_OUTPUT") if form == "classroom" else None
    summary = os.environ.get("GITHUB_STEP_SUMMARY") if form == "github" else None
    if summary:
        append(Path(summary), render("summary", graded))
    if step:
        append(Path(step), f"result={render(form, graded)}")
    elif form == "text" and actions:
        sys.stdout.write(stopped(render(form, graded)))
    elif form == "text" and graded.result is not None:
        show(graded.result, graded.exercise, language(), output())
    elif form != "text":
        sys.stdout.write(render(form, graded))
