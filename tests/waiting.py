"""Waiting, in tests, for what no watch of ours tells."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from typing import Any, TypeVar

_T = TypeVar("_T")


def until(
    condition: Callable[[], _T], limit: float = 60.0, by: subprocess.Popen[Any] | None = None
) -> _T:
    """What the condition gives, once that counts as true.

    With `by` it is the doing of a process, and not waited for once that has ended.
    """
    end = time.monotonic() + limit
    while not (value := condition()):
        assert by is None or by.poll() is None, by.communicate()[0]
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)
    return value
