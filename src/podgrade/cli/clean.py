"""`podgrade clean`: delete what a killed run left."""

from __future__ import annotations

import time
from pathlib import Path

import click

from podgrade.cli.speech import SaidCommand, option, told
from podgrade.model.text import say


@click.command(
    cls=SaidCommand,
    words=say(
        "Delete what a killed run left on the cluster.\n\n"
        "Only namespaces that podgrade made and whose time has passed are touched."
    ),
)
@option("--context", words=say("Context of the kubeconfig to use."))
@option(
    "--kubeconfig",
    type=click.Path(dir_okay=False, path_type=Path),
    words=say("Kubeconfig file to use."),
)
@option("--run", words=say("Delete everything of this run, whether its time has passed or not."))
def clean(context: str | None, kubeconfig: Path | None, run: str | None) -> None:
    from podgrade.cluster.providers.current import connect
    from podgrade.workspace.sweep import sweep

    connection = connect(kubeconfig=kubeconfig, context=context)
    swept = sweep(connection, now=time.time(), all_of_run=run)
    for namespace in swept:
        click.echo(told(say("deleted namespace {namespace}", namespace=namespace)))
    if not swept:
        click.echo(told(say("Nothing was left behind.")))
