"""Deleting what runs left behind: only namespaces with our label, only when their time is up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import path_of
from podgrade.model.errors import InfrastructureError
from podgrade.workspace.build import tear_down
from podgrade.workspace.run import EXPIRES, MANAGED_BY, MANAGER, RUN


def sweep(connection: Connection, *, now: float, all_of_run: str | None = None) -> list[str]:
    """Delete expired namespaces of podgrade's, or all of one run; the names of those.

    `now` is in seconds since the epoch. Namespaces that are going already are left alone.
    Raises InfrastructureError where the namespaces cannot be looked at.
    """
    names = [
        str(namespace["metadata"]["name"])
        for namespace in _ours(connection, all_of_run)
        if all_of_run or _expired(namespace, now)
    ]
    for name in names:
        tear_down(connection, name)
    return names


def _ours(connection: Connection, run: str | None) -> list[Mapping[str, Any]]:
    selector = f"{MANAGED_BY}={MANAGER},{RUN}" + (f"={run}" if run else "")
    try:
        query = {"labelSelector": selector}
        answer = connection.request("GET", path_of("Namespace"), query=query)
    except ApiRefusal as refusal:
        raise InfrastructureError(refusal.words) from refusal
    items = answer.get("items") or ()
    return [one for one in items if not one["metadata"].get("deletionTimestamp")]


def _expired(namespace: Mapping[str, Any], now: float) -> bool:
    expires = str(namespace["metadata"].get("labels", {}).get(EXPIRES, ""))
    return expires.isdigit() and int(expires) <= now
