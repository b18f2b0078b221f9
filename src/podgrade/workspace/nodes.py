"""Whether the node of a Pod did its work while the Pod was there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import log_path, path_of
from podgrade.model.errors import InfrastructureError
from podgrade.model.text import Words, say

_TO_ANSWER = 10.0  # seconds


def absence(connection: Connection, pod: Mapping[str, Any]) -> Words | None:
    """What is wrong with the Pod's node, or was since the Pod was made (Node, condition Ready).

    None where all is well, or where nodes may not be looked at. Raises InfrastructureError.
    """
    name = pod.get("spec", {}).get("nodeName")
    if not name:
        return None
    try:
        node = connection.request("GET", path_of("Node", None, name), timeout=10.0)
    except ApiRefusal as refusal:
        return say("node {node} is gone", node=name) if refusal.status == 404 else None
    return told_by(node, pod)


def silence(connection: Connection, pod: Mapping[str, Any]) -> Words | None:
    """Says so if the Pod's node does not answer now: its kubelet is asked for a line of a log.

    The Node itself tells of that only 40 s later (node-monitor-grace-period).
    """
    name = pod.get("spec", {}).get("nodeName")
    if not name:
        return None
    path = log_path(pod["metadata"]["namespace"], pod["metadata"]["name"])
    query = {"container": pod["spec"]["containers"][0]["name"], "tailLines": "1"}
    try:
        connection.read(path, query=query, limit=1, timeout=_TO_ANSWER)
    except ApiRefusal:  # an answer, too: there is no log yet, or it may not be read
        pass
    except InfrastructureError:
        return say("node {node} does not answer", node=name)
    return None


def told_by(node: Mapping[str, Any], pod: Mapping[str, Any]) -> Words | None:
    """See `absence`. Both times are the control plane's own, so that no clock is compared."""
    name = node["metadata"]["name"]
    for condition in node.get("status", {}).get("conditions") or ():
        if condition["type"] != "Ready":
            continue
        if condition["status"] != "True":
            why = str(condition.get("message") or condition.get("reason") or "-")
            return say("node {node} is not Ready: {message}", node=name, message=why)
        if str(condition.get("lastTransitionTime") or "") > _made(pod):
            return say("node {node} was not Ready meanwhile", node=name)
    return None


def _made(pod: Mapping[str, Any]) -> str:
    """RFC 3339 in UTC, as all times of the API: they sort as text."""
    return str(pod["metadata"].get("creationTimestamp") or "~")
