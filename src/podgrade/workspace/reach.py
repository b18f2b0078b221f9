"""Whether a Service answers where Pods ask for it.

A ready endpoint is not enough: kube-proxy and the cluster's DNS learn of it on their own, seconds
later on a busy node, and a connection begun before that hangs even when they know (conntrack
remembers the way that it took).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import tenacity

from podgrade.model.submission import Document
from podgrade.workspace.toolbox import Toolbox

_ONE_TRY = 2.0  # seconds
_NOBODY = frozenset({6, 7})  # curl(1), EXIT CODES: no such host, connection refused


def unreached(
    toolbox: Toolbox, namespace: str, service: Document, limit: float, stop: threading.Event
) -> int | None:
    """A TCP port of the Service that takes no connection from the toolbox within `limit` seconds,
    asked for by the Service's name; None if all do.

    Raises InfrastructureError where the toolbox does not answer.
    """
    host, ports = _address(namespace, service)

    def reached(port: int) -> bool:
        command = ("nc", "-z", "-w", f"{_ONE_TRY:.0f}", host, str(port))
        return toolbox.exec(command).code == 0

    return next((port for port in ports if not _comes_true(reached, port, limit, stop)), None)


def await_refusal(
    toolbox: Toolbox, namespace: str, service: Document, limit: float, stop: threading.Event
) -> None:
    """Wait until connections to the Service, which has no endpoint any more, fail at once.

    Not every network refuses them; where it drops them, this is given up after `limit` seconds.
    Raises InfrastructureError where the toolbox does not answer.
    """
    host, ports = _address(namespace, service)

    def refused(port: int) -> bool:
        words = ("--disable", "--silent", "--max-time", f"{_ONE_TRY:.0f}", f"http://{host}:{port}/")
        return toolbox.exec(("curl", *words)).code in _NOBODY

    end = time.monotonic() + limit
    for port in ports:
        _comes_true(refused, port, end - time.monotonic(), stop)


def _address(namespace: str, service: Document) -> tuple[str, list[int]]:
    """The Service's name and its TCP ports."""
    ports = service.body["spec"].get("ports") or ()
    wanted = [int(port["port"]) for port in ports if port.get("protocol", "TCP") == "TCP"]
    return f"{service.name}.{namespace}.svc", wanted


def _comes_true(
    condition: Callable[[int], bool], port: int, limit: float, stop: threading.Event
) -> bool:
    again = tenacity.Retrying(
        retry=tenacity.retry_if_result(lambda so: not so),
        stop=tenacity.stop_after_delay(limit) | tenacity.stop_when_event_set(stop),
        wait=tenacity.wait_exponential(multiplier=0.05, max=1.0),
        sleep=tenacity.sleep_using_event(stop),
        retry_error_callback=lambda _: False,
    )
    so: bool = again(condition, port)
    return so
