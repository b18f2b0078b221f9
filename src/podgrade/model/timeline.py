"""What the containers of a submission did while it was graded, as the watch saw it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What a container did for a while; READY is running with its probes passed."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    ENDED = "ended"


@dataclass(frozen=True)
class Span:
    """A stretch of time in one state; seconds since grading began, `end` is open at the last.

    `detail` is the API's own word: why it waits (ContainerStateWaiting.reason), how it ended
    (ContainerStateTerminated: reason and exit code).
    """

    state: State
    begin: float
    end: float
    detail: str = ""


@dataclass(frozen=True)
class Lane:
    """One container of one Pod; `kind` is `init`, `sidecar` (native) or `container`."""

    pod: str
    container: str
    kind: str
    restarts: int
    spans: tuple[Span, ...]
