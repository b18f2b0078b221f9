"""`podgrade list`: the exercises."""

from __future__ import annotations

import click

from podgrade.cli.speech import SaidCommand, told
from podgrade.model.text import say


@click.command(name="list", cls=SaidCommand, words=say("List the exercises."))
def list_exercises() -> None:
    from podgrade.grading.catalogue import exercises

    found = exercises()
    if not found:
        click.echo(told(say("There is no exercise here.")), err=True)
    width = max((len(exercise.slug) for exercise in found), default=0)
    for exercise in found:
        click.echo(f"{exercise.slug:<{width}}  {told(exercise.title)}")
