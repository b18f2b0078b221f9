"""How many endpoints a Service has that are ready, and waiting for it by a watch.

conditions.ready: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from podgrade.cluster.connection import Connection
from podgrade.cluster.kinds import path_of
from podgrade.workspace.news import until_news

Slice = Mapping[str, Any]

OF_SERVICE = "kubernetes.io/service-name"
"""The label of a Service's EndpointSlices."""


def ready_endpoints(slices: Iterable[Slice]) -> int:
    """Endpoints that are ready (unknown counts as ready), each Pod once."""
    found = set()
    for piece in slices:
        for endpoint in piece.get("endpoints") or ():
            if (endpoint.get("conditions") or {}).get("ready") is not False:
                target = endpoint.get("targetRef") or {}
                found.add(target.get("uid") or tuple(endpoint["addresses"]))
    return len(found)


def await_endpoints(
    connection: Connection,
    namespace: str,
    service: str,
    wanted: Callable[[int], bool],
    limit: float,
) -> int:
    """Wait until the number of the Service's ready endpoints is as wanted; the number then.

    The last number seen where that does not come within `limit` seconds. Raises
    InfrastructureError where the cluster does not answer.
    """
    path = path_of("EndpointSlice", namespace)
    chosen = {"labelSelector": f"{OF_SERVICE}={service}"}
    end = time.monotonic() + limit
    while True:
        answer = connection.request("GET", path, query=chosen)
        slices = {piece["metadata"]["name"]: piece for piece in answer.get("items") or ()}
        count = ready_endpoints(slices.values())
        left = end - time.monotonic()
        if wanted(count) or left <= 0:
            return count
        until_news(connection, path, chosen, answer["metadata"]["resourceVersion"], left)
