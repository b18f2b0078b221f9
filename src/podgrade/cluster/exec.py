"""Running a command in a container over the exec subresource's WebSocket, bounded in every way.

The library's own client (kubernetes.stream) is not used: it has no time-out for the handshake,
keeps whatever comes, and swaps a method of a shared object. What remains is the channel protocol
of k8s.io/apimachinery (v5.channel.k8s.io, v4 before Kubernetes 1.30): one byte of channel, data.
"""

from __future__ import annotations

import contextlib
import math
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import websocket
from websocket import ABNF

from podgrade.cluster.outputs import (
    CLOSE,
    STATUS,
    STDERR,
    STDIN,
    STDOUT,
    UNKNOWN_CODE,
    ExecAnswer,
    Outputs,
    TimedOut,
    judged,
    unended,
)
from podgrade.cluster.refusal import ApiRefusal
from podgrade.cluster.retry import Stopped, Unanswered, persistently
from podgrade.cluster.transport import Identity, Transport, query_string
from podgrade.model.text import say

__all__ = [
    "STATUS",
    "STDERR",
    "STDIN",
    "STDOUT",
    "UNKNOWN_CODE",
    "ExecAnswer",
    "Execution",
    "TimedOut",
    "closed",
]

_PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"]
_SLICE = 0.5  # seconds between two looks at the stop event
_TAIL = 2.0  # seconds that outputs may come after the exit status
_FLOOD = 10.0  # seconds that a command may go on after it has said more than is kept
_PIECE = 1 << 15  # bytes of standard input sent in one frame


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
        outputs = Outputs(self._limit)
        try:
            self._feed(socket, stdin)
            ended = self._listen(socket, outputs, end)
        except (websocket.WebSocketException, OSError) as error:
            raise self.broken(error) from error
        finally:
            with contextlib.suppress(OSError, websocket.WebSocketException):
                closed(socket)  # no closing handshake: the answer is here, or nobody listens
        if not ended:
            return unended(outputs, timeout)
        return judged(outputs)

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
            socket.send(bytes([CLOSE, STDIN]), ABNF.OPCODE_BINARY)

    def _listen(self, socket: websocket.WebSocket, outputs: Outputs, end: float) -> bool:
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
                end = min(end, _end_after(outputs, frame.data))


def _end_after(outputs: Outputs, data: bytes) -> float:
    """Take what has come; the moment (time.monotonic()) until which more is listened to."""
    before = outputs.truncated
    outputs.take(data[0], data[1:])
    if outputs.status:
        return time.monotonic() + _TAIL
    flooded = outputs.truncated and not before
    return time.monotonic() + _FLOOD if flooded else math.inf


def closed(socket: websocket.WebSocket) -> None:
    """Close a WebSocket at once."""
    close: Callable[[], None] = socket.shutdown  # the library has no types for it
    close()


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
