"""`podgrade completion`: what a shell has to read to complete podgrade's words."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from podgrade.cli.speech import SaidCommand
from podgrade.model.text import say

PROGRAM = "podgrade"
VARIABLE = "_PODGRADE_COMPLETE"  # click's own name for it

SHELLS = ("bash", "zsh", "fish")


@click.command(
    cls=SaidCommand,
    words=say(
        "Print what a shell needs to complete commands, options and exercises.\n\n"
        'For bash put `eval "$(podgrade completion bash)"` into ~/.bashrc, for zsh '
        '`eval "$(podgrade completion zsh)"` into ~/.zshrc (after compinit), for fish '
        "`podgrade completion fish | source` into ~/.config/fish/config.fish."
    ),
)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(shell)
    root = click.get_current_context().find_root().command
    click.echo(found(root, {}, PROGRAM, VARIABLE).source())
