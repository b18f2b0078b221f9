"""How many submissions may be in flight: as many as there is room for, fewer where it is felt.

As TCP has it (AIMD, RFC 5681): under pressure the number goes down by a third, at most once in
ten seconds, so that what was begun before can end; after ten seconds without pressure it goes up
by one every five, until there are as many as the cluster has room for.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from podgrade.model.text import Words, say

ORDINARY = 16
"""Where nothing is known of the cluster's room."""
MOST = 64
"""What one process is trusted with unasked; `--in-flight` may ask for more."""

_PAUSE = 10.0  # seconds between two steps back, and from the last pressure to the first step up
_STEP_UP = 5.0  # seconds between two steps up
_DOWN = 2 / 3


class Flow:
    """The number, and why it is so; safe to share between threads.

    `tell` is called with both whenever they change.
    """

    def __init__(
        self,
        most: int,
        why: Words,
        *,
        tell: Callable[[int, Words], None] = lambda _number, _why: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.most = max(1, min(most, MOST))
        self._whole = why
        self._tell = tell
        self._clock = clock
        self._lock = threading.Lock()
        self._allowed = self.most
        self._why = why
        self._pressed = -math.inf
        self._stepped = -math.inf

    @classmethod
    def firm(cls, number: int) -> Flow:
        """A number that was asked for: whoever looks, it stays."""
        flow = cls(number, say("as was asked for"))
        flow.most = flow._allowed = number
        return flow

    @property
    def allowed(self) -> int:
        """How many may be in flight now."""
        return self._allowed

    @property
    def why(self) -> Words:
        """What the number comes from."""
        return self._why

    def begin(self) -> None:
        """Tell the number that it begins with."""
        self._tell(self._allowed, self._why)

    def look(self, pressure: Words | None) -> None:
        """Take in what is felt now: what presses, or None. To be called every second or so."""
        with self._lock:
            before, now = (self._allowed, self._why), self._clock()
            if pressure is not None:
                self._press(pressure, now)
            elif now - self._pressed >= _PAUSE and now - self._stepped >= _STEP_UP:
                self._recover(now)
            after = (self._allowed, self._why)
        if after != before:
            self._tell(*after)

    def _press(self, pressure: Words, now: float) -> None:
        self._pressed = now
        if now - self._stepped >= _PAUSE:
            self._stepped = now
            self._allowed = max(1, math.floor(self._allowed * _DOWN))
            self._why = pressure

    def _recover(self, now: float) -> None:
        if self._allowed < self.most:
            self._stepped = now
            self._allowed += 1
        if self._allowed == self.most:
            self._why = self._whole
