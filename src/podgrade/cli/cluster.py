"""`podgrade cluster up|down|status`: a practice cluster on this machine."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

import click

from podgrade.cli.speech import SaidCommand, language, option, told
from podgrade.locale import in_language
from podgrade.model.errors import UsageProblem
from podgrade.model.text import Message, Words, say

if TYPE_CHECKING:
    from podgrade.cluster.providers import (
        ClusterStatus,
        ComponentStatus,
        NodeStatus,
        Provider,
    )
    from podgrade.cluster.providers.choose import Named

_F = TypeVar("_F", bound=Callable[..., Any])
PROVIDERS = {"node": "podgrade-node", "kind": "podgrade"}
"""In the order in which they are tried, each with the name its cluster has by default."""
_SELDOM = 10.0  # seconds between two counts where lines stay

PHASES = {
    "absent": say("there is no such cluster"),
    "starting": say("starting"),
    "ready": say("ready"),
    "repairing": say("mending a component that ended"),
    "failed": say("could not be started"),
    "stopped": say("stopped: bring it up again with `podgrade cluster up`"),
}


class _Group(SaidCommand, click.Group):
    """The subcommands, each with its line of help in the user's language."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [
            (name, in_language(command.words, language(ctx)).splitlines()[0])
            for name, command in self.commands.items()
            if isinstance(command, SaidCommand)
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=_Group, words=say("Bring a practice cluster up, take it down, or see how it is."))
def cluster() -> None:
    """Only holds the subcommands."""


def _choices(command: _F) -> _F:
    """The two options that every subcommand has."""
    named = option(
        "--name", words=say("Name of the cluster (else podgrade-node, with kind: podgrade).")
    )
    provided = option(
        "--provider",
        type=click.Choice(list(PROVIDERS)),
        words=say("Where the cluster comes from (else the first that works here)."),
    )
    return provided(named(command))


@cluster.command(
    cls=SaidCommand, words=say("Bring the cluster up, or mend it, and wait until it is ready.")
)
@_choices
@option(
    "--nodes",
    type=click.IntRange(1, 10),
    words=say("How many nodes a new cluster has (default: 1)."),
)
@option(
    "--load",
    multiple=True,
    metavar="IMAGE",
    words=say("kind: bring this image of Docker, or a .tar file of images, into the nodes."),
)
@option("--image", default="", words=say("kind: the node's image, if not kind's own choice."))
@option(
    "--merge-kubeconfig",
    is_flag=True,
    words=say("Put the cluster into your own kubeconfig too, as its current context."),
)
def up(
    provider: str | None,
    name: str | None,
    nodes: int | None,
    load: tuple[str, ...],
    image: str,
    merge_kubeconfig: bool,
) -> None:
    with Line() as line:
        options = {"images": load, "node_image": image}
        chosen, called = _chosen(_candidates(provider, name, nodes, options), provider, line)
        status = chosen.up(called, line.show)
    click.echo(told(_is_ready(status)))
    if merge_kubeconfig:
        target = chosen.merge_kubeconfig(called)
        click.echo(told(say("It is now the current context of {path}", path=target)))
    else:
        click.echo(
            told(
                say(
                    "To use it with kubectl: export KUBECONFIG={path}",
                    path=status.kubeconfig,
                )
            )
        )


@cluster.command(
    cls=SaidCommand, words=say("End the cluster and remove everything that belongs to it.")
)
@_choices
def down(provider: str | None, name: str | None) -> None:
    chosen, called = _there(_candidates(provider, name))
    with Line() as line:
        chosen.down(called, line.show)
    click.echo(told(say("The cluster {name} is down.", name=called)))


@cluster.command(cls=SaidCommand, words=say("Say how the cluster and its components are."))
@_choices
@click.pass_context
def status(context: click.Context, provider: str | None, name: str | None) -> None:
    chosen, called = _there(_candidates(provider, name))
    found = chosen.status(called)
    for words in _lines(found):
        click.echo(told(words))
    if found.phase != "ready":
        context.exit(3)


