"""SIGTERM, and a terminal that is lost, while a run grades."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM and SIGHUP are treated as Ctrl-C, so that what is known is kept and cleaned up.

    Whoever had SIGHUP ignored (nohup) goes on when the terminal is lost.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {signal.SIGTERM: signal.signal(signal.SIGTERM, _interrupt)}
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, _hung_up)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _hung_up(_number: int, _frame: FrameType | None) -> None:
    """Shell and kernel both send it: once is enough, cleaning up must not be ended by the next."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for descriptor in (0, 1, 2):
        _let_go(descriptor)
    raise KeyboardInterrupt


def _let_go(descriptor: int) -> None:
    """What would go to a lost terminal goes nowhere: writing to it is an error from now on."""
    with contextlib.suppress(OSError):
        if stat.S_ISCHR(os.fstat(descriptor).st_mode):
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, descriptor)
            os.close(nowhere)
