"""Would a Pod fit on an empty node? Requests, nodeSelector and taints, as the scheduler sees them.

https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/ (NodeResourcesFit) and
https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ (requests of a Pod)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

Thing = Mapping[str, Any]
Amounts = dict[str, Decimal]

_SHUT = ("NoSchedule", "NoExecute")
_BY_CONDITION = ("node.kubernetes.io/", "node.cloudprovider.kubernetes.io/")


def fits_somewhere(pod: Thing, nodes: Iterable[Thing]) -> bool:
    """True if one of the nodes could hold the Pod if nothing else ran on it and it were well."""
    wanted = requests_of(pod)
    return any(_would_let_in(node, pod) and _holds(node, wanted) for node in nodes)


def requests_of(pod: Thing) -> Amounts:
    """What the Pod asks for: the larger of what its start and its running need."""
    spec = pod["spec"]
    sidecars: Amounts = {}
    starting: Amounts = {}
    for container in spec.get("initContainers") or ():
        own = _requests(container)
        if container.get("restartPolicy") == "Always":
            sidecars = _sum(sidecars, own)
            own = {}
        starting = _larger(starting, _sum(sidecars, own))
    running = sidecars
    for container in spec["containers"]:
        running = _sum(running, _requests(container))
    return _sum(_larger(starting, running), amounts(spec.get("overhead") or {}))


def _requests(container: Thing) -> Amounts:
    return amounts((container.get("resources") or {}).get("requests") or {})


def amounts(quantities: Mapping[str, Any]) -> Amounts:
    from kubernetes.utils.quantity import parse_quantity

    parse: Callable[[Any], Decimal] = parse_quantity  # the library has no types for it
    return {name: parse(value) for name, value in quantities.items()}


def _sum(one: Amounts, other: Amounts) -> Amounts:
    names = one.keys() | other.keys()
    return {name: one.get(name, Decimal(0)) + other.get(name, Decimal(0)) for name in names}


def _larger(one: Amounts, other: Amounts) -> Amounts:
    names = one.keys() | other.keys()
    return {name: max(one.get(name, Decimal(0)), other.get(name, Decimal(0))) for name in names}


def _holds(node: Thing, wanted: Amounts) -> bool:
    allocatable = amounts(node["status"].get("allocatable") or {})
    return all(
        amount <= allocatable.get(name, Decimal(0)) for name, amount in wanted.items() if amount
    )


def lets_in(node: Thing, pod: Thing) -> bool:
    """True if the node takes the Pod as it is now: nodeSelector and taints."""
    return _would_let_in(node, pod) and not any(map(_says_how_it_is, _shut(node, pod)))


def _would_let_in(node: Thing, pod: Thing) -> bool:
    """The same of a node that is well: what passes (NotReady, pressure, cordoned) is no Pod's
    mistake.
    """
    labels = node["metadata"].get("labels") or {}
    selector = pod["spec"].get("nodeSelector") or {}
    chosen = all(labels.get(key) == value for key, value in selector.items())
    return chosen and all(map(_says_how_it_is, _shut(node, pod)))


def _shut(node: Thing, pod: Thing) -> list[Thing]:
    """The node's taints that keep the Pod out."""
    tolerations = pod["spec"].get("tolerations") or ()
    return [
        taint
        for taint in node["spec"].get("taints") or ()
        if taint["effect"] in _SHUT
        and not any(_tolerates(toleration, taint) for toleration in tolerations)
    ]


def _says_how_it_is(taint: Thing) -> bool:
    """True for the taints that Kubernetes itself sets by a node's conditions.

    https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
    """
    return str(taint["key"]).startswith(_BY_CONDITION)


def _tolerates(toleration: Thing, taint: Thing) -> bool:
    if toleration.get("effect") not in {None, "", taint["effect"]}:
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in {None, "", taint["key"]}
    same_key = toleration.get("key") == taint["key"]
    return same_key and (toleration.get("value") or "") == (taint.get("value") or "")
