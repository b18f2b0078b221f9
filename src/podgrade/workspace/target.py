"""Which Pods belong to the object an exercise names; from the Pods alone, nothing is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podgrade.cluster.conditions import condition

Pod = Mapping[str, Any]

TEMPLATE_HASH = "pod-template-hash"
_NAMED = frozenset({"ReplicaSet", "StatefulSet"})


def belongs(pod: Pod, name: str) -> bool:
    """True for the Pod of that name, and for Pods of the Deployment, Job … of that name."""
    controller = _controller(pod)
    if controller is None:
        return str(pod["metadata"]["name"]) == name
    if controller.get("kind") in _NAMED and pod["metadata"]["name"] == name:
        return True  # a name of its own, lasting or drawn by lot: somebody wants this one Pod
    if controller.get("kind") == "ReplicaSet":
        return controller.get("name") in {name, f"{name}-{template_hash(pod)}"}
    return controller.get("name") == name


def _controller(pod: Pod) -> Mapping[str, Any] | None:
    owners = pod["metadata"].get("ownerReferences") or ()
    return next((owner for owner in owners if owner.get("controller")), None)


def template_hash(pod: Pod) -> str:
    """The label that tells from which template of its Deployment the Pod (or ReplicaSet) is."""
    return str((pod["metadata"].get("labels") or {}).get(TEMPLATE_HASH, ""))


def typed(pod: Pod) -> str:
    """What `kubectl logs` and `kubectl exec` are given for the Pod: its name or, where that is
    drawn by lot, `deployment/NAME` or `job/NAME`, which is also right the next time.
    """
    controller = _controller(pod)
    if controller is None or controller.get("kind") not in {"ReplicaSet", "Job"}:
        return str(pod["metadata"]["name"])
    if controller["kind"] == "Job":
        return f"job/{controller['name']}"
    return f"deployment/{str(controller['name']).removesuffix(f'-{template_hash(pod)}')}"


def containers_of(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All containers of a Pod's spec, init containers first, as the spec has them."""
    return [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]


def terminating(pod: Pod) -> bool:
    """True once the Pod is being deleted, or is gone."""
    return bool(pod["metadata"].get("deletionTimestamp"))


def out_of_room(pod: Pod) -> bool:
    """True while the scheduler finds no node with room for the Pod."""
    refused = condition(pod, "PodScheduled", "False") or {}
    return "Insufficient" in refused.get("message", "")
