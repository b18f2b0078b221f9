"""`podgrade doctor`: look a cluster over before anyone is graded on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from podgrade.cli.codes import TROUBLE
from podgrade.cli.speech import SaidCommand, cluster_options, option, told
from podgrade.model.text import say

if TYPE_CHECKING:
    from podgrade.workspace.doctor import Finding

_SIGNS = {"good": "✓", "warning": "!", "bad": "✗", "unknown": "?"}


@click.command(
    cls=SaidCommand,
    words=say(
        "Look a cluster over: version, rights, Pod Security, network policies, storage, images,"
        " clock, room.\n\n"
        "Makes two workspaces and a few small Pods for a moment. The exit code is 3 if exercises"
        " cannot be graded on it."
    ),
)
@cluster_options
@option(
    "--exercise", "slugs", multiple=True, words=say("Only what this exercise needs (repeatable).")
)
@click.pass_context
def doctor(
    ctx: click.Context, context: str | None, kubeconfig: Path | None, slugs: tuple[str, ...]
) -> None:
    from podgrade.cluster.providers.current import connect
    from podgrade.grading.catalogue import exercise, exercises
    from podgrade.workspace.doctor import State, examine

    chosen = [exercise(slug) for slug in slugs] or exercises()
    connection = connect(kubeconfig=kubeconfig, context=context)
    click.echo(told(say("Cluster: context {context}", context=connection.context)))
    states = [_shown(finding) for finding in examine(connection, chosen)]
    ctx.exit(TROUBLE if State.BAD in states else 0)


def _shown(finding: Finding) -> str:
    """Print the finding as it comes; its state."""
    sign = _SIGNS[finding.state]
    click.echo(f"{sign} {told(finding.subject)}: {told(finding.seen)}")
    if finding.cure:
        click.echo(f"    → {told(finding.cure)}")
    return finding.state
