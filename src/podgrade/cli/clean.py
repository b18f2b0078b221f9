"""`podgrade clean`: delete what a killed run left."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podgrade.cli.speech import SaidCommand, cluster_options, option, told
from podgrade.model.text import Message, say

if TYPE_CHECKING:
    from podgrade.workspace.sweep import Standing


@click.command(
    cls=SaidCommand,
    words=say(
        "Delete what a killed run left on the cluster.\n\n"
        "Only namespaces that podgrade made and whose time has passed are touched."
    ),
)
@cluster_options
@option("--run", words=say("Delete everything of this run, whether its time has passed or not."))
def clean(context: str | None, kubeconfig: Path | None, run: str | None) -> None:
    from podgrade.cluster.providers.current import connect
    from podgrade.workspace.sweep import standing, sweep

    connection = connect(kubeconfig=kubeconfig, context=context)
    swept = sweep(connection, now=time.time(), all_of_run=run)
    for namespace in swept:
        click.echo(told(say("deleted namespace {namespace}", namespace=namespace)))
    left = standing(connection, now=time.time())
    for one in left:
        click.echo(told(_still_there(one)))
    if not swept and not left:
        click.echo(told(say("Nothing was left behind.")))


def _still_there(one: Standing) -> Message:
    """A run that is at work, was killed, or was told to keep its workspace."""
    return say(
        "run {run} has {count} namespaces until {time}; if it is over: podgrade clean --run {run}",
        run=one.run,
        count=one.namespaces,
        time=time.strftime("%Y-%m-%d %H:%M", time.localtime(one.until)),
    )
