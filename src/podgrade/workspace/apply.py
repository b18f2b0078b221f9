"""Creating objects as `kubectl create` does: in an order that works, strictly validated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from podgrade.cluster.connection import Connection
from podgrade.cluster.kinds import KINDS, path_of
from podgrade.model.submission import Document

_FIRST = ("ServiceAccount", "ConfigMap", "Secret", "PersistentVolumeClaim")
_LAST = ("Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob")


def in_order(documents: Iterable[Document]) -> list[Document]:
    """What others need comes first, what runs comes last; else as written."""
    return sorted(documents, key=_rank)


def _rank(document: Document) -> int:
    if document.kind in _FIRST:
        return 0
    return 2 if document.kind in _LAST else 1


def create(
    connection: Connection, namespace: str, document: Document, *, dry_run: bool = False
) -> tuple[str, ...]:
    """Create one object in the namespace; the server's warnings. Raises ApiRefusal."""
    query = {"fieldValidation": "Strict", "fieldManager": "kubectl-create"}
    if dry_run:
        query["dryRun"] = "All"
    path = path_of(document.kind, namespace)
    body = _body(document.body, namespace if KINDS[document.kind].namespaced else None)
    _, warnings = connection.request_with_warnings("POST", path, query=query, body=body)
    return warnings


def _body(body: Mapping[str, Any], namespace: str | None) -> Mapping[str, Any]:
    metadata = body.get("metadata")
    if namespace and isinstance(metadata, Mapping):
        body = {**body, "metadata": {**metadata, "namespace": namespace}}
    # The server ignores a status on creation; one with a wrong field in it would be refused.
    return {key: value for key, value in body.items() if key != "status"}
