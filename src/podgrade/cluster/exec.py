"""Running a command in a container over the exec subresource's WebSocket, bounded in every way.

The library's own client (kubernetes.stream) is not used: it has no time-out for the handshake,
keeps whatever comes, and swaps a method of a shared object. What remains is the channel protocol
of k8s.io/apimachinery (v5.channel.k8s.io, v4 before Kubernetes 1.30): one byte of channel, data.
"""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import websocket
from websocket import ABNF

from podgrade.cluster.refusal import ApiRefusal
from podgrade.cluster.retry import Stopped, Unanswered, persistently
from podgrade.cluster.transport import Identity, Transport, query_string
from podgrade.model.errors import InfrastructureError
from podgrade.model.text import say

_PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"]
STDIN, STDOUT, STDERR, STATUS, _CLOSE = 0, 1, 2, 3, 255
_SLICE = 0.5  # seconds between two looks at the stop event
_TAIL = 2.0  # seconds that outputs may come after the exit status
_PIECE = 1 << 15  # bytes of standard input sent in one frame
UNKNOWN_CODE = -1  # the exit code of a command that was cut off because it wrote too much


@dataclass(frozen=True)
class ExecAnswer:
    """What a command said: exit code, standard output and error (`truncated`: not all of it)."""

    code: int
    out: bytes
    err: bytes
    truncated: bool = False


class TimedOut(InfrastructureError):
    """The command had not ended when the time was up; `answer` is what had come of it."""

    def __init__(self, answer: ExecAnswer, seconds: float) -> None:
        self.answer = answer
        super().__init__(say("a command did not end within {seconds} s", seconds=f"{seconds:g}"))


@dataclass
class _Outputs:
    """What has come of one command so far."""

    limit: int
    kept: dict[int, bytearray] = field(
        default_factory=lambda: {STDOUT: bytearray(), STDERR: bytearray()}
    )
    truncated: bool = False
    status: bytearray = field(default_factory=bytearray)

    def take(self, channel: int, data: bytes) -> None:
        if channel == STATUS:
            self.status += data[: self.limit]
        elif channel in self.kept:
            room = self.limit - len(self.kept[channel])
            self.kept[channel] += data[:room]
            self.truncated = self.truncated or len(data) > room

    def answer(self, code: int, err: bytes | None = None) -> ExecAnswer:
        seen = bytes(self.kept[STDERR]) if err is None else err
        return ExecAnswer(code, bytes(self.kept[STDOUT]), seen, self.truncated)


