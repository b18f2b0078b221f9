"""Waiting for a condition of a target's Pods: told by the watch, ended by doom or the limit."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from podgrade.cluster.connection import Connection, Stopped
from podgrade.cluster.watch import View
from podgrade.model.reason import Doom
from podgrade.workspace.doom import Goal, Scene, judge, obstacle
from podgrade.workspace.lookup import ClusterLookup
from podgrade.workspace.target import belongs, out_of_room, template_hash, terminating

T = TypeVar("T")
Pod = Mapping[str, Any]

_LOOK_AGAIN = 1.0  # seconds: some dooms come by time alone
_FOR_ROOM = 600.0  # seconds that a wait may last longer because the cluster is full


@dataclass(frozen=True)
class Waited(Generic[T]):
    """How a wait ended: with a value, or without one and why (`doom`), after so many seconds."""

    value: T | None
    doom: Doom | None
    seconds: float
    overdue: bool = False
    """The limit ended it, without anything that says that it cannot come any more."""


@dataclass(frozen=True)
class Scope:
    """Whose Pods are waited for, and what may be asked about them."""

    target: str
    view: View
    connection: Connection
    lookup: ClusterLookup
    images: tuple[str, ...] = ()
    template: str | None = None
    """Of a Deployment that was changed: the pod-template-hash of the Pods that count."""

    def pods(self) -> tuple[Pod, ...]:
        """The target's Pods that exist, oldest first."""
        return tuple(
            pod
            for pod in self.view.pods()
            if belongs(pod, self.target)
            and self.template in (None, template_hash(pod))
            and not self.view.gone(pod["metadata"]["uid"])
        )

    def scene(self) -> Scene:
        """All that is known, for the judgement."""
        return Scene(
            self.pods(),
            self.view.events(),
            self.view.sightings,
            self.lookup.last_lines,
            self.images,
        )

    def check(self) -> None:
        """Raises InfrastructureError if waiting makes no sense any more."""
        if self.connection.stop.is_set():
            raise Stopped
        self.view.check()


def wait(scope: Scope, goal: Goal, condition: Callable[[], T | None], limit: float) -> Waited[T]:
    """Call the condition now and at each change, until it gives a value or cannot any more.

    `limit` is in seconds. Raises InfrastructureError where the watch is down or the run ends.
    """
    began = time.monotonic()
    clock = _Clock(began + limit)
    while True:
        scope.check()
        revision = scope.view.revision  # read first: what comes from now on wakes the wait
        value = condition()
        doom = judge(goal, scope.scene(), scope.lookup) if value is None else None
        if value is not None or doom is not None:
            return Waited(value, doom, time.monotonic() - began)
        left = clock.left(scope)
        if left > 0:
            scope.view.changed(revision, min(left, _LOOK_AGAIN))
        elif clock.last_look(scope):
            what = obstacle(goal, scope.scene(), scope.lookup)
            return Waited(None, what, time.monotonic() - began, overdue=True)


def seen(scope: Scope, condition: Callable[[], bool], limit: float) -> bool:
    """Wait until the condition holds; for what podgrade itself brings about: nothing is judged.

    `limit` is in seconds. Raises InfrastructureError where the watch is down or the run ends.
    """
    end = time.monotonic() + limit
    while True:
        scope.check()
        revision = scope.view.revision
        if condition():
            return True
        left = end - time.monotonic()
        if left <= 0:
            return False
        scope.view.changed(revision, left)


class _Clock:
    """The time that is left; it stands still while the cluster has no room for the Pods."""

    def __init__(self, end: float) -> None:
        self._end = end
        self._latest = end + _FOR_ROOM
        self._seen = time.monotonic()
        self._looked = False

    def left(self, scope: Scope) -> float:
        now = time.monotonic()
        if self._no_room(scope):
            self._end = min(self._end + now - self._seen, self._latest)
        self._seen = now
        return self._end - now

    def last_look(self, scope: Scope) -> bool:
        """True when all has been asked for once more: a watch that sleeps blames nobody."""
        if self._looked:
            return True
        self._looked = True
        before = scope.view.revision
        scope.view.refresh()
        return scope.view.revision == before

    def _no_room(self, scope: Scope) -> bool:
        waiting = [pod for pod in scope.pods() if not terminating(pod) and out_of_room(pod)]
        return any(scope.lookup.fits_empty_node(pod) for pod in waiting)
