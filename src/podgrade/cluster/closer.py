"""Ends open streams when the run ends, so that nobody keeps reading until a limit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from podgrade.cluster.lines import Lines


class Closer:
    """One daemon thread a run, from the first stream on: closes what is open when `stop` is set."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._open: set[Lines] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._wait, name="podgrade-closer", daemon=True)
        self._begun = False

    @contextmanager
    def closing(self, lines: Lines) -> Iterator[Lines]:
        """The stream, closed at the end of the block or when the run ends."""
        self._add(lines)
        try:
            with lines:
                yield lines
        finally:
            with self._lock:
                self._open.discard(lines)

    def _add(self, lines: Lines) -> None:
        with self._lock:
            self._open.add(lines)
            if not self._begun:
                self._begun = True
                self._thread.start()
        if self._stop.is_set():
            lines.close()

    def _wait(self) -> None:
        self._stop.wait()
        with self._lock:
            left = tuple(self._open)
        for lines in left:
            lines.close()