class Execution:
    """One command in one container; `limit` bytes of each output are kept."""

    def __init__(
        self,
        transport: Transport,
        identity: Identity | None,
        stop: threading.Event,
        limit: int,
    ) -> None:
        self._transport = transport
        self._identity = identity
        self._stop = stop
        self._limit = limit

    def run(
        self, path: str, query: Mapping[str, Any], stdin: bytes | None, timeout: float
    ) -> ExecAnswer:
        """The command's answer. Raises TimedOut, ApiRefusal or InfrastructureError."""
        end = time.monotonic() + timeout
        socket = self.connect(path, query, end)
        outputs = _Outputs(self._limit)
        try:
            self._feed(socket, stdin)
            ended = self._listen(socket, outputs, end)
        except (websocket.WebSocketException, OSError) as error:
            raise self.broken(error) from error
        finally:
            with contextlib.suppress(OSError, websocket.WebSocketException):
                closed(socket)  # no closing handshake: the answer is here, or nobody listens
        if not ended:
            return _unended(outputs, timeout)
        return _judged(outputs)

    def connect(self, path: str, query: Mapping[str, Any], end: float) -> websocket.WebSocket:
        """The open WebSocket of a command that was begun; `end` as time.monotonic()."""
        url = "ws" + self._transport.host.removeprefix("http") + path + query_string(query)
        left = max(end - time.monotonic(), _SLICE)
        return persistently(lambda: self._connected(url, end), seconds=left, stop=self._stop)

    def _connected(self, url: str, end: float) -> websocket.WebSocket:
        socket = websocket.WebSocket(
            sslopt=self._transport.tls_options(), skip_utf8_validation=True
        )
        headers = self._transport.headers(self._identity)
        headers.discard("Accept")
        try:
            connect: Callable[..., None] = socket.connect  # the library has no types for it
            connect(
                url,
                header=[f"{name}: {value}" for name, value in headers.iteritems()],
                subprotocols=_PROTOCOLS,
                suppress_origin=True,
                timeout=max(end - time.monotonic(), _SLICE),
                redirect_limit=0,
                **self._transport.proxy_options(),
            )
        except websocket.WebSocketBadStatusException as error:
            raise _refused(error) from error
        except (websocket.WebSocketException, OSError) as error:
            raise self.broken(error) from error
        return socket

    def broken(self, error: Exception) -> Unanswered:
        """The error of the transport in words."""
        # Only a refused connection is sure not to have begun the command.
        refused = isinstance(error, ConnectionRefusedError)
        host = self._transport.host
        if isinstance(error, ssl.SSLError):
            words = say(
                "the cluster {host} cannot be trusted (TLS): {detail}", host=host, detail=error
            )
        else:
            words = say(
                "the connection to the cluster {host} broke off: {detail}", host=host, detail=error
            )
        return Unanswered(words, arrived=not refused, again=refused)

    def _feed(self, socket: websocket.WebSocket, stdin: bytes | None) -> None:
        if stdin is None:
            return
        for start in range(0, len(stdin), _PIECE):
            piece = bytes([STDIN]) + stdin[start : start + _PIECE]
            socket.send(piece, ABNF.OPCODE_BINARY)
        if socket.subprotocol == _PROTOCOLS[0]:  # v4 cannot close one channel
            socket.send(bytes([_CLOSE, STDIN]), ABNF.OPCODE_BINARY)

    def _listen(self, socket: websocket.WebSocket, outputs: _Outputs, end: float) -> bool:
        """True once the command's end was told; False when the time was up before."""
        while True:
            if self._stop.is_set():
                raise Stopped
            left = end - time.monotonic()
            if left <= 0:
                return bool(outputs.status)
            socket.settimeout(min(left, _SLICE))
            try:
                code, frame = socket.recv_data_frame(control_frame=True)
            except websocket.WebSocketTimeoutException:
                continue
            except websocket.WebSocketConnectionClosedException:
                if outputs.status:
                    return True
                raise
            if code == ABNF.OPCODE_CLOSE:
                return True
            if code in (ABNF.OPCODE_BINARY, ABNF.OPCODE_TEXT) and frame.data:
                outputs.take(frame.data[0], frame.data[1:])
                end = min(end, time.monotonic() + _TAIL) if outputs.status else end


def closed(socket: websocket.WebSocket) -> None:
    """Close a WebSocket at once."""
    close: Callable[[], None] = socket.shutdown  # the library has no types for it
    close()


def _unended(outputs: _Outputs, timeout: float) -> ExecAnswer:
    answer = outputs.answer(UNKNOWN_CODE)
    if outputs.truncated:
        return answer
    raise TimedOut(answer, timeout)


def _refused(error: websocket.WebSocketBadStatusException) -> Exception:
    body = error.resp_body or b""
    refusal = ApiRefusal.of_body(
        error.status_code, body.encode() if isinstance(body, str) else body
    )
    gone = "not found" in refusal.message or "not running" in refusal.message
    if error.status_code == 429 or (error.status_code >= 500 and not gone):
        sentence = say("the cluster answered: {message}", message=refusal.message)
        return Unanswered(sentence, arrived=False)
    return refusal


def _judged(outputs: _Outputs) -> ExecAnswer:
    """The answer that the status (a metav1.Status on channel 3) makes of the outputs."""
    try:
        status = json.loads(bytes(outputs.status))
    except ValueError as error:
        words = say("the connection to a container broke off before its command ended")
        raise InfrastructureError(words) from error
    if status.get("status") == "Success":
        return outputs.answer(0)
    refusal = ApiRefusal.of_status(status, 500)
    codes = [cause.message for cause in refusal.causes if cause.reason == "ExitCode"]
    if codes:
        return outputs.answer(int(codes[0]))
    code = _shell_code(refusal.message)
    if code is None:
        raise refusal
    return outputs.answer(code, refusal.message.encode())


def _shell_code(message: str) -> int | None:
    """The code a shell gives for a program that cannot be started, if the message is of that."""
    if "exec failed" not in message and "failed to start exec" not in message:
        return None
    if "executable file not found" in message or "no such file or directory" in message:
        return 127
    return 126 if "permission denied" in message else None
