"""Programs that tests run on threads: when the tests are interrupted, the programs are ended."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

_TO_CLEAN_UP = 15.0  # seconds that an interrupted program may take; ours need 5 at most


class Programs:
    """While the context lasts, `run` runs a program; at its end those that are left are ended."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._over = False

    def __enter__(self) -> Programs:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._over = True
            left = set(self._running)
        for program in left:
            program.terminate()
        for program in left:
            self._ended(program)

    def run(
        self, command: Sequence[str], folder: Path, limit: float
    ) -> subprocess.CompletedProcess[bytes]:
        """As subprocess.run with captured output. Raises TimeoutExpired after `limit` seconds."""
        program = self._start(command, folder)
        try:
            out, err = program.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            program.kill()
            program.communicate()
            raise
        finally:
            with self._lock:
                self._running.discard(program)
        return subprocess.CompletedProcess(command, program.returncode, out, err)

    def _start(self, command: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
        with self._lock:
            assert not self._over, "the tests are over"
            pipe = subprocess.PIPE
            program = subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe)
            self._running.add(program)
        return program

    def _ended(self, program: subprocess.Popen[bytes]) -> None:
        try:
            program.wait(_TO_CLEAN_UP)
        except subprocess.TimeoutExpired:
            program.kill()
