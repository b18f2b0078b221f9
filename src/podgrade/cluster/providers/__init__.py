"""Where a cluster comes from: one file a provider, and what they have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from podgrade.model.errors import ClusterUnavailableError
from podgrade.model.text import Words, say

__all__ = ["ClusterStatus", "ComponentStatus", "NodeStatus", "Phase", "Progress", "Provider"]

Progress = Callable[[Words], None]
"""Is told, now and then, what a long step is doing."""

Phase = Literal["absent", "starting", "ready", "repairing", "failed", "stopped"]
"""`stopped`: its folder is there but its processes are not, as after a restart of the machine."""


@dataclass(frozen=True)
class ComponentStatus:
    """One program of a cluster, as far as the provider can see it."""

    name: str
    running: bool
    restarts: int
    last_exit: str  # why it ended last, in the supervisor's English words; empty if it never did


@dataclass(frozen=True)
class NodeStatus:
    """One node of a cluster, as its API server has it."""

    name: str
    ready: bool
    problem: str  # why it is not Ready, in Kubernetes' English words
    components: tuple[ComponentStatus, ...] = ()  # its own, where those of the cluster are others


@dataclass(frozen=True)
class ClusterStatus:
    """How a cluster is, asked without waiting."""

    name: str
    phase: Phase
    kubeconfig: Path | None = None  # a file whose current context is this cluster
    step: str = ""  # what is being waited for while it starts
    problem: Words | str = ""  # why it failed
    seconds: float = 0.0  # how long the last start took until it was ready
    components: tuple[ComponentStatus, ...] = field(default=())
    nodes: tuple[NodeStatus, ...] = field(default=())  # empty where the provider does not know
    context: str = ""  # of the kubeconfig; empty where it is the cluster's name


def keep_number(provider: str, name: str, there: int, wanted: int | None) -> None:
    """A cluster that is up keeps its number of nodes; None: whatever that is.

    Raises ClusterUnavailableError where another one is wanted.
    """
    if wanted not in (None, there):
        words = say(
            "The cluster {name} is up with another number of nodes ({there}, not {wanted}): end it"
            " first with `podgrade cluster down --provider {provider} --name {name}`.",
            provider=provider,
            name=name,
            there=there,
            wanted=wanted,
        )
        raise ClusterUnavailableError(words)


class Provider(Protocol):
    """A way to have a practice cluster. Each call may be repeated without harm."""

    @property
    def name(self) -> str: ...

    def available(self) -> Words | None:
        """Why this provider cannot work here, with what to do about it; None when it can."""

    def up(self, name: str, progress: Progress) -> ClusterStatus:
        """Bring the cluster up, or mend it, and wait until it is ready.

        Raises ClusterUnavailableError with a sentence that says what to do.
        """

    def down(self, name: str, progress: Progress) -> None:
        """End the cluster and remove everything that belongs to it."""

    def status(self, name: str) -> ClusterStatus:
        """How it is now; never waits, never changes anything."""

    def merge_kubeconfig(self, name: str) -> Path:
        """Put the cluster into the user's own kubeconfig; returns that file."""
