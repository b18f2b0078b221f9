"""How many submissions a cluster has room for, by what its nodes offer and what runs on them.

https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/#node-allocatable
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from podgrade.cluster.conditions import is_ready
from podgrade.model.text import Words, say
from podgrade.workspace.room import Amounts, amounts, lets_in, requests_of

Thing = Mapping[str, Any]

ONE: Amounts = {"pods": Decimal(3), "cpu": Decimal("0.125"), "memory": Decimal(128 << 20)}
"""What an ordinary submission is taken for: its Pod, one that is still going and one of the
exercise's own; an eighth of a core while it starts (measured: 2.5 to 3 s of processor time in
about 20 s); 128 MiB. An exercise of `weight` n counts n times.
"""

_PRESSURES = ("MemoryPressure", "DiskPressure", "PIDPressure")
_NAMES: dict[str, Words] = {"pods": say("Pods"), "cpu": say("CPU"), "memory": say("memory")}
_PLAIN: Thing = {"spec": {"containers": []}}
_OVER = ("Succeeded", "Failed")


@dataclass(frozen=True)
class Capacity:
    """How many ordinary submissions fit at once, and what there is least of."""

    count: int
    least: Words


def capacity(nodes: Iterable[Thing], pods: Iterable[Thing]) -> Capacity:
    """What the nodes have left besides these Pods; 0 where none takes any."""
    taken: dict[str, list[Thing]] = {}
    for pod in pods:
        if pod.get("status", {}).get("phase") not in _OVER:
            taken.setdefault(str(pod["spec"].get("nodeName")), []).append(pod)
    usable = [node for node in nodes if _takes_any(node)]
    left = [_left(node, taken.get(node["metadata"]["name"], ())) for node in usable]
    count = sum(min(_times(free, name) for name in ONE) for free in left)
    least = min(ONE, key=lambda name: sum(_times(free, name) for free in left))
    return Capacity(count, _NAMES[least])


def pressure(nodes: Iterable[Thing]) -> Words | None:
    """What a node says that it is short of, in a sentence."""
    for node in nodes:
        for condition in _conditions(node):
            if condition.get("type") in _PRESSURES and condition.get("status") == "True":
                return say("a node has {condition}", condition=condition["type"])
    return None


def _takes_any(node: Thing) -> bool:
    return is_ready(node) and not node["spec"].get("unschedulable") and lets_in(node, _PLAIN)


def _conditions(node: Thing) -> Sequence[Thing]:
    return node["status"].get("conditions") or ()


def _left(node: Thing, pods: Sequence[Thing]) -> Amounts:
    """What of the node nobody has asked for; `pods` are those that run on it."""
    offered = node["status"].get("allocatable") or {}
    left = amounts({name: offered.get(name, "0") for name in ONE})
    for pod in pods:
        asked = {**requests_of(pod), "pods": Decimal(1)}
        left = {name: amount - asked.get(name, Decimal(0)) for name, amount in left.items()}
    return left


def _times(free: Amounts, name: str) -> int:
    return max(0, int(free[name] / ONE[name]))
