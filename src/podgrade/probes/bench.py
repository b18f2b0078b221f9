"""What a live probe works with: one submission in its workspace, and what is known of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from podgrade.cluster.closer import Closer
from podgrade.model.errors import InfrastructureError
from podgrade.model.exercise import Exercise
from podgrade.model.reason import Reason
from podgrade.model.submission import Manifest
from podgrade.model.text import Words, say
from podgrade.workspace.toolbox import Toolbox
from podgrade.workspace.workspace import Acceptance, Workspace

Running = Mapping[str, tuple[str, int]]  # container name → container id, restart count


@dataclass(frozen=True)
class Baseline:
    """How the long-running containers ran at a moment (time.monotonic(), seconds)."""

    running: Running
    at: float


@dataclass
class Bench:
    """One submission on the real cluster, for the thread that rehearses it."""

    exercise: Exercise
    where: Workspace | None
    toolbox: Toolbox
    acceptance: Acceptance
    manifest: Manifest | None
    stop: threading.Event
    doing: Callable[[Words], None]
    closer: Closer
    baseline: Baseline | None = None
    """The containers as they ran when the first functional question was asked."""
    counted: Running | None = None
    """The containers that were counted when `pod.ready` last saw the Pod Ready."""
    doom: Reason | None = None
    """Why the Pod could not become what was waited for last, if so."""

    @property
    def workspace(self) -> Workspace:
        """The workspace; a submission that was refused unsent has none, and no check gets there."""
        if self.where is None:
            raise InfrastructureError(say("nothing was sent to the cluster"))
        return self.where
