"""`podgrade next`: what to do next."""

from __future__ import annotations

import click

from podgrade.cli.speech import SaidCommand, told
from podgrade.model.text import say


@click.command(
    name="next",
    cls=SaidCommand,
    words=say(
        "Say which exercise comes next.\n\n"
        "An exercise counts as passed once `podgrade check` or `podgrade watch` gave it full "
        "marks on this machine."
    ),
)
def what_next() -> None:
    from podgrade.cli.record import passed
    from podgrade.grading.catalogue import exercises
    from podgrade.grading.course import what_is_next

    found = exercises()
    done = sorted(one.slug for one in found if one.slug in passed())
    chosen = what_is_next(found, done)
    click.echo(told(say("Passed so far: {done} of {all}", done=len(done), all=len(found))))
    if chosen is None:
        click.echo(told(say("There is nothing left. Well done!")))
        return
    click.echo(told(say("Next: {title}", title=chosen.title)))
    click.echo(f"  {told(chosen.goal)}")
    click.echo(f"  podgrade show {chosen.slug}")
    click.echo(f"  podgrade start {chosen.slug}")
