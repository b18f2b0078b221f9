"""What a live probe works with: one submission in its workspace, and what is known of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from podgrade.cluster.closer import Closer
from podgrade.model.errors import InfrastructureError
from podgrade.model.exercise import Exercise, Target
from podgrade.model.reason import Reason
from podgrade.model.submission import Manifest
from podgrade.model.text import Words, say
from podgrade.workspace.pulse import Pulse
from podgrade.workspace.toolbox import Toolbox
from podgrade.workspace.workspace import Acceptance, Workspace

Life = tuple[str, int]  # container id, restart count
Running = Mapping[str, Life]  # by container name


@dataclass(frozen=True)
class Baseline:
    """How the long-running containers ran at a moment (time.monotonic(), seconds)."""

    running: Running
    at: float


@dataclass(frozen=True)
class Overdue:
    """What did not come between two moments (time.monotonic(), seconds).

    `pods` as they were then; `starting`: they were waited for to start, or to end.
    """

    since: float
    until: float
    pods: tuple[Mapping[str, Any], ...] = ()
    starting: bool = False


class Role(StrEnum):
    """Whose the workload is that a bench looks at.

    The submission's own: its manifest must declare it. A clone of it: as much the learner's, but
    made by podgrade. One of the several Pods of the submission, by its own name. The exercise's
    own setup: its images are trusted, its trouble is ours.
    """

    SUBMISSION = "submission"
    CLONE = "clone"
    REPLICA = "replica"
    SETUP = "setup"


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
    began: float = field(default_factory=time.monotonic)
    """When the manifest had been handed in (time.monotonic(), seconds)."""
    doom: Reason | None = None
    """Why the Pod could not become what was waited for last, if so."""
    since: str | None = None
    """The API's time from which on endings of containers count (see Goal); None: all do."""
    spent: bool = False
    """Something came or went that cannot be undone: nothing is played anew after that."""
    doubted: bool = False
    """A Ready was only a moment: from then on every container is asked whether it goes on."""
    in_place: bool = False
    """The namespace is the learner's own: nothing of podgrade's is made there."""
    untouched: bool = False
    """Nor may anything be changed there, or added to a Pod."""
    left_out: list[Words] = field(default_factory=list)
    """Why the check that is being played cannot be graded without that."""
    role: Role = Role.SUBMISSION
    scaled: int | None = None
    """How many Pods of the workload a check has asked for; None: as many as the manifest does."""
    others: dict[str, Bench] = field(default_factory=dict)
    """The benches of other workloads of the workspace, by name."""
    pulse: Pulse | None = None
    """How the cluster keeps up."""
    overdue: list[Overdue] = field(default_factory=list)
    """What this check has waited for in vain, to a limit; benches beside share it."""
    notes: list[Words] = field(default_factory=list)
    """What is said of the submission as a whole, besides its verdicts."""

    def note(self, words: Words) -> None:
        """Say this of the submission; once, however often its checks are played."""
        if words not in self.notes:
            self.notes.append(words)

    def in_vain(self, since: float, *, starting: bool = False) -> None:
        """Nothing came since then (time.monotonic()), and nothing says that it cannot come."""
        pods = self.workspace.pods()
        self.overdue.append(Overdue(since, time.monotonic(), pods, starting))

    def beside(self, name: str, role: Role, kinds: tuple[str, ...] = Target.kinds) -> Bench:
        """The bench of another workload of the workspace; it remembers what was asked there."""
        if name not in self.others:
            target = Target(name, kinds)
            self.others[name] = replace(
                self,
                exercise=replace(self.exercise, target=target),
                where=self.workspace.aimed(target),
                baseline=None,
                counted=None,
                doom=None,
                role=role,
                scaled=None,
                others={},
            )
        return self.others[name]

    @property
    def workspace(self) -> Workspace:
        """The workspace; a submission that was refused unsent has none, and no check gets there."""
        if self.where is None:
            raise InfrastructureError(say("nothing was sent to the cluster"))
        return self.where
