"""`podgrade rights`: what a cluster's owner applies before a class is graded in shards."""

from __future__ import annotations

import click

from podgrade.cli.speech import SaidCommand
from podgrade.model.text import say


@click.command(
    cls=SaidCommand,
    words=say(
        "Print the rights that `podgrade class --shards` needs, as Kubernetes manifests.\n\n"
        "A cluster's owner reads them and applies them once. On practice clusters podgrade does so "
        "itself."
    ),
)
def rights() -> None:
    from podgrade.workspace.shards.rights import manifests

    click.echo(manifests(), nl=False)
