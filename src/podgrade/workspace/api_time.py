"""The API server's own time: that of what it creates, whatever the clock is here."""

from __future__ import annotations

from podgrade.cluster.connection import Connection
from podgrade.cluster.kinds import path_of


def api_time(connection: Connection, namespace: str) -> str:
    """When it would have created something just now (RFC 3339, whole seconds); nothing is made.

    Raises ApiRefusal, InfrastructureError.
    """
    path, query = path_of("ConfigMap", namespace), {"dryRun": "All"}
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "podgrade-"}}
    made = connection.request("POST", path, query=query, body=body)
    return str(made["metadata"]["creationTimestamp"])
