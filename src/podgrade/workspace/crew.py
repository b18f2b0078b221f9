"""A few daemon threads that work in the background and never keep the process alive."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Crew:
    """At most `size` jobs at once, in order of their coming.

    The executor of the standard library joins its threads when Python ends; these do not.
    """

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._size = size
        self._threads = 0
        self._idle = 0
        self._lock = threading.Lock()
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()

    def do(self, job: Callable[[], T]) -> Future[T]:
        """Have the job done; the future has its result or its exception."""
        promise: Future[T] = Future()
        with self._lock:
            if self._idle:
                self._idle -= 1
            elif self._threads < self._size:
                self._threads += 1
                name = f"{self._name}-{self._threads}"
                threading.Thread(target=self._work, name=name, daemon=True).start()
            self._jobs.put((job, promise))
        return promise

    def _work(self) -> None:
        while True:
            job, promise = self._jobs.get()
            if promise.set_running_or_notify_cancel():
                try:
                    promise.set_result(job())
                except BaseException as error:  # noqa: BLE001  it belongs to who asked for it
                    promise.set_exception(error)
            with self._lock:
                if self._jobs.empty():
                    self._idle += 1
