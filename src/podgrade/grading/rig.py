"""What one run has on the cluster: connection, watch, workspaces made ahead, toolbox."""

from __future__ import annotations

import collections
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from podgrade.cluster.closer import Closer
from podgrade.cluster.connection import Connection
from podgrade.cluster.watch import Watch
from podgrade.grading.flow import Flow
from podgrade.grading.gauge import Gauge
from podgrade.model.errors import InfrastructureError
from podgrade.model.exercise import Exercise
from podgrade.model.text import Words
from podgrade.workspace.needs import unmet
from podgrade.workspace.pool import Workspaces
from podgrade.workspace.pulse import Pulse
from podgrade.workspace.run import Run, Shard
from podgrade.workspace.toolbox import Toolbox
from podgrade.workspace.workspace import Workspace

CLEAN_UP = 5.0  # seconds that cleaning up may take; the rest is for `podgrade clean`


@dataclass(frozen=True)
class Where:
    """Which cluster a run uses: as given, else podgrade finds one."""

    kubeconfig: Path | None = None
    context: str | None = None
    keep: bool = False
    hold: bool = False
    """Keep a submission's workspace until its record was replayed (`--pdb`)."""
    in_place: bool = False
    """What is graded runs already: no other namespace is watched."""
    shard: Shard | None = None
    """Which part of another run this one is: the cluster's room is shared with the others."""


class Rig:
    """Opened once a run; every thread of the run uses it."""

    def __init__(
        self,
        run: Run,
        connection: Connection,
        watch: Watch,
        stop: threading.Event,
        *,
        hold: bool = False,
    ) -> None:
        self.run = run
        self.stop = stop
        self.connection = connection
        self._watch = watch
        self._hold = hold
        self._held: list[Workspace] = []
        self._lock = threading.Lock()
        self._wanted: collections.Counter[str] = collections.Counter()
        self._ahead = 0
        self._asking = threading.Lock()
        self._unmet: dict[str, Words | None] = {}
        self._workspaces = Workspaces(connection, watch, run, keep=run.keep)
        self.toolbox = Toolbox(connection, watch, run)
        self.pulse = Pulse(self.toolbox, stop)
        self.closer = Closer(stop)

    @classmethod
    def open(cls, where: Where, stop: threading.Event) -> Rig:
        """Connect, start watching and warm up. Raises ClusterUnavailableError."""
        from podgrade.cluster.providers.current import connect

        connection = connect(kubeconfig=where.kubeconfig, context=where.context)
        run = Run.new(keep=where.keep, shard=where.shard)
        watch = Watch(connection, stop)
        watch.start(wide=not where.in_place)
        rig = cls(run, connection, watch, stop, hold=where.hold)
        rig.toolbox.start()
        rig.pulse.start()
        return rig

    def prepare(self, exercise: Exercise, wanted: int, ahead: int) -> None:
        """Make workspaces in the background: `wanted` in all, at most `ahead` before their use."""
        with self._lock:
            self._wanted[exercise.enforced] += wanted
        self._ahead = ahead
        self._top_up(exercise.enforced)

    def flow(self, tell: Callable[[int, Words], None]) -> Flow:
        """How many submissions may be in flight, from now on kept by what the cluster bears."""
        among = self.run.shard.count if self.run.shard else 1
        gauge = Gauge(self._watch, tell, among)
        gauge.start()
        return gauge.flow

    def require(self, exercise: Exercise) -> None:
        """Raises InfrastructureError if the cluster lacks what the exercise needs; asked once."""
        with self._asking:
            if exercise.slug not in self._unmet:
                self._unmet[exercise.slug] = unmet(self.connection, exercise)
        missing = self._unmet[exercise.slug]
        if missing is not None:
            raise InfrastructureError(missing)

    def take(self, exercise: Exercise) -> Workspace:
        """A fresh workspace. Raises InfrastructureError."""
        with self._lock:  # before it is waited for: what is taken is not wanted any more
            self._wanted[exercise.enforced] -= 1
        workspace = self._workspaces.take(exercise)
        self._top_up(exercise.enforced)
        return workspace

    def _top_up(self, level: str) -> None:
        self._workspaces.prepare(level, min(self._wanted[level], self._ahead))

    def visit(self, exercise: Exercise, namespace: str) -> Workspace:
        """Somebody else's namespace, to be looked into; it is not released. Raises
        InfrastructureError where it cannot be watched.
        """
        view = self._watch.view(namespace)
        ours = self.connection.stopped_by(self.stop)
        return Workspace(namespace, ours, ours, view, exercise)

    def release(self, workspace: Workspace) -> str | None:
        """Give a workspace back; its namespace's name if it is kept for a look."""
        if self.run.keep:
            return workspace.namespace
        if self._hold:
            self._held.append(workspace)
        else:
            self._workspaces.release(workspace)
        return None

    def let_go(self) -> None:
        """Delete, in the background, the workspaces that were held until their replay."""
        with self._lock:
            held, self._held = self._held, []
        for workspace in held:
            self._workspaces.release(workspace)

    def close(self) -> None:
        """End everything of the run; what does not end in 5 s is left to `podgrade clean`."""
        self.stop.set()
        self.let_go()
        end = time.monotonic() + CLEAN_UP
        self._workspaces.close(timeout=CLEAN_UP)
        self.toolbox.close(timeout=max(end - time.monotonic(), 0.0))
        self._watch.close()
