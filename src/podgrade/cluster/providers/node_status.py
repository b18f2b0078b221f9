"""How a cluster of the provider `node` says it is: what its supervisors write down."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from podgrade.cluster.providers import ClusterStatus, ComponentStatus, NodeStatus


def read_status(name: str, folder: Path) -> ClusterStatus:
    """What the supervisor last wrote to status.json; it replaces the file whole.

    A cluster is not ready while one of its nodes is not.
    """
    said = _said(folder)
    if said is None:
        return ClusterStatus(name, "starting")
    kubeconfig = folder / "kubeconfig"
    nodes = _nodes(said, folder)
    lame = said["phase"] == "ready" and not all(node.ready for node in nodes)
    return ClusterStatus(
        name=name,
        phase="repairing" if lame else said["phase"],
        kubeconfig=kubeconfig if kubeconfig.exists() else None,
        step="node" if lame else said["step"],
        problem=said["problem"],
        seconds=said["seconds"],
        components=_components(said),
        nodes=nodes,
    )


def _said(folder: Path) -> Mapping[str, Any] | None:
    try:
        said: Mapping[str, Any] = json.loads((folder / "status.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return said


def _nodes(said: Mapping[str, Any], folder: Path) -> tuple[NodeStatus, ...]:
    """Every node; further ones have a supervisor each, which speaks for their components."""
    return tuple(
        NodeStatus(
            node["name"],
            node["ready"],
            node["message"],
            _components(_said(folder / "nodes" / node["name"]) or {}),
        )
        for node in said.get("nodes", ())
    )


def _components(said: Mapping[str, Any]) -> tuple[ComponentStatus, ...]:
    return tuple(
        ComponentStatus(part["name"], part["running"], part["restarts"], part["last_exit"])
        for part in said.get("components", ())
    )
