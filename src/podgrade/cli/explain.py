"""`podgrade explain`: what the finished Pod of an exercise is made of, and why."""

from __future__ import annotations

import click

from podgrade.cli.complete import slugs
from podgrade.cli.screen import output
from podgrade.cli.speech import SaidCommand, language, option
from podgrade.model.errors import UsageProblem
from podgrade.model.text import say


@click.command(
    cls=SaidCommand,
    words=say(
        "Explain an exercise that you have passed: its Pod as a picture, and the idea.\n\n"
        "The picture is of one right answer; others may look different. Because it gives the "
        "answer away, it is shown once `podgrade check` gave full marks on this machine."
    ),
)
@click.argument("slug", shell_complete=slugs)
@option("--anyway", is_flag=True, words=say("Also if the exercise was not passed yet."))
def explain(slug: str, anyway: bool) -> None:
    from podgrade.cli.record import passed
    from podgrade.grading.catalogue import anatomy, exercise, idea
    from podgrade.reports.anatomy import parts_of
    from podgrade.reports.anatomy.panels import draw

    chosen, screen = exercise(slug), output()
    if not anyway and slug not in passed():
        raise UsageProblem(
            say(
                "{slug} was not passed on this machine yet, and this gives the answer away. "
                "To see it nevertheless: podgrade explain {slug} --anyway",
                slug=slug,
            )
        )
    parts, told = parts_of(anatomy(chosen)), idea(chosen, language())
    if not parts.pods and told is None:
        raise UsageProblem(say("the exercise {slug} has no picture and no idea.md", slug=slug))
    draw(parts, language(), screen)
    if told is not None and screen.is_terminal:
        from rich.markdown import Markdown

        screen.print(Markdown(told))
    elif told is not None:
        click.echo(f"\n{told}", nl=False)
