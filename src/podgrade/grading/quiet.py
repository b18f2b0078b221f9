"""Drops what rehearsal threads print and log: it comes again, in its place, in the replay."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

_REHEARSING = "rehearsal-"


def in_rehearsal() -> bool:
    """True on a thread of the conductor's."""
    return threading.current_thread().name.startswith(_REHEARSING)


class _Quiet:
    """A text stream that swallows what rehearsal threads write to it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return len(text) if in_rehearsal() else self._stream.write(text)

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
