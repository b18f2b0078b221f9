"""`podgrade show`: the sheet of an exercise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from podgrade.cli.complete import slugs
from podgrade.cli.screen import output as screen
from podgrade.cli.speech import SaidCommand, language, option, told
from podgrade.model.text import say

if TYPE_CHECKING:
    from podgrade.model.exercise import Exercise


@click.command(
    cls=SaidCommand,
    words=say(
        "Show the sheet of an exercise.\n\n"
        "As HTML it is one file for a browser, in both languages, with the hints, a picture of "
        "the finished Pod and the idea behind it folded away."
    ),
)
@click.argument("slug", shell_complete=slugs)
@option(
    "--format",
    "form",
    type=click.Choice(["text", "html"]),
    default="text",
    words=say("How the sheet is written (default: text)."),
)
@option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    words=say("Write the sheet into this file instead of printing it."),
)
@option(
    "--no-anatomy",
    "sheet_only",
    is_flag=True,
    words=say("Without the picture of the finished Pod and the idea behind it."),
)
def show(slug: str, form: str, output: Path | None, sheet_only: bool) -> None:
    from podgrade.grading.catalogue import exercise, sheet

    chosen = exercise(slug)
    text = _page(chosen, sheet_only) if form == "html" else sheet(chosen, language())
    if output is not None:
        from podgrade.cli.files import write

        write(output, text)
        click.echo(told(say("The sheet is in {file}", file=output)), err=True)
    elif form == "text" and screen().is_terminal:
        from rich.markdown import Markdown

        screen().print(Markdown(text))
    else:
        click.echo(text, nl=False)


def _page(chosen: Exercise, sheet_only: bool) -> str:
    from podgrade import __version__
    from podgrade.grading.catalogue import anatomy, ideas, sheets
    from podgrade.reports.anatomy import parts_of
    from podgrade.reports.sheet import render

    if sheet_only:
        return render(chosen, sheets(chosen), None, language(), __version__)
    parts = parts_of(anatomy(chosen))
    return render(chosen, sheets(chosen), parts, language(), __version__, ideas(chosen))
