"""Five ways in which a run is cut off, and the place it writes to."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path

PODGRADE = (sys.executable, "-c", "from podgrade.cli.main import main; main()")
DISK = 2 << 20  # bytes of the disk that gets full
ROOT = Path(__file__).parents[2]


class Way(StrEnum):
    """How a run is cut off."""

    KILL = "SIGKILL"
    TERM = "SIGTERM"
    INT = "SIGINT"
    HANG_UP = "lost terminal"
    DISK = "full disk"


class Cut:
    """A podgrade in a process of its own, on a terminal of its own, until it is cut off."""

    def __init__(self, way: Way, folder: Path) -> None:
        self._way = way
        self._folder = folder
        self._done = threading.Event()
        self._gone = threading.Event()
        self._terminal = -1
        self.came = False
        """It was cut off before it had ended by itself."""
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, words: Sequence[str], limit: float) -> int:
        """Exit code of podgrade with these words. Raises TimeoutExpired."""
        self._terminal, end = pty.openpty()
        temporary = self._folder / "tmp"
        temporary.mkdir(exist_ok=True)
        self._process = subprocess.Popen(
            [*PODGRADE, *words],
            stdin=end,
            stdout=end,
            stderr=end,
            start_new_session=True,
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(temporary)},
            preexec_fn=_own_terminal,
        )
        os.close(end)
        reader = threading.Thread(target=self._read, daemon=True)
        reader.start()
        try:
            code = self._process.wait(limit)
            self.came = self._done.is_set()
            return code
        finally:
            self._done.set()
            self._process.kill()
            self._process.wait()
            self._gone.set()
            reader.join()
            (self._folder / "filler").unlink(missing_ok=True)

    def now(self) -> None:
        """Cut it off, once; safe to call from any thread."""
        if self._done.is_set() or self._process is None:
            return
        self._done.set()
        match self._way:
            case Way.KILL:
                self._process.kill()
            case Way.TERM:
                self._process.terminate()
            case Way.INT:
                self._process.send_signal(signal.SIGINT)
            case Way.DISK:
                _fill(self._folder / "filler")
            case Way.HANG_UP:
                pass  # the reader lets go of the terminal

    @property
    def _hangs_up(self) -> bool:
        return self._way is Way.HANG_UP

    def _read(self) -> None:
        """Take what the terminal shows, until it is to be lost."""
        os.set_blocking(self._terminal, False)
        while not self._gone.wait(0.02) and not (self._done.is_set() and self._hangs_up):
            with contextlib.suppress(OSError):  # nothing is there, or nobody any more
                os.read(self._terminal, 1 << 16)
        os.close(self._terminal)


def _own_terminal() -> None:
    """In the child: the terminal is its own, and no signal is ignored."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _fill(path: Path) -> None:
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as stream:
        while True:
            stream.write(b"\0" * 4096)


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own, of `DISK` bytes, in this folder. Needs root."""
    folder.mkdir()
    size = f"size={DISK}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "podgrade-test", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
