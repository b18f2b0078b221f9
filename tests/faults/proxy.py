"""An API server that misbehaves: a proxy before the real one, one request a connection.

A plan looks at each request and says what goes wrong with it, or None. What the plan lets pass
goes to the real server and back as it is, WebSockets and watches included.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
import select
import socket
import socketserver
import ssl
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml

CONTEXT = "podgrade-faults"
_HEAD = 1 << 16  # bytes that a request's head may have
_PIECE = 1 << 16
_SETTLES = 30.0  # seconds
_SILENCE = 300.0  # seconds; nothing in a test lasts longer


@dataclass(frozen=True)
class Request:
    """What a plan sees; `number` counts all requests, `nth` those of this method and kind."""

    number: int
    nth: int
    method: str
    path: str

    @property
    def is_watch(self) -> bool:
        return "watch=" in self.path

    @property
    def is_change(self) -> bool:
        return self.method != "GET"

    @property
    def is_exec(self) -> bool:
        return "/exec?" in self.path


@dataclass(frozen=True)
class Answer:
    """The proxy answers itself; the server never hears of the request."""

    status: int
    reason: str
    message: str = "made up by a test"
    retry_after: int | None = None


@dataclass(frozen=True)
class Cut:
    """The server does it; its answer is cut off by a reset after so many bytes."""

    after: int


@dataclass(frozen=True)
class Hole:
    """Nothing comes, and the connection stays."""


@dataclass(frozen=True)
class Slow:
    """The request waits for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Pieces:
    """The answer comes in pieces of so many bytes, whatever they cut in two."""

    size: int


@dataclass(frozen=True)
class Gone:
    """A watch begins, and says at once that its version is too old."""


Fault = Answer | Cut | Hole | Slow | Pieces | Gone
Plan = Callable[[Request], Fault | None]


def nothing(_: Request) -> Fault | None:
    """The plan of a day without trouble."""
    return None


class FaultyApi:
    """Listens on a port of loopback while the context lasts; `plan` may be changed meanwhile."""

    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
        self._server = urlsplit(config["clusters"][0]["cluster"]["server"])
        self._tls = _tls(config)
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}
        self._over = threading.Event()
        self._listener: _Listener | None = None
        self.plan: Plan = nothing
        self.port = 0
        self.namespaces: list[str] = []
        """The namespaces that were made through the proxy."""
        self.faults = 0
        self._changes = 0

    def __enter__(self) -> FaultyApi:
        self.listen()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.refuse()

    def listen(self) -> None:
        """Accept connections, on the same port as before."""
        self._listener = _Listener(("127.0.0.1", self.port), self._handle)
        self.port = self._listener.server_address[1]
        threading.Thread(target=self._listener.serve_forever, args=(0.1,), daemon=True).start()

    def refuse(self) -> None:
        """Connections are refused, and those that stand are reset, until `listen`."""
        if self._listener:
            self._listener.shutdown()
            self._listener.server_close()
            self._listener.reset_all()
            self._listener = None

    def settled(self) -> None:
        """Wait until what has been sent to the server is done there, whoever asked for it."""
        end = time.monotonic() + _SETTLES
        while self._changes and time.monotonic() < end:
            time.sleep(0.02)

    def kubeconfig(self, folder: Path) -> Path:
        """A kubeconfig whose cluster is the proxy."""
        path = folder / "faulty-kubeconfig"
        cluster = {"server": f"http://127.0.0.1:{self.port}"}
        context = {"cluster": CONTEXT, "user": CONTEXT}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": CONTEXT, "cluster": cluster}],
            "users": [{"name": CONTEXT, "user": {}}],
            "contexts": [{"name": CONTEXT, "context": context}],
            "current-context": CONTEXT,
        }
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        return path

    def _handle(self, client: socket.socket) -> None:
        head, rest = _head(client)
        if not head:
            return
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
        body = _body(client, head, rest)
        request = self._noted(method, path, body)
        fault = self.plan(request)
        if fault is not None:
            with self._lock:
                self.faults += 1
        match fault:
            case Answer():
                client.sendall(_answer(fault))
            case Gone():
                client.sendall(_gone())
            case Hole():
                self._over.wait(_SILENCE)
            case Slow(seconds):
                self._over.wait(seconds)
                self._pass(client, head, body, None)
            case _ if request.is_change:
                with self._change():
                    self._pass(client, head, body, fault)
            case _:
                self._pass(client, head, body, fault)

    @contextlib.contextmanager
    def _change(self) -> Iterator[None]:
        with self._lock:
            self._changes += 1
        try:
            yield
        finally:
            with self._lock:
                self._changes -= 1

    def _noted(self, method: str, path: str, body: bytes) -> Request:
        if method == "POST" and urlsplit(path).path == "/api/v1/namespaces":
            with self._lock:
                self.namespaces.append(json.loads(body)["metadata"]["name"])
        sort = f"{method} {re.sub(r'podgrade-[^/]+', '*', urlsplit(path).path)}"
        with self._lock:
            self._counts[sort] = self._counts.get(sort, 0) + 1
            self._counts[""] = self._counts.get("", 0) + 1
            return Request(self._counts[""], self._counts[sort], method, path)

    def _pass(self, client: socket.socket, head: bytes, body: bytes, fault: Fault | None) -> None:
        plain = socket.create_connection((self._server.hostname, self._server.port), timeout=10)
        with self._tls.wrap_socket(plain, server_hostname=self._server.hostname) as server:
            server.settimeout(_SILENCE)
            server.sendall(_alone(head) + body)
            if b"upgrade: websocket" in head.lower():
                _both_ways(client, server, fault)
            else:
                _relay(server, client, fault)


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], handle: Callable[[socket.socket], None]) -> None:
        self._handle = handle
        self._standing: set[socket.socket] = set()
        super().__init__(address, socketserver.BaseRequestHandler)

    def finish_request(self, request: socket.socket, client_address: object) -> None:
        self._standing.add(request)
        try:
            with contextlib.suppress(OSError, ssl.SSLError):
                self._handle(request)
        finally:
            self._standing.discard(request)

    def reset_all(self) -> None:
        for client in list(self._standing):
            _reset(client)


