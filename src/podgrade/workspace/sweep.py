"""Deleting what runs left behind: only namespaces with our label, only when their time is up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import path_of
from podgrade.model.errors import InfrastructureError
from podgrade.workspace.build import tear_down
from podgrade.workspace.run import EXPIRES, MANAGED_BY, MANAGER, PART_OF, RUN, Shard


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


@dataclass(frozen=True)
class Standing:
    """A run whose namespaces may not be swept yet; `until` is in seconds since the epoch."""

    run: str
    namespaces: int
    until: int


def standing(connection: Connection, *, now: float) -> tuple[Standing, ...]:
    """The runs that have namespaces whose time has not passed, by id.

    Whether such a run is at work or was killed, the cluster does not know.
    Raises InfrastructureError where the namespaces cannot be looked at.
    """
    ends: dict[str, list[int]] = defaultdict(list)
    for namespace in _ours(connection, None):
        labels = namespace["metadata"].get("labels", {})
        if not _expired(namespace, now):
            expires = str(labels.get(EXPIRES, ""))
            ends[str(labels.get(PART_OF, labels[RUN]))].append(
                int(expires) if expires.isdigit() else 0
            )
    return tuple(Standing(run, len(times), max(times)) for run, times in sorted(ends.items()))


def sweep_part(connection: Connection, shard: Shard) -> list[str]:
    """Delete what earlier Pods of a shard left; the names of those namespaces.

    Raises InfrastructureError where the namespaces cannot be looked at.
    """
    labels = ",".join(f"{key}={value}" for key, value in shard.labels().items())
    names = [str(one["metadata"]["name"]) for one in _labelled(connection, labels)]
    for name in names:
        tear_down(connection, name)
    return names


def _ours(connection: Connection, run: str | None) -> list[Mapping[str, Any]]:
    """All that are podgrade's, or a run's and its shards'."""
    if run is None:
        return _labelled(connection, RUN)
    return [one for key in (RUN, PART_OF) for one in _labelled(connection, f"{key}={run}")]


def _labelled(connection: Connection, labels: str) -> list[Mapping[str, Any]]:
    query = {"labelSelector": f"{MANAGED_BY}={MANAGER},{labels}"}
    try:
        answer = connection.request("GET", path_of("Namespace"), query=query)
    except ApiRefusal as refusal:
        raise InfrastructureError(refusal.words) from refusal
    items = answer.get("items") or ()
    return [one for one in items if not one["metadata"].get("deletionTimestamp")]


def _expired(namespace: Mapping[str, Any], now: float) -> bool:
    expires = str(namespace["metadata"].get("labels", {}).get(EXPIRES, ""))
    return expires.isdigit() and int(expires) <= now
