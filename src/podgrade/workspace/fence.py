"""The objects that fence a workspace in: namespace, identity, rights, quota, network.

Each wall holds by itself: https://kubernetes.io/docs/concepts/security/multi-tenancy/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podgrade.cluster.kinds import KINDS
from podgrade.workspace.run import MANAGED_BY, MANAGER, ROLE, RUN, Run

Body = Mapping[str, Any]

LEARNER = "podgrade-learner"
_CHANGER = "podgrade-learner-changes"
TOOLBOX_ROLE = "toolbox"

LEARNER_KINDS = (
    "Pod",
    "Service",
    "ConfigMap",
    "Secret",
    "PersistentVolumeClaim",
    "Deployment",
    "Job",
)

_PSA = "pod-security.kubernetes.io"

# What a container has that does not say: little is asked for, so that a class fits on two
# cores. No CPU limit: it would slow every start. Storage is not asked for, since a node may
# not account for it (and would then be too small for every Pod).
_CONTAINER_DEFAULTS = {
    "type": "Container",
    "defaultRequest": {"cpu": "10m", "memory": "16Mi", "ephemeral-storage": "0"},
    "default": {"memory": "512Mi", "ephemeral-storage": "512Mi"},
}

_QUOTA = {
    "pods": "20",
    "requests.cpu": "4",
    "requests.memory": "4Gi",
    "limits.memory": "12Gi",
    "limits.ephemeral-storage": "12Gi",
    "requests.storage": "10Gi",
    "persistentvolumeclaims": "5",
    "services": "10",
    "services.nodeports": "0",
    "services.loadbalancers": "0",
    "configmaps": "20",
    "secrets": "20",
    "count/deployments.apps": "10",
    "count/jobs.batch": "10",
}


def learner_user(namespace: str) -> str:
    """The user name of a workspace's learner."""
    return f"system:serviceaccount:{namespace}:{LEARNER}"


def namespace(name: str, run: Run, level: str, version: str, role: str = "workspace") -> Body:
    """The namespace; Pod Security enforces `level` of the server's own minor version.

    Where it enforces nothing (privileged), it still warns of what baseline would refuse.
    """
    warned = "baseline" if level == "privileged" else level
    labels = {
        **run.labels(),
        ROLE: role,
        f"{_PSA}/enforce": level,
        f"{_PSA}/enforce-version": version,
        f"{_PSA}/warn": warned,
        f"{_PSA}/warn-version": version,
    }
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": labels},
    }


def walls(run: Run) -> tuple[Body, ...]:
    """What is made in a workspace's namespace before anything of the learner's."""
    return (_identity(), _rights(), _binding(), _defaults(), _quota(), _network(run))


def _object(kind: str, name: str, **content: Any) -> Body:
    return {
        "apiVersion": KINDS[kind].api_version,
        "kind": kind,
        "metadata": {"name": name, "labels": {MANAGED_BY: MANAGER}},
        **content,
    }


def rights_to_change(kind: str, name: str) -> tuple[Body, ...]:
    """What lets the learner change one object that is there already, and no other."""
    found = KINDS[kind]
    rule = {
        "apiGroups": [found.group],
        "resources": [found.plural],
        "resourceNames": [name],
        "verbs": ["update"],
    }
    return _object("Role", _CHANGER, rules=[rule]), _binding(_CHANGER)


def _identity() -> Body:
    return _object("ServiceAccount", LEARNER, automountServiceAccountToken=False)


def _rights() -> Body:
    kinds = [KINDS[name] for name in LEARNER_KINDS]
    rules = [
        {
            "apiGroups": [group],
            "resources": sorted(kind.plural for kind in kinds if kind.group == group),
            "verbs": ["create", "get"],
        }
        for group in sorted({kind.group for kind in kinds})
    ]
    return _object("Role", LEARNER, rules=rules)


def _binding(role: str = LEARNER) -> Body:
    group = KINDS["Role"].group
    return _object(
        "RoleBinding",
        role,
        roleRef={"apiGroup": group, "kind": "Role", "name": role},
        subjects=[{"kind": "ServiceAccount", "name": LEARNER}],
    )


def _defaults() -> Body:
    return _object("LimitRange", "podgrade", spec={"limits": [_CONTAINER_DEFAULTS]})


def _quota() -> Body:
    return _object("ResourceQuota", "podgrade", spec={"hard": _QUOTA})


def _network(run: Run) -> Body:
    """In and out only within the namespace, in from the toolbox, out to the cluster's DNS."""
    inside: Body = {"podSelector": {}}
    toolbox = {"namespaceSelector": {"matchLabels": {RUN: run.id, ROLE: TOOLBOX_ROLE}}}
    dns = [
        {"namespaceSelector": {}, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}},
        {"ipBlock": {"cidr": "169.254.20.10/32"}},  # NodeLocal DNSCache
    ]
    ports = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]
    return _object(
        "NetworkPolicy",
        "podgrade",
        spec={
            "podSelector": {},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": [inside, toolbox]}],
            "egress": [{"to": [inside]}, {"to": dns, "ports": ports}],
        },
    )


def trial_pod() -> Body:
    """A Pod that every level of Pod Security lets in, for a dry run as the learner."""
    security = {
        "allowPrivilegeEscalation": False,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    container = {"name": "trial", "image": "trial", "securityContext": security}
    return _object("Pod", "podgrade-trial", spec={"containers": [container]})
