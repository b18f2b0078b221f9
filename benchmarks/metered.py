"""podgrade, with its calls, bytes, processor seconds and memory counted from the inside.

    python benchmarks/metered.py counts.json class sidecar FOLDER …

The words after the file are podgrade's own. The file tells of the whole run, and of the moments
at which so many results of a class had been written down (`course`).
"""

from __future__ import annotations

import collections
import json
import re
import resource
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_EVERY = 50  # results between two looks


class Meter:
    """What was counted so far; safe to share between threads."""

    def __init__(self) -> None:
        self.calls: collections.Counter[str] = collections.Counter()
        self.sent = 0
        self.received = 0
        self.results = 0
        self.course: list[dict[str, float]] = []
        self._began = time.monotonic()
        self._lock = threading.Lock()

    def call(self, method: str, path: str) -> None:
        with self._lock:
            self.calls[shape(method, path)] += 1

    def bytes(self, sent: int = 0, received: int = 0) -> None:
        with self._lock:
            self.sent += sent
            self.received += received

    def result(self) -> None:
        """One more result is written down; every now and then it is noted what it took so far."""
        self.results += 1
        if self.results % _EVERY == 0:
            self.course.append(self.now())

    def now(self) -> dict[str, float]:
        """What it took until now: seconds, processor seconds (and the system's part of them),
        memory in MiB, calls, bytes; and how slow the machine is just now.
        """
        used = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "results": self.results,
            "seconds": round(time.monotonic() - self._began, 2),
            "processor": round(used.ru_utime + used.ru_stime, 2),
            "system": round(used.ru_stime, 2),
            "yardstick": round(yardstick(), 2),
            "memory": round(resident(), 1),
            "peak": round(used.ru_maxrss / 1024, 1),
            "calls": sum(self.calls.values()),
            "sent": self.sent,
            "received": self.received,
        }


def shape(method: str, path: str) -> str:
    """A call without the names in it: `POST pods`, `EXEC pods/NAME/exec`."""
    path = re.sub(r"podgrade-[0-9a-z-]+", "NS", path.partition("?")[0])
    parts = path.split("/")
    where = next((place for place, part in enumerate(parts) if part == "namespaces"), None)
    kind = parts[where + 2 :] if where and len(parts) > where + 2 else parts[3:]
    if kind[0:1] in (["pods"], ["nodes"]) and len(kind) > 1:
        kind = [kind[0], "NAME", *kind[2:]]
    return f"{method} {'/'.join(kind)}"


def resident() -> float:
    """MiB of this process that are in memory now."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def yardstick() -> float:
    """Milliseconds of processor time for a fixed piece of work: they grow with what else runs."""
    began = time.thread_time()
    sum(hash(str(number)) for number in range(5000))
    return (time.thread_time() - began) * 1000


def install(meter: Meter) -> None:
    """From now on podgrade is counted: calls where they are made, bytes where they are HTTP still.

    What TLS adds is not counted.
    """
    from podgrade.cli import class_results
    from podgrade.cluster import exec as execs
    from podgrade.cluster import transport

    def sending(call: Any, *_: Any) -> None:
        meter.call(call.method, call.path)

    def running(path: str, *_: Any) -> None:
        meter.call("EXEC", path)

    _before(transport.Transport, "send", sending)
    _before(execs.Execution, "run", running)
    _after(class_results.Book, "enter", lambda _: meter.result())
    for kind, name in ((socket.socket, "recv"), (socket.socket, "send")):
        _counted(kind, name, meter)
    _counted(socket.socket, "recv_into", meter)
    _counted(ssl.SSLSocket, "read", meter)
    _counted(ssl.SSLSocket, "send", meter)
    _sendall(meter)


def _before(owner: Any, name: str, tell: Callable[..., None]) -> None:
    inner = getattr(owner, name)

    def counted(self: Any, *words: Any, **more: Any) -> Any:
        tell(*words)
        return inner(self, *words, **more)

    setattr(owner, name, counted)


def _after(owner: Any, name: str, tell: Callable[[Any], None]) -> None:
    inner = getattr(owner, name)

    def counted(self: Any, *words: Any, **more: Any) -> Any:
        answer = inner(self, *words, **more)
        tell(answer)
        return answer

    setattr(owner, name, counted)


def _counted(owner: Any, name: str, meter: Meter) -> None:
    """Sending answers with a number of bytes, receiving with that or with the bytes."""

    def tell(answer: Any) -> None:
        size = answer if isinstance(answer, int) else len(answer or b"")
        if name == "send":
            meter.bytes(sent=size)
        else:
            meter.bytes(received=size)

    _after(owner, name, tell)


def _sendall(meter: Meter) -> None:
    """Of a plain socket: one of TLS calls its own `send`."""
    inner = socket.socket.sendall

    def counted(self: Any, data: Any, *words: Any) -> None:
        if not isinstance(self, ssl.SSLSocket):
            meter.bytes(sent=len(data))
        inner(self, data, *words)

    socket.socket.sendall = counted  # type: ignore[method-assign]


def main() -> None:
    """Run podgrade as its command does, and write down what it took."""
    from podgrade.cli.main import main as podgrade

    target = Path(sys.argv.pop(1))
    meter = Meter()
    install(meter)
    try:
        podgrade()
    finally:
        found = {**meter.now(), "by_call": dict(meter.calls), "course": meter.course}
        target.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