def _tls(config: Mapping[str, list[dict[str, dict[str, str]]]]) -> ssl.SSLContext:
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    context = ssl.create_default_context(cadata=authority)
    with tempfile.NamedTemporaryFile() as pem:
        for part in ("client-certificate-data", "client-key-data"):
            pem.write(base64.b64decode(user[part]) + b"\n")
        pem.flush()
        context.load_cert_chain(pem.name)
    return context


def _head(client: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data and len(data) < _HEAD:
        piece = client.recv(_PIECE)
        if not piece:
            return b"", b""
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def _body(client: socket.socket, head: bytes, rest: bytes) -> bytes:
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    while length and len(rest) < int(length[1]):
        rest += client.recv(_PIECE)
    return rest


def _alone(head: bytes) -> bytes:
    """The head for the server; but for WebSockets the connection ends with its answer."""
    if b"upgrade: websocket" in head.lower():
        return head + b"\r\n\r\n"
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n"


def _relay(server: socket.socket, client: socket.socket, fault: Fault | None) -> None:
    way = _Way(client, fault)
    while (data := server.recv(_PIECE)) and way.carry(data):
        pass


def _both_ways(client: socket.socket, server: ssl.SSLSocket, fault: Fault | None) -> None:
    """One thread for both ways: a TLS connection must not be read and written at once."""
    way = _Way(client, fault)
    while True:
        readable, _, _ = select.select([client, server], [], [], _SILENCE)
        if not readable:
            return
        if client in readable:
            data = client.recv(_PIECE)
            if not data:
                return
            server.sendall(data)
        while server in readable:
            data = server.recv(_PIECE)
            if not (data and way.carry(data)):
                return
            if not server.pending():
                break


class _Way:
    """The server's answer on its way to the client."""

    def __init__(self, client: socket.socket, fault: Fault | None) -> None:
        self._client = client
        self._size = fault.size if isinstance(fault, Pieces) else _PIECE
        self._left = fault.after if isinstance(fault, Cut) else None

    def carry(self, data: bytes) -> bool:
        """False once the answer is cut off."""
        if self._left is not None and len(data) > self._left:
            self._client.sendall(data[: self._left])
            _reset(self._client)
            return False
        if self._left is not None:
            self._left -= len(data)
        for start in range(0, len(data), self._size):
            self._client.sendall(data[start : start + self._size])
        return True


def _reset(client: socket.socket) -> None:
    with contextlib.suppress(OSError):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()


def _answer(fault: Answer) -> bytes:
    status = {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "reason": fault.reason,
        "message": fault.message,
        "code": fault.status,
    }
    more = [f"Retry-After: {fault.retry_after}"] if fault.retry_after is not None else []
    return _http(fault.status, json.dumps(status).encode(), more)


def _gone() -> bytes:
    status = {
        "kind": "Status",
        "code": 410,
        "reason": "Expired",
        "message": "too old",
        "status": "Failure",
    }
    return _http(200, json.dumps({"type": "ERROR", "object": status}).encode() + b"\n", [])


def _http(status: int, body: bytes, more: list[str]) -> bytes:
    head = [
        f"HTTP/1.1 {status} Made up",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *more,
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body
