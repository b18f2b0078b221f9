"""Whether a Service answers where Pods ask for it.

A ready endpoint is not enough: kube-proxy and the cluster's DNS learn of it on their own, seconds
later on a busy node, and a connection begun before that hangs even when they know (conntrack
remembers the way that it took).
"""

from __future__ import annotations

import threading

import tenacity

from podgrade.model.submission import Document
from podgrade.workspace.toolbox import Toolbox

_ONE_TRY = 2.0  # seconds


def unreached(
    toolbox: Toolbox, namespace: str, service: Document, limit: float, stop: threading.Event
) -> int | None:
    """A TCP port of the Service that takes no connection from the toolbox within `limit` seconds,
    asked for by the Service's name; None if all do.

    Raises InfrastructureError where the toolbox does not answer.
    """
    host = f"{service.name}.{namespace}.svc"
    ports = service.body["spec"].get("ports") or ()
    wanted = [int(port["port"]) for port in ports if port.get("protocol", "TCP") == "TCP"]
    return next((p for p in wanted if not _reached(toolbox, host, p, limit, stop)), None)


def _reached(toolbox: Toolbox, host: str, port: int, limit: float, stop: threading.Event) -> bool:
    command = ("nc", "-z", "-w", f"{_ONE_TRY:.0f}", host, str(port))
    again = tenacity.Retrying(
        retry=tenacity.retry_if_result(lambda reached: not reached),
        stop=tenacity.stop_after_delay(limit) | tenacity.stop_when_event_set(stop),
        wait=tenacity.wait_exponential(multiplier=0.05, max=1.0),
        sleep=tenacity.sleep_using_event(stop),
        retry_error_callback=lambda _: False,
    )
    reached: bool = again(lambda: toolbox.exec(command).code == 0)
    return reached
