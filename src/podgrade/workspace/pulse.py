"""How the cluster keeps up: a trivial command in the toolbox, again and again, over one shell.

Its way is that of all that a check asks: through the API server, the kubelet and the container
runtime to a process in a container, and back into podgrade. Where it does not come back for
seconds, what did not come from a learner's Pod in that time says nothing of the learner.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Protocol

from podgrade.model.errors import InfrastructureError

BEAT = 1.0  # seconds from an answer to the next question
SLACK = 2.0  # seconds that an answer may take on a busy node (docs/reliability.md has figures)

_PATIENCE = 60.0  # seconds; a beat that takes longer is asked for again over another shell
_UNTIL_THERE = 10.0  # seconds between two looks for a toolbox that does not come

Span = tuple[float, float]  # time.monotonic(), seconds


class Runs(Protocol):
    """What runs a command somewhere in the cluster: the toolbox."""

    def exec(self, command: Sequence[str], *, timeout: float) -> object:
        """Raises InfrastructureError."""


class Pulse:
    """Beats on a thread of its own from `start` to the end of the run; safe to ask from any."""

    def __init__(self, toolbox: Runs, stop: threading.Event) -> None:
        self._toolbox = toolbox
        self._stop = stop
        self._lock = threading.Lock()
        self._last: float | None = None
        self._stills: list[Span] = []
        self.slowest = 0.0
        """Seconds of the longest beat that came back so far."""

    def start(self) -> None:
        """Begin to beat, as soon as the toolbox is there."""
        threading.Thread(target=self._beat, name="podgrade-pulse", daemon=True).start()

    def stood_still(self, since: float, until: float) -> float:
        """Seconds between two moments (time.monotonic()) in which no beat came back in time.

        None are known of before the first beat: a toolbox that does not come is no measure.
        """
        with self._lock:
            spans = [*self._stills]
            if self._last is not None:
                spans += _still(self._last, time.monotonic())
        return sum(max(min(end, until) - max(begin, since), 0.0) for begin, end in spans)

    def _beat(self) -> None:
        while not self._stop.wait(BEAT):
            began = time.monotonic()
            try:
                self._toolbox.exec((":",), timeout=_PATIENCE)
            except InfrastructureError:
                if self._last is None:
                    self._stop.wait(_UNTIL_THERE)
            else:
                self._came(began, time.monotonic())

    def _came(self, began: float, at: float) -> None:
        with self._lock:
            if self._last is not None:
                self._stills += _still(self._last, at)
                self.slowest = max(self.slowest, at - began)
            self._last = at


def _still(last: float, at: float) -> list[Span]:
    """The time after the last answer, if the next one came too late."""
    due = last + BEAT
    return [(due, at)] if at - due > SLACK else []
