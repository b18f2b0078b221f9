"""`podgrade show`: the sheet of an exercise."""

from __future__ import annotations

import click

from podgrade.cli.screen import output
from podgrade.cli.speech import SaidCommand, language
from podgrade.model.text import say


@click.command(cls=SaidCommand, words=say("Show the sheet of an exercise."))
@click.argument("slug")
def show(slug: str) -> None:
    from podgrade.grading.catalogue import exercise, sheet

    text = sheet(exercise(slug), language())
    console = output()
    if not console.is_terminal:
        click.echo(text, nl=False)
        return
    from rich.markdown import Markdown

    console.print(Markdown(text))
