"""Examinations that only ask the API server: version, rights, storage, room, clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import path_of
from podgrade.model.text import Message, say
from podgrade.workspace.doctor.finding import Finding, State
from podgrade.workspace.needs import default_class, mark_one
from podgrade.workspace.room import amounts, lets_in, requests_of

OLDEST = 29  # minor version: native sidecars are on by default since v1.29
_SKEW = 5.0  # seconds; the API's times are whole ones
_A_SUBMISSION = {"cpu": Decimal("0.02"), "memory": Decimal(2**25), "pods": Decimal(1)}
_IDLE: Mapping[str, Any] = {"spec": {"containers": []}}

# What a run does, as (verb, kind or resource, what for).
_RIGHTS: tuple[tuple[str, str, Message], ...] = (
    ("create", "namespaces", say("make workspaces")),
    ("delete", "namespaces", say("delete workspaces")),
    ("list", "namespaces", say("find what killed runs left")),
    ("watch", "pods", say("see what becomes of the Pods")),
    ("watch", "events", say("say why a Pod does not start")),
    ("create", "pods", say("hand in manifests")),
    ("delete", "pods", say("replace Pods, to see what outlives them")),
    ("patch", "pods", say("change a container's image")),
    ("update", "deployments.apps", say("change the Deployment that an exercise has there")),
    ("patch", "deployments.apps", say("scale Deployments")),
    ("list", "replicasets.apps", say("see how far a rollout is")),
    ("create", "pods/exec", say("run commands in containers")),
    ("get", "pods/log", say("read logs")),
    ("patch", "pods/ephemeralcontainers", say("ask from inside of Pods without a client")),
    ("list", "endpointslices.discovery.k8s.io", say("see where Services send")),
    ("create", "serviceaccounts", say("make the learner's identity")),
    ("create", "roles.rbac.authorization.k8s.io", say("make the learner's identity")),
    ("create", "rolebindings.rbac.authorization.k8s.io", say("make the learner's identity")),
    ("create", "resourcequotas", say("fence workspaces in")),
    ("create", "limitranges", say("fence workspaces in")),
    ("create", "networkpolicies.networking.k8s.io", say("fence workspaces in")),
    ("list", "nodes", say("know the room there is")),
)
# By group and version; all are there, and switched on, in every Kubernetes from v1.25 on.
_RESOURCES: Mapping[str, frozenset[str]] = {
    "v1": frozenset({"pods", "pods/exec", "pods/log", "pods/ephemeralcontainers", "services"}),
    "apps/v1": frozenset({"deployments", "deployments/scale", "replicasets"}),
    "batch/v1": frozenset({"jobs"}),
    "discovery.k8s.io/v1": frozenset({"endpointslices"}),
    "networking.k8s.io/v1": frozenset({"networkpolicies"}),
    "rbac.authorization.k8s.io/v1": frozenset({"roles", "rolebindings"}),
}
_IMPERSONATE = ("impersonate", "serviceaccounts", say("create objects with the learner's rights"))


def version(connection: Connection) -> Finding:
    """The server's version, against the oldest that the exercises run on."""
    subject = say("Kubernetes version")
    found = connection.server_version()
    seen = say("{version}", version=found)
    minor = re.search(r"\.(\d+)", found)
    if minor and int(minor[1]) >= OLDEST:
        return Finding(subject, State.GOOD, seen)
    cure = say(
        "use a cluster of version v1.{oldest} or newer: before it, sidecar containers that"
        " restart are not there",
        oldest=OLDEST,
    )
    return Finding(subject, State.BAD, seen, cure)


def features(connection: Connection) -> Finding:
    """Whether the server has every resource that a run uses (its discovery documents)."""
    subject = say("features")
    missing = [
        f"{group} {name}"
        for group, names in _RESOURCES.items()
        for name in sorted(names - _resources(connection, group))
    ]
    if not missing:
        return Finding(subject, State.GOOD, say("all that exercises use"))
    cure = say(
        "exercises that use them cannot be graded here: have the cluster's owner switch them on,"
        " or use a cluster of your own (`podgrade cluster up`)"
    )
    return Finding(subject, State.BAD, say("missing: {names}", names=", ".join(missing)), cure)