def _candidates(
    provider: str | None,
    name: str | None,
    nodes: int | None = None,
    options: Mapping[str, Any] | None = None,
) -> list[Named]:
    """Every provider that may be meant, with the name of its cluster. Raises UsageProblem."""
    for_kind = {key: value for key, value in (options or {}).items() if value}
    if for_kind and provider == "node":
        raise UsageProblem(say("--load and --image are for `--provider kind`"))
    asked = "kind" if for_kind else provider
    return [
        (_provider(one, nodes, for_kind if one == "kind" else {}), name or default)
        for one, default in PROVIDERS.items()
        if asked in (None, one)
    ]


def _provider(name: str, nodes: int | None, options: Mapping[str, Any]) -> Provider:
    from podgrade.cluster.providers.kind import KindProvider
    from podgrade.cluster.providers.node import NodeProvider

    providers: dict[str, Callable[..., Provider]] = {"node": NodeProvider, "kind": KindProvider}
    return providers[name](nodes=nodes, **options)


def _chosen(candidates: list[Named], provider: str | None, line: Line) -> Named:
    """The one asked for, the one that has a cluster already, or the first that works."""
    from podgrade.cluster.providers.choose import first_that_works, that_has_one

    if provider is not None:
        return candidates[0]
    there = that_has_one(candidates)
    if there is not None:
        return there
    chosen, why = first_that_works(candidates)
    line.tell(why)
    return chosen


def _there(candidates: list[Named]) -> Named:
    """The one that has a cluster, else the first."""
    from podgrade.cluster.providers.choose import that_has_one

    return that_has_one(candidates) or candidates[0]


def _is_ready(status: ClusterStatus) -> Message:
    return say(
        "The cluster {name} is ready (context {context}, started in {seconds} s).",
        name=status.name,
        context=status.context or status.name,
        seconds=f"{status.seconds:.1f}",
    )


def _lines(status: ClusterStatus) -> list[Words]:
    from podgrade.cluster.providers.node import STEPS

    lines: list[Words] = [
        say("{name}: {phase}", name=status.name, phase=PHASES[status.phase]),
    ]
    if status.problem:
        lines.append(say("  problem: {problem}", problem=status.problem))
    elif status.step:
        lines.append(say("  waiting for: {what}", what=STEPS.get(status.step, status.step)))
    lines += [_component(part, 2) for part in status.components]
    for node in status.nodes:
        lines.append(_node(node))
        lines += [_component(part, 4) for part in node.components]
    if status.kubeconfig:
        lines.append(say("  kubeconfig: {path}", path=status.kubeconfig))
    return lines


def _component(part: ComponentStatus, indent: int) -> Words:
    state = say("running") if part.running else say("not running")
    restarts = say(", restarted {count} times: {why}", count=part.restarts, why=part.last_exit)
    return say(
        "{indent}{component} {state}{restarts}",
        indent=" " * indent,
        component=f"{part.name:<{26 - indent}}",
        state=state,
        restarts=restarts if part.last_exit else "",
    )


def _node(node: NodeStatus) -> Words:
    """As `kubectl get nodes` calls it, in every language."""
    if node.ready:
        return say("  node {node}: Ready", node=node.name)
    return say("  node {node}: NotReady: {problem}", node=node.name, problem=node.problem)


class Line:
    """Progress: one line that is written over on a terminal, else a line now and then."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._last: tuple[str, float] = ("", 0.0)

    def __enter__(self) -> Line:
        return self

    def show(self, words: Words) -> None:
        if self._live:
            click.echo(f"\r\x1b[K{told(words)}", err=True, nl=False)
        elif self._is_news(words):
            click.echo(told(words), err=True)

    def tell(self, words: Words) -> None:
        """A line that stays."""
        click.echo(told(words), err=True)

    def _is_news(self, words: Words) -> bool:
        """Another sentence, or the same one with other numbers after a while."""
        kind, told_at = self._last
        template = words.template if isinstance(words, Message) else words.en
        if "{done}" in template and template == kind and time.monotonic() - told_at < _SELDOM:
            return False
        self._last = (template, time.monotonic())
        return True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live:
            click.echo("\r\x1b[K", err=True, nl=False)
