"""A shell that stays open in a container: many commands over one exec."""

from __future__ import annotations

import contextlib
import re
import secrets
import shlex
import threading
import time
from collections.abc import Sequence

import websocket
from websocket import ABNF

from podgrade.cluster.exec import (
    STATUS,
    STDERR,
    STDIN,
    STDOUT,
    UNKNOWN_CODE,
    ExecAnswer,
    Execution,
    TimedOut,
    closed,
)
from podgrade.cluster.retry import Stopped
from podgrade.model.errors import InfrastructureError
from podgrade.model.text import say

_SLICE = 0.5  # seconds between two looks at the stop event
_MARKS = 128  # bytes that the marks after a command take at most


class Shell:
    """One `sh` over one WebSocket; a thread at a time. Only for containers of our own.

    What a command prints ends at a mark that nobody can know before. After an exception the
    shell is closed and of no more use.
    """

    def __init__(self, execution: Execution, stop: threading.Event, path: str, container: str):
        query = {"container": container, "command": ("sh",)}
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), True)
        self._execution = execution
        self._stop = stop
        self._socket = execution.connect(path, query | streams, time.monotonic() + 15.0)

    def run(self, command: Sequence[str], timeout: float, limit: int) -> ExecAnswer:
        """What the command said; `limit` bytes of each output are kept at most.

        Raises TimedOut, InfrastructureError; Stopped when the run ends.
        """
        mark = secrets.token_hex(16)
        said = _Said(mark, limit)
        try:
            self._send(_line(command, mark))
            done = self._listen(said, time.monotonic() + timeout)
        except (websocket.WebSocketException, OSError) as error:
            self.close()
            raise self._execution.broken(error) from error
        except Stopped:
            self.close()
            raise
        if done:
            return said.answer()
        self.close()
        if said.too_much:
            return said.cut_off()
        raise TimedOut(said.cut_off(), timeout)

    def close(self) -> None:
        """End the shell."""
        with contextlib.suppress(OSError, websocket.WebSocketException):
            closed(self._socket)

    def _send(self, text: str) -> None:
        self._socket.send(bytes([STDIN]) + text.encode(), ABNF.OPCODE_BINARY)

    def _listen(self, said: _Said, end: float) -> bool:
        """True once both outputs have come to the mark."""
        while not said.complete:
            if self._stop.is_set():
                raise Stopped
            left = end - time.monotonic()
            if left <= 0 or said.too_much:
                return False
            self._socket.settimeout(min(left, _SLICE))
            try:
                code, frame = self._socket.recv_data_frame(control_frame=True)
            except websocket.WebSocketTimeoutException:
                continue
            if code == ABNF.OPCODE_CLOSE or (frame.data and frame.data[0] == STATUS):
                raise InfrastructureError(say("the shell of the toolbox ended by itself"))
            if frame.data:
                said.take(frame.data[0], frame.data[1:])
        return True


class _Said:
    """What has come of one command so far."""

    def __init__(self, mark: str, limit: int) -> None:
        self._limit = limit
        self._ends = {
            STDOUT: re.compile(rb"\n" + mark.encode() + rb" (\d+)\n\Z"),
            STDERR: re.compile(rb"\n" + mark.encode() + rb"()\n\Z"),
        }
        self._kept = {STDOUT: bytearray(), STDERR: bytearray()}

    def take(self, channel: int, data: bytes) -> None:
        if channel in self._kept:
            self._kept[channel] += data

    @property
    def complete(self) -> bool:
        return all(self._end(channel) for channel in self._kept)

    @property
    def too_much(self) -> bool:
        return any(len(kept) > self._limit + _MARKS for kept in self._kept.values())

    def answer(self) -> ExecAnswer:
        end = self._end(STDOUT)
        code = int(end.group(1)) if end else UNKNOWN_CODE
        out, err = (self._without_mark(channel) for channel in (STDOUT, STDERR))
        return ExecAnswer(code, out[: self._limit], err[: self._limit], len(out) > self._limit)

    def cut_off(self) -> ExecAnswer:
        out, err = (bytes(kept[: self._limit]) for kept in self._kept.values())
        return ExecAnswer(UNKNOWN_CODE, out, err, truncated=True)

    def _end(self, channel: int) -> re.Match[bytes] | None:
        return self._ends[channel].search(bytes(self._kept[channel][-_MARKS:]))

    def _without_mark(self, channel: int) -> bytes:
        end = self._end(channel)
        marked = len(end.group()) if end else 0
        return bytes(self._kept[channel][: len(self._kept[channel]) - marked])


def _line(command: Sequence[str], mark: str) -> str:
    tell = f"printf '\\n{mark} %d\\n' $?; printf '\\n{mark}\\n' >&2"
    return f"{shlex.join(command)} </dev/null; {tell}\n"
