"""The words of doom: what is waited for, what is known, and what may be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from podgrade.cluster.watch import Sighting

Json = Mapping[str, Any]


class GoalKind(StrEnum):
    """What a probe waits for."""

    READY = "ready"
    RUNNING = "running"
    INIT = "init"
    FAILED = "failed"
    SUCCEEDED = "succeeded"
    LOG = "log"


@dataclass(frozen=True)
class Goal:
    """A condition that is waited for.

    `container` belongs to RUNNING and LOG, `step` (so many init containers are done) to INIT.
    `since` (the API's time, RFC 3339): endings of containers before it are no evidence, for
    exercises in which a container is meant to end again and again until something comes.
    """

    kind: GoalKind
    container: str | None = None
    step: int = 0
    since: str | None = None


class Lookup(Protocol):
    """What may be asked of the API server while judging."""

    def absent(self, kind: str, name: str, key: str | None = None) -> bool:
        """True if a GET says that the object (or its key) is not there and nothing will come.

        `kind` is ConfigMap, Secret or PersistentVolumeClaim.
        """

    def fits_empty_node(self, pod: Json) -> bool:
        """True if some node could hold the Pod if nothing else ran there."""


@dataclass(frozen=True)
class Scene:
    """What is known about a target when it is judged; nothing here changes while it is read.

    `pods`: the target's Pods, oldest first. `events`: all Events of the namespace.
    `sightings(uid)`: the versions of a Pod that were seen. `last_lines(pod, container,
    previous)`: the end of a container's log, asked only for words. `images`: image names the
    exercise's sheet speaks of, for "did you mean".
    """

    pods: tuple[Json, ...]
    events: tuple[Json, ...]
    sightings: Callable[[str], tuple[Sighting, ...]]
    last_lines: Callable[[str, str, bool], str]
    images: tuple[str, ...] = ()