def _resources(connection: Connection, group: str) -> set[str]:
    path = f"/api/{group}" if "/" not in group else f"/apis/{group}"
    try:
        answer = connection.request("GET", path)
    except ApiRefusal as refusal:
        if refusal.status == 404:
            return set()
        raise
    return {str(one["name"]) for one in answer.get("resources") or ()}


def rights(connection: Connection) -> Finding:
    """Whether this identity may do all that a run does (SelfSubjectAccessReview)."""
    subject = say("rights")
    missing = [(verb, what, why) for verb, what, why in _RIGHTS if not _may(connection, verb, what)]
    if missing:
        named = ", ".join(f"{verb} {what}" for verb, what, _ in missing)
        cure = say(
            "ask the cluster's owner for these rights, or use a cluster of your own"
            " (`podgrade cluster up`); the first is needed to {what}",
            what=missing[0][2],
        )
        return Finding(subject, State.BAD, say("missing: {rights}", rights=named), cure)
    if not _may(connection, *_IMPERSONATE[:2]):
        seen = say("all but impersonation: manifests are created with your own rights")
        cure = say("allow `impersonate` on serviceaccounts if manifests come from strangers")
        return Finding(subject, State.WARNING, seen, cure)
    return Finding(subject, State.GOOD, say("all that a run needs"))


def _may(connection: Connection, verb: str, what: str) -> bool:
    resource, _, subresource = what.partition("/")
    resource, _, group = resource.partition(".")
    attributes = {"verb": verb, "resource": resource, "subresource": subresource, "group": group}
    answer = connection.request(
        "POST",
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        body={"spec": {"resourceAttributes": attributes}},
    )
    return bool(answer["status"].get("allowed"))


def storage(connection: Connection) -> Finding:
    """Whether a claim without a class gets a volume."""
    subject = say("default StorageClass")
    found = default_class(connection)
    if found is not None:
        return Finding(subject, State.GOOD, say("{name}", name=found))
    cure = say(
        "exercises with a PersistentVolumeClaim cannot be graded here: {cure}", cure=mark_one()
    )
    return Finding(subject, State.WARNING, say("there is none"), cure)


def room(connection: Connection) -> Finding:
    """How many submissions fit beside what runs already, by the requests of a usual one."""
    nodes = connection.request("GET", path_of("Node")).get("items") or []
    pods = connection.request("GET", path_of("Pod")).get("items") or []
    fits = sum(_free(node, pods) for node in nodes if lets_in(node, _IDLE))
    seen = say("room for about {count} submissions at once", count=fits)
    state = State.GOOD if fits >= 1 else State.BAD
    cure = None if fits else say("delete what is not needed (`podgrade clean`), or add a node")
    return Finding(say("room"), state, seen, cure)


def _free(node: Mapping[str, Any], pods: Iterable[Mapping[str, Any]]) -> int:
    left = dict(amounts(node["status"].get("allocatable") or {}))
    for pod in pods:
        if pod["spec"].get("nodeName") == node["metadata"]["name"] and _holds_room(pod):
            for name, amount in {**requests_of(pod), "pods": Decimal(1)}.items():
                left[name] = left.get(name, Decimal(0)) - amount
    return max(
        int(min(left.get(name, Decimal(0)) // one for name, one in _A_SUBMISSION.items())), 0
    )


def _holds_room(pod: Mapping[str, Any]) -> bool:
    return pod.get("status", {}).get("phase") not in {"Succeeded", "Failed"}


def clock(created: str, now: datetime) -> Finding:
    """The server's time (a creationTimestamp) against `now`, when it was made."""
    away = abs((now.astimezone(UTC) - datetime.fromisoformat(created)).total_seconds())
    seen = say("{seconds} s apart from the cluster's", seconds=f"{away:.0f}")
    if away <= _SKEW:
        return Finding(say("clock"), State.GOOD, seen)
    cure = say("set the clocks (NTP): what killed runs left is deleted by time")
    return Finding(say("clock"), State.WARNING, seen, cure)
