"""Holds an open file for one process at a time, on any system; the system lets go of it."""

from __future__ import annotations

import os
import sys

_FAR = (1 << 31) - 2  # Windows keeps others from reading what is held: no line is ever there


class HeldError(Exception):
    """Another process holds the file."""


def hold(descriptor: int) -> None:
    """Hold the file until it is closed. Raises HeldError, or OSError where it cannot be held."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise HeldError from error
    else:
        import fcntl

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HeldError from error
