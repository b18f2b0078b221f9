"""Creating objects as `kubectl create` does: in an order that works, strictly validated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from podgrade.cluster.connection import Connection
from podgrade.cluster.kinds import KINDS, path_of
from podgrade.model.errors import GraderError
from podgrade.model.submission import Document
from podgrade.model.text import say
from podgrade.workspace.workloads import SCALES

_FIRST = ("ServiceAccount", "ConfigMap", "Secret", "PersistentVolumeClaim")
_LAST = ("Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob")
_SERVERS = frozenset(
    {"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"}
)


def in_order(documents: Iterable[Document]) -> list[Document]:
    """What others need comes first, what runs comes last; else as written."""
    return sorted(documents, key=_rank)


def _rank(document: Document) -> int:
    if document.kind in _FIRST:
        return 0
    return 2 if document.kind in _LAST else 1


class Send(Protocol):
    """`create` or `replace`: one object goes to the server. Raises ApiRefusal."""

    def __call__(
        self, connection: Connection, namespace: str, document: Document, *, dry_run: bool = False
    ) -> tuple[str, ...]:
        """The server's warnings."""
        ...


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


def replace(
    connection: Connection, namespace: str, document: Document, *, dry_run: bool = False
) -> tuple[str, ...]:
    """Put the document in the place of the object of that name, as `kubectl replace` does.

    The server's warnings. What `kubectl get -o yaml` shows beside what was written is left out:
    it may come from an older state, or from another cluster. Raises ApiRefusal.
    """
    query = {"fieldValidation": "Strict", "fieldManager": "kubectl-replace"}
    if dry_run:
        query["dryRun"] = "All"
    path = path_of(document.kind, namespace, document.name)
    body = without_the_servers(_body(document.body, namespace))
    _, warnings = connection.request_with_warnings("PUT", path, query=query, body=body)
    return warnings


def scale(connection: Connection, namespace: str, document: Document, replicas: int) -> None:
    """Have so many Pods of a workload (spec.replicas), as `kubectl scale` does.

    Raises GraderError for one that has no replicas, ApiRefusal.
    """
    if document.kind not in SCALES:
        about = {"kind": document.kind, "name": document.name}
        raise GraderError(say("{kind}/{name} has no replicas to scale", **about))
    connection.request(
        "PATCH",
        path_of(document.kind, namespace, document.name),
        body={"spec": {"replicas": replicas}},
        content_type="application/merge-patch+json",
    )


def without_the_servers(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body without what only the server writes into an object's metadata."""
    metadata = {key: value for key, value in body["metadata"].items() if key not in _SERVERS}
    return {**body, "metadata": metadata}


def _body(body: Mapping[str, Any], namespace: str | None) -> Mapping[str, Any]:
    metadata = body.get("metadata")
    if namespace and isinstance(metadata, Mapping):
        body = {**body, "metadata": {**metadata, "namespace": namespace}}
    # The server ignores a status on creation; one with a wrong field in it would be refused.
    return {key: value for key, value in body.items() if key != "status"}
