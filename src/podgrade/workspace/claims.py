"""PersistentVolumeClaims: waiting until one is bound, and why it never will be.

https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import path_of
from podgrade.workspace.news import until_news

Claim = Mapping[str, Any]


def claim_of(connection: Connection, namespace: str, name: str) -> Claim | None:
    """The claim of that name, None where there is none. Raises InfrastructureError."""
    try:
        return connection.request("GET", path_of("PersistentVolumeClaim", namespace, name))
    except ApiRefusal:
        return None


def await_bound(connection: Connection, namespace: str, name: str, limit: float) -> Claim | None:
    """The claim once it is bound or never can be, else as it is after `limit` seconds."""
    path = path_of("PersistentVolumeClaim", namespace)
    chosen = {"fieldSelector": f"metadata.name={name}"}
    end = time.monotonic() + limit
    while True:
        answer = connection.request("GET", path, query=chosen)
        claim = next(iter(answer.get("items") or ()), None)
        left = end - time.monotonic()
        if claim is None or is_bound(claim) or left <= 0 or missing_class(connection, claim):
            return claim
        until_news(connection, path, chosen, answer["metadata"]["resourceVersion"], left)


def is_bound(claim: Claim) -> bool:
    """True once the claim has its volume."""
    return bool(claim.get("status", {}).get("phase") == "Bound")


def missing_class(connection: Connection, claim: Claim) -> str | None:
    """The StorageClass that the claim names and that does not exist, if so: nobody makes one."""
    name = claim["spec"].get("storageClassName")
    try:
        _class_of(connection, claim)
    except ApiRefusal as refusal:
        return str(name) if refusal.status == 404 else None
    return None


def waits_for_a_pod(connection: Connection, claim: Claim) -> bool:
    """True if the claim gets its volume only when there is a Pod that uses it.

    https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
    """
    try:
        mode = _class_of(connection, claim).get("volumeBindingMode")
    except ApiRefusal:
        return False
    return bool(mode == "WaitForFirstConsumer")


def is_used(claim: Claim, pod: Mapping[str, Any]) -> bool:
    """True if one of the Pod's volumes is this claim."""
    volumes = pod["spec"].get("volumes") or ()
    named = [(one.get("persistentVolumeClaim") or {}).get("claimName") for one in volumes]
    return claim["metadata"]["name"] in named


def _class_of(connection: Connection, claim: Claim) -> Mapping[str, Any]:
    """The claim's StorageClass; empty where it names none. Raises ApiRefusal."""
    name = claim["spec"].get("storageClassName")
    return connection.request("GET", path_of("StorageClass", None, name)) if name else {}
