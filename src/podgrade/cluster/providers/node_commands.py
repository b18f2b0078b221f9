"""The one place that starts other programs: argument lists of our own, never a shell."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO


def run(command: Sequence[str | Path], timeout: float = 30) -> subprocess.CompletedProcess[str]:
    """Run a program to its end (limit in seconds) and return what it printed and its exit code."""
    return subprocess.run(  # noqa: S603 - no shell, no word of a stranger's
        command, check=False, capture_output=True, text=True, errors="replace", timeout=timeout
    )


def start(
    command: Sequence[str | Path],
    *,
    folder: Path,
    environment: Mapping[str, str],
    output: int | IO[str] = subprocess.DEVNULL,
) -> subprocess.Popen[str]:
    """Start a program whose standard error is read as text while it runs."""
    return subprocess.Popen(  # noqa: S603 - as above
        command,
        cwd=folder,
        env=environment,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )


def start_apart(
    command: Sequence[str | Path], *, log: Path, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start a program that outlives this one, in a session of its own, with its words in a file."""
    with log.open("wb") as file:
        return subprocess.Popen(  # noqa: S603 - as above
            command,
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
