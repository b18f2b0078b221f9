"""`podgrade start`: sheet and starter of an exercise into the current folder."""

from __future__ import annotations

import secrets
import shlex
from pathlib import Path

import click

from podgrade.cli.complete import slugs
from podgrade.cli.files import spare, write
from podgrade.cli.speech import SaidCommand, language, option, told
from podgrade.model.errors import UsageProblem
from podgrade.model.exercise import Exercise
from podgrade.model.text import say


@click.command(
    cls=SaidCommand,
    words=say("Put the sheet and a starter of an exercise into the current folder."),
)
@click.argument("slug", shell_complete=slugs)
@option("--force", is_flag=True, words=say("Replace files that are there already."))
@option(
    "--seed",
    words=say("A word or number that draws the faults to mend; without it, by chance."),
)
def start(slug: str, force: bool, seed: str | None) -> None:
    from podgrade.grading.catalogue import exercise, given_setup, sheet, starter
    from podgrade.workspace.live import setup_file

    chosen = exercise(slug)
    drawn_by = _seed(chosen, seed)
    wanted = {Path(f"{slug}.md"): sheet(chosen, language())}
    beginning = starter(chosen, drawn_by)
    if beginning is not None:
        wanted[Path(f"{slug}.yaml")] = beginning
    brings = given_setup(chosen)
    if brings is not None:
        wanted[Path(setup_file(chosen))] = brings
    spare(wanted, force=force)
    for path, text in wanted.items():
        _write(path, text)
    if chosen.faults is not None:
        click.echo(
            told(say("the faults in it were drawn by --seed {seed}", seed=shlex.quote(drawn_by)))
        )
    click.echo(told(say("Next: edit {file}, then run", file=f"{slug}.yaml")))
    click.echo(f"  podgrade check {slug} {slug}.yaml")
    if brings is not None:
        click.echo(told(say("To try it yourself in a namespace of your own, first apply")))
        click.echo(f"  kubectl apply -f {setup_file(chosen)}")


def _seed(chosen: Exercise, wanted: str | None) -> str:
    """By what the faults are drawn. UsageProblem where there is nothing to draw."""
    if wanted is None:
        return str(1000 + secrets.randbelow(9000))
    if chosen.faults is None:
        raise UsageProblem(say("{slug} begins alike for everybody: no --seed", slug=chosen.slug))
    if not wanted.strip() or not wanted.isprintable():
        raise UsageProblem(say("--seed takes a word or a number"))
    return wanted.strip()


def _write(path: Path, text: str) -> None:
    replaced = path.exists()
    write(path, text)
    done = say("replaced {file}", file=path) if replaced else say("wrote {file}", file=path)
    click.echo(told(done))
