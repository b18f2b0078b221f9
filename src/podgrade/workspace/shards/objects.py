"""The objects of a sharded run: its namespace, its account, what it is given, its Job."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from podgrade.cluster.kinds import KINDS
from podgrade.workspace import fence
from podgrade.workspace.run import MANAGED_BY, MANAGER, PART_OF, SHARD, Run
from podgrade.workspace.shards.rights import ROLE_OF_A_SHARD
from podgrade.workspace.shards.share import cut

Body = Mapping[str, Any]

ACCOUNT = JOB = "podgrade-shard"
CONTAINER = "podgrade"
PURPOSE = "podgrade.io/purpose"
SHARE, PACK, VERDICT, TROUBLE = "share", "pack", "verdict", "trouble"
"""What a Secret of the run is for."""
ROLE = "shards"

RETRIES = 6
"""How often an index is tried again; the Job doubles the pause each time, from 10 s."""
AWAY = 30
"""Seconds that a node may be away before its Pod is made anew elsewhere (Kubernetes: 300)."""
_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105  a folder
_TOKEN_LIFE = 86400  # seconds; a class takes less
_NOBODY = 65532


@dataclass(frozen=True)
class Order:
    """How a run's shards are started: of which image, how many, and with which arguments."""

    image: str
    count: int
    arguments: tuple[str, ...] = ()


def namespace(run: Run, name: str, version: str) -> Body:
    """The run's own namespace."""
    return fence.namespace(name, run, "restricted", version, role=ROLE)


def surroundings(run: Run, namespace: Body) -> tuple[Body, ...]:
    """The account of the shards with its rights, and a wall: nobody calls them.

    The binding is of the whole cluster, so the namespace owns it: it goes when that goes.
    """
    metadata = namespace["metadata"]
    owner = {"apiVersion": "v1", "kind": "Namespace", "name": metadata["name"]}
    binding = {
        **_object("ClusterRoleBinding", metadata["name"], run),
        "roleRef": {
            "apiGroup": KINDS["ClusterRole"].group,
            "kind": "ClusterRole",
            "name": ROLE_OF_A_SHARD,
        },
        "subjects": [
            {"kind": "ServiceAccount", "name": ACCOUNT, "namespace": metadata["name"]},
        ],
    }
    binding["metadata"]["ownerReferences"] = [{**owner, "uid": metadata["uid"]}]
    wall = {"podSelector": {}, "policyTypes": ["Ingress"]}
    return (
        {**_object("ServiceAccount", ACCOUNT, run), "automountServiceAccountToken": False},
        binding,
        {**_object("NetworkPolicy", "podgrade", run), "spec": wall},
    )


def secrets(run: Run, purpose: str, data: bytes, index: int = 0) -> Iterator[Body]:
    """The data, in as many Secrets as it takes. Only who may read Secrets there sees it."""
    for number, part in enumerate(cut(data)):
        yield secret(run, f"{purpose}-{index}-{number}", purpose, part, index)


def secret(run: Run, name: str, purpose: str, data: bytes, index: int) -> Body:
    """One Secret; it cannot be changed, only deleted."""
    body = _object("Secret", name, run)
    body["metadata"]["labels"] |= {PURPOSE: purpose, SHARD: str(index)}
    return {**body, "immutable": True, "data": {"data": base64.b64encode(data).decode()}}


def content(body: Body) -> bytes:
    """The data of a Secret of ours."""
    return base64.b64decode(body["data"]["data"])


def joined(bodies: Iterable[Body]) -> bytes:
    """What `secrets` was given."""
    parts = sorted(bodies, key=lambda body: int(body["metadata"]["name"].rpartition("-")[2]))
    return b"".join(map(content, parts))


def job(run: Run, order: Order) -> Body:
    """The Indexed Job.

    No podFailurePolicy: with one, an index whose node is away would wait until that node is back
    or gone for good (https://kubernetes.io/docs/concepts/workloads/controllers/job/
    #pod-replacement-policy). Two Pods of one index do no harm: a verdict is written once.
    """
    spec = {
        "completionMode": "Indexed",
        "completions": order.count,
        "parallelism": order.count,
        "backoffLimitPerIndex": RETRIES,
        "podReplacementPolicy": "TerminatingOrFailed",
        "template": {"metadata": {"labels": _labels(run)}, "spec": _pod(run, order)},
    }
    return {**_object("Job", JOB, run), "spec": spec}


def _pod(run: Run, order: Order) -> dict[str, Any]:
    spread = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"batch.kubernetes.io/job-name": JOB}},
    }
    return {
        "restartPolicy": "Never",
        "serviceAccountName": ACCOUNT,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 15,
        "topologySpreadConstraints": [spread],
        "tolerations": [_bears(what) for what in ("not-ready", "unreachable")],
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _NOBODY,
            "runAsGroup": _NOBODY,
            "fsGroup": _NOBODY,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(run, order)],
        "volumes": [{"name": "tmp", "emptyDir": {}}, {"name": "account", "projected": _account()}],
    }


def _container(run: Run, order: Order) -> dict[str, Any]:
    own_name = {"fieldRef": {"fieldPath": "metadata.name"}}
    return {
        "name": CONTAINER,
        "image": order.image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python3", "-m", "podgrade.cli.shard"],
        "args": [f"--run={run.id}", f"--of={order.count}", *order.arguments],
        "env": [{"name": "POD_NAME", "valueFrom": own_name}, {"name": "HOME", "value": "/tmp"}],  # noqa: S108
        "workingDir": "/tmp",  # noqa: S108  a volume of its own
        "resources": {
            "requests": {"cpu": "100m", "memory": "128Mi"},
            "limits": {"memory": "1Gi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "volumeMounts": [
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108
            {"name": "account", "mountPath": _TOKEN, "readOnly": True},
        ],
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }


def _bears(what: str) -> Body:
    key = f"node.kubernetes.io/{what}"
    return {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": AWAY}


def _account() -> Body:
    """What Kubernetes itself would mount, with a token that lasts as long as a class."""
    namespace = {"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}
    authority = {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}
    return {
        "sources": [
            {"serviceAccountToken": {"path": "token", "expirationSeconds": _TOKEN_LIFE}},
            {"configMap": authority},
            {"downwardAPI": {"items": [namespace]}},
        ]
    }


def _object(kind: str, name: str, run: Run) -> dict[str, Any]:
    metadata = {"name": name, "labels": _labels(run)}
    return {"apiVersion": KINDS[kind].api_version, "kind": kind, "metadata": metadata}


def _labels(run: Run) -> dict[str, str]:
    return {MANAGED_BY: MANAGER, PART_OF: run.id}
