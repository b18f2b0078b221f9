"""Rehearses many cases at once, as far ahead of the record as is bounded."""

from __future__ import annotations

import collections
import threading
import time
from collections.abc import Callable, Collection, Sequence

from podgrade.grading.case import Case
from podgrade.grading.flow import Flow
from podgrade.grading.quiet import REHEARSING
from podgrade.grading.rehearsal import Rehearsed


class Conductor:
    """A few daemon threads that each take the next case; results come in completion order.

    As many run at once as the flow allows, each counted with its exercise's weight, and `ahead`
    more may be finished and not yet collected. `perform` raises nothing.
    """

    def __init__(
        self,
        cases: Sequence[Case],
        perform: Callable[[Case], Rehearsed],
        stop: threading.Event,
        *,
        flow: Flow | None = None,
        ahead: int = 0,
    ) -> None:
        self._waiting = collections.deque(cases)
        self._perform = perform
        self._stop = stop
        self._finished: list[Rehearsed] = []
        self._busy = 0
        self._flow = flow or Flow.firm(1)
        self._load = 0
        self._changed = threading.Condition()
        self._room = threading.Semaphore(self._flow.most + ahead)
        self._crew = [
            threading.Thread(target=self._work, name=f"{REHEARSING}{number}", daemon=True)
            for number in range(min(self._flow.most, len(cases)))
        ]

    def start(self) -> None:
        """Begin rehearsing."""
        for thread in self._crew:
            thread.start()

    def next(self, among: Collection[Case]) -> Rehearsed | None:
        """The next of these cases to finish; None if the run is stopped before."""
        with self._changed:
            while not self._stop.is_set():
                for rehearsed in self._finished:
                    if rehearsed.case in among:
                        self._finished.remove(rehearsed)
                        return rehearsed
                self._changed.wait(timeout=0.5)  # a signal handler runs between waits
        return None

    def collected(self) -> None:
        """A case was dealt with: there is room for one more."""
        self._room.release()

    def cancel(self) -> None:
        """Begin no further case."""
        self._waiting.clear()

    def rest(self, timeout: float) -> list[Rehearsed]:
        """What is finished, or is within `timeout` seconds, of the cases that were begun."""
        end = time.monotonic() + timeout
        with self._changed:
            while self._busy and time.monotonic() < end:
                self._changed.wait(timeout=end - time.monotonic())
            return list(self._finished)

    def _work(self) -> None:
        while True:
            self._room.acquire()
            case = self._begun()
            if case is None:
                return
            rehearsed = self._perform(case)
            with self._changed:
                self._busy -= 1
                self._load -= case.exercise.weight
                self._finished.append(rehearsed)
                self._changed.notify_all()

    def _begun(self) -> Case | None:
        """The next case, as soon as there is room for it; a heavy one may run alone."""
        with self._changed:
            while self._waiting and not self._stop.is_set():
                weight = self._waiting[0].exercise.weight
                if not self._load or self._load + weight <= self._flow.allowed:
                    self._busy += 1
                    self._load += weight
                    return self._waiting.popleft()
                self._changed.wait(timeout=0.5)
        return None
