"""Drops what rehearsal threads print and log: it comes again, in its place, in the replay."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import pytest

REHEARSING = "rehearsal-"
"""How the names of rehearsal threads begin."""


def in_rehearsal() -> bool:
    """True on a thread of the conductor's."""
    return threading.current_thread().name.startswith(REHEARSING)


class _Quiet:
    """A text stream that swallows what rehearsal threads write to it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return len(text) if in_rehearsal() else self._stream.write(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _not_rehearsing(record: logging.LogRecord) -> bool:
    del record
    return not in_rehearsal()


@contextmanager
def threads_quiet() -> Iterator[None]:
    """While it lasts, the streams and log handlers in place ignore rehearsal threads."""
    out, err = sys.stdout, sys.stderr
    handlers = list(logging.getLogger().handlers)
    for handler in handlers:
        handler.addFilter(_not_rehearsing)
    sys.stdout, sys.stderr = _Quiet(out), _Quiet(err)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err
        for handler in handlers:
            handler.removeFilter(_not_rehearsing)


@contextmanager
def loop_quiet(config: pytest.Config) -> Iterator[None]:
    """The same for a whole loop, also between items, where pytest's capture is suspended.

    Capture puts back the streams that it found when it started, so it is started anew.
    """
    _stop_capture(config)
    try:
        with threads_quiet(), _no_breakpoints():
            _start_capture(config)
            try:
                yield
            finally:
                _stop_capture(config)
    finally:
        _start_capture(config)


@contextmanager
def _no_breakpoints() -> Iterator[None]:
    """`breakpoint()` in a check stops in the replay only."""
    before = sys.breakpointhook

    def hook(*args: Any, **more: Any) -> Any:
        return None if in_rehearsal() else before(*args, **more)

    sys.breakpointhook = hook
    try:
        yield
    finally:
        sys.breakpointhook = before


def _stop_capture(config: pytest.Config) -> None:
    manager = config.pluginmanager.getplugin("capturemanager")
    if manager is not None:
        manager.stop_global_capturing()


def _start_capture(config: pytest.Config) -> None:
    manager = config.pluginmanager.getplugin("capturemanager")
    if manager is not None:
        manager.start_global_capturing()
        manager.suspend_global_capture()
