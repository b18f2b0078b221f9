"""Workspaces made ahead, handed out, and deleted in the background."""

from __future__ import annotations

import concurrent.futures
import contextlib
import threading
import time
from collections import defaultdict, deque
from concurrent.futures import Future
from dataclasses import dataclass

from podgrade.cluster.connection import Connection, Stopped
from podgrade.cluster.watch import View, Watch
from podgrade.model.errors import InfrastructureError
from podgrade.model.exercise import Exercise
from podgrade.model.text import Words, say
from podgrade.workspace.build import Builder, Identity, tear_down
from podgrade.workspace.crew import Crew
from podgrade.workspace.run import Run
from podgrade.workspace.sweep import sweep
from podgrade.workspace.workspace import Workspace

_BUILDERS = 4
_DELETERS = 4
_PATIENCE = 60.0  # seconds for one workspace to be made
_SLICE = 0.5  # seconds between two looks at the stop event


@dataclass(frozen=True)
class _Fenced:
    namespace: str
    view: View
    learner: Connection


class Workspaces:
    """All workspaces of one run; safe to share between threads.

    The run's stop event (the watch's) ends the making, not the deleting.
    """

    def __init__(
        self, connection: Connection, watch: Watch, run: Run, *, keep: bool = False
    ) -> None:
        self._watch = watch
        self._run = run
        self._keep = keep or run.keep
        self._connection = connection.stopped_by(watch.stop)
        self._deleting = connection.stopped_by(threading.Event())
        self._builder = Builder(self._connection, run)
        self._builders = Crew("podgrade-build", _BUILDERS)
        self._deleters = Crew("podgrade-delete", _DELETERS)
        self._lock = threading.Lock()
        self._count = 0
        self._ahead: dict[str, deque[Future[_Fenced]]] = defaultdict(deque)
        self._standing: set[str] = set()
        self._taken: set[str] = set()
        self._going: list[Future[None]] = []
        self._note: Words | None = None
        self._noted = False
        self._swept = False

    def prepare(self, level: str, count: int) -> None:
        """Have `count` workspaces of a Pod Security level ready, or in the making.

        The first call also deletes what earlier runs left and nobody needs any more.
        """
        with self._lock:
            if not self._swept:
                self._swept = True
                self._deleters.do(self._sweep)
            ahead = self._ahead[level]
            while len(ahead) < count:
                ahead.append(self._begin(level))

    def take(self, exercise: Exercise) -> Workspace:
        """A workspace that nobody else has. Raises InfrastructureError."""
        with self._lock:
            ahead = self._ahead[exercise.enforced]
            promise = ahead.popleft() if ahead else self._begin(exercise.enforced)
        fenced = self._awaited(promise)
        with self._lock:
            self._taken.add(fenced.namespace)
        return Workspace(
            fenced.namespace,
            self._connection,
            fenced.learner,
            fenced.view,
            exercise,
            self._note_once,
        )

    def release(self, workspace: Workspace) -> None:
        """Delete a workspace in the background (nothing, if workspaces are to be kept)."""
        if not self._keep:
            self._delete(workspace.namespace)

    def close(self, timeout: float = 5.0) -> None:
        """Delete what is left, for `timeout` seconds at most; the rest is for `podgrade clean`."""
        with self._lock:
            for ahead in self._ahead.values():
                for promise in ahead:
                    promise.cancel()
            left = self._standing - (self._taken if self._keep else set())
        for namespace in left:
            self._delete(namespace)
        concurrent.futures.wait(self._going, timeout)

    def _sweep(self) -> None:
        """Delete what earlier runs left, as far as that is possible: this run goes on anyway."""
        with contextlib.suppress(InfrastructureError):
            sweep(self._deleting, now=time.time())

    def _begin(self, level: str) -> Future[_Fenced]:
        self._count += 1
        namespace = self._run.namespace(str(self._count))
        return self._builders.do(lambda: self._made(namespace, level))

    def _made(self, namespace: str, level: str) -> _Fenced:
        if self._watch.stop.is_set():
            raise Stopped
        with self._lock:
            self._standing.add(namespace)
        view = self._watch.view(namespace, fresh=True)
        identity = self._builder.build(namespace, level)
        self._remember(identity)
        return _Fenced(namespace, view, identity.connection)

    def _remember(self, identity: Identity) -> None:
        with self._lock:
            self._note = self._note or identity.note

    def _note_once(self) -> Words | None:
        """What has to be said about the identity, the first time only."""
        with self._lock:
            note = None if self._noted else self._note
            self._noted = self._noted or note is not None
        return note

    def _awaited(self, promise: Future[_Fenced]) -> _Fenced:
        left = _PATIENCE
        while left > 0:
            if self._watch.stop.is_set():
                raise Stopped
            try:
                return promise.result(_SLICE)
            except concurrent.futures.TimeoutError:
                left -= _SLICE
            except concurrent.futures.CancelledError as error:
                raise Stopped from error
        raise InfrastructureError(say("no workspace could be made in time"))

    def _delete(self, namespace: str) -> None:
        self._watch.forget(namespace)
        with self._lock:
            if namespace not in self._standing:
                return
            self._standing.discard(namespace)
            self._going = [one for one in self._going if not one.done()]
            self._going.append(self._deleters.do(lambda: tear_down(self._deleting, namespace)))
