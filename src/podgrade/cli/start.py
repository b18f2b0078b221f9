"""`podgrade start`: sheet and starter of an exercise into the current folder."""

from __future__ import annotations

from pathlib import Path

import click

from podgrade.cli.complete import slugs
from podgrade.cli.files import write
from podgrade.cli.speech import SaidCommand, language, option, told
from podgrade.model.errors import UsageProblem
from podgrade.model.text import say


@click.command(
    cls=SaidCommand,
    words=say("Put the sheet and a starter of an exercise into the current folder."),
)
@click.argument("slug", shell_complete=slugs)
@option("--force", is_flag=True, words=say("Replace files that are there already."))
def start(slug: str, force: bool) -> None:
    from podgrade.grading.catalogue import exercise, sheet, starter

    chosen = exercise(slug)
    wanted = {Path(f"{slug}.md"): sheet(chosen, language())}
    beginning = starter(chosen)
    if beginning is not None:
        wanted[Path(f"{slug}.yaml")] = beginning
    there = [str(path) for path in wanted if path.exists()]
    if there and not force:
        raise UsageProblem(
            say(
                "already here: {files}. Nothing was written; --force replaces them",
                files=", ".join(there),
            )
        )
    for path, text in wanted.items():
        _write(path, text)
    click.echo(told(say("Next: edit {file}, then run", file=f"{slug}.yaml")))
    click.echo(f"  podgrade check {slug} {slug}.yaml")


def _write(path: Path, text: str) -> None:
    replaced = path.exists()
    write(path, text)
    done = say("replaced {file}", file=path) if replaced else say("wrote {file}", file=path)
    click.echo(told(done))
