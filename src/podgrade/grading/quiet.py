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

    @property  # type: ignore[misc]  # pytest's capture asks whether the stream is of its own kind
    def __class__(self) -> Any:
        return type(self._stream)

    def write(self, text: str) -> int:
        return len(text) if in_rehearsal() else self._stream.write(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def threads_quiet(config: pytest.Config) -> Iterator[None]:
    """While it lasts, rehearsal threads neither print, log, nor stop at a breakpoint."""
    _stop_capture(config)  # it puts back the streams that it found when it started
    try:
        with _quiet_streams(), _quiet_logs(config), _no_breakpoints():
            _start_capture(config)
            _quiet_capture(config)
            try:
                yield
            finally:
                _stop_capture(config)
    finally:
        _start_capture(config)


@contextmanager
def _quiet_streams() -> Iterator[None]:
    out, err = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Quiet(out), _Quiet(err)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err


@contextmanager
def _quiet_logs(config: pytest.Config) -> Iterator[None]:
    handlers = {*logging.getLogger().handlers, *_handlers_of_pytest(config)}
    for handler in handlers:
        handler.addFilter(_not_rehearsing)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(_not_rehearsing)


def _not_rehearsing(record: logging.LogRecord) -> bool:
    del record
    return not in_rehearsal()


def _handlers_of_pytest(config: pytest.Config) -> list[logging.Handler]:
    """Those that pytest puts in place for each item."""
    plugin = config.pluginmanager.getplugin("logging-plugin")
    return [
        value for value in vars(plugin or object).values() if isinstance(value, logging.Handler)
    ]


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


def _quiet_capture(config: pytest.Config) -> None:
    """Make quiet what capture puts in the place of the streams while an item runs.

    It has no public name (pytest 9); a wrapper around each hook would leave gaps.
    """
    manager = config.pluginmanager.getplugin("capturemanager")
    both = getattr(manager, "_global_capturing", None)
    for capture in (getattr(both, "out", None), getattr(both, "err", None)):
        of_sys: Any = getattr(capture, "syscapture", capture)
        if hasattr(of_sys, "tmpfile"):
            of_sys.tmpfile = _Quiet(of_sys.tmpfile)
