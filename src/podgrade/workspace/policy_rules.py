"""The refused fields, as a table: where, why, and what to write instead.

Sources: Pod Security Standards (baseline) for what concerns the node, and the ways in which an
object could reach out of its namespace or outlive its run. One row more refuses one thing more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from podgrade.model.exercise import Exercise
from podgrade.model.text import Message, say

_CONTAINERS = ("containers[*]", "initContainers[*]")
_CAPABILITIES = frozenset(
    [
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ]
)
_SYSCTLS = frozenset(
    [
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_wmem",
    ]
)
_VOLUMES = frozenset(
    [
        "name",
        "emptyDir",
        "configMap",
        "secret",
        "projected",
        "downwardAPI",
        "persistentVolumeClaim",
        "ephemeral",
        "image",
    ]
)
_SELINUX_TYPES = (
    "",
    "container_t",
    "container_init_t",
    "container_kvm_t",
    "container_engine_t",
)
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
_ASKED = tuple(
    f"{asker}.{way}.host"
    for asker in (
        "livenessProbe",
        "readinessProbe",
        "startupProbe",
        "lifecycle.postStart",
        "lifecycle.preStop",
    )
    for way in ("httpGet", "tcpSocket")
)
_RESOURCES = frozenset(["cpu", "memory", "ephemeral-storage"])
_TAKE_OUT = say("take this field out")
# what the API server itself writes into every Pod, and so into a manifest taken from one
_OWN_TOLERATIONS = frozenset({"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"})


def _present(value: Any) -> bool:
    return value not in (None, "", [], {}, False, 0)


@dataclass(frozen=True)
class Rule:
    """A field that is refused where `refuses` says so of its value."""

    path: str
    why: Message
    refuses: Callable[[Any], bool] = _present
    look: Message = _TAKE_OUT


def _but(*allowed: Any) -> Callable[[Any], bool]:
    return lambda value: value is not None and value not in allowed


def _is(refused: str) -> Callable[[Any], bool]:
    return lambda value: bool(value == refused)


def _beyond(allowed: Iterable[str]) -> Callable[[Any], bool]:
    """True for a mapping with a key that is not allowed."""
    return lambda value: isinstance(value, Mapping) and bool(set(value) - set(allowed))


def _other_volume(value: Any) -> bool:
    """True for a volume from elsewhere. Its source is an object; any other value stands there
    by mistake, and the API server says that better.
    """
    if not isinstance(value, Mapping):
        return False
    objects = {name for name, source in value.items() if isinstance(source, Mapping)}
    return bool(objects - {*_VOLUMES, "hostPath"})


def _in_containers(path: str, why: Message, **more: Any) -> tuple[Rule, ...]:
    return tuple(Rule(f"{containers}.{path}", why, **more) for containers in _CONTAINERS)


def _in_security(field: str, why: Message, **more: Any) -> tuple[Rule, ...]:
    """For the securityContext of the Pod and of each container."""
    path = f"securityContext.{field}"
    return (Rule(path, why, **more), *_in_containers(path, why, **more))


def _without_apparmor(annotations: Any) -> bool:
    """True for annotations that take a container out of its AppArmor profile."""
    if not isinstance(annotations, Mapping):
        return False
    profiles = [value for key, value in annotations.items() if str(key).startswith(_APPARMOR)]
    return any(
        value != "runtime/default" and not str(value).startswith("localhost/")
        for value in profiles
        if value
    )


def _foreign_toleration(value: Any) -> bool:
    return isinstance(value, Mapping) and str(value.get("key")) not in _OWN_TOLERATIONS


_NODE = say("it reaches into the node")
_PLACE = say("where a Pod runs is for the cluster to decide")
_ALONE = say("it would keep the object after the run")
_CLASS = say("the cluster's own settings stay as they are")
_OUTSIDE = say("it reaches out of the namespace")
_UNCONFINED = say("it takes away what keeps a container apart from the node")

EVERYWHERE = (
    Rule("metadata.finalizers", _ALONE),
    Rule("metadata.ownerReferences", _ALONE),
    Rule("spec.template.metadata.finalizers", _ALONE),
    Rule("spec.template.metadata.ownerReferences", _ALONE),
    Rule("metadata.annotations", _UNCONFINED, _without_apparmor),
    Rule("spec.template.metadata.annotations", _UNCONFINED, _without_apparmor),
)
KIND_RULES: Mapping[str, tuple[Rule, ...]] = {
    "Service": (
        Rule(
            "spec.type",
            say(
                "it opens a way in from outside of the cluster, and here all is asked from inside, "
                "where a Service of type ClusterIP answers just as well"
            ),
            _but("", "ClusterIP"),
            say("write `type: ClusterIP`, or leave `type` out"),
        ),
        Rule("spec.externalIPs", _OUTSIDE),
        Rule("spec.externalName", _OUTSIDE),
        Rule("spec.ports[*].nodePort", _OUTSIDE),
        Rule("spec.loadBalancerIP", _OUTSIDE),
        Rule("spec.loadBalancerClass", _OUTSIDE),
    ),
    "PersistentVolumeClaim": (
        Rule("spec.volumeName", _OUTSIDE),
        Rule("spec.dataSource", _OUTSIDE),
        Rule("spec.dataSourceRef", _OUTSIDE),
    ),
    "Secret": (
        Rule(
            "type",
            _OUTSIDE,
            lambda value: value == "kubernetes.io/service-account-token",
            say("write `type: Opaque`, or leave `type` out"),
        ),
    ),
}
POD_RULES = (
    *(Rule(name, _NODE) for name in ("hostNetwork", "hostPID", "hostIPC")),
    Rule(
        "volumes[*].hostPath",
        _NODE,
        _but(None),
        say("use `{volume}` instead", volume="emptyDir: {}"),
    ),
    Rule(
        "volumes[*]",
        say("only volumes of the namespace may be used"),
        _other_volume,
        say("use `emptyDir`, `configMap`, `secret`, `projected`, `downwardAPI` or a claim"),
    ),
    Rule("nodeName", _PLACE),
    Rule("tolerations[*]", _PLACE, _foreign_toleration),
    Rule("schedulerName", _PLACE, _but("", "default-scheduler")),
    Rule("schedulingGates", _PLACE),
    Rule("priorityClassName", _CLASS),
    Rule("runtimeClassName", _CLASS),
    Rule("resourceClaims", _CLASS),
    Rule("serviceAccountName", _OUTSIDE, _but("", "default")),
    Rule("serviceAccount", _OUTSIDE, _but("", "default")),
    Rule("ephemeralContainers", say("they can only be added to a Pod that runs")),
    Rule("securityContext.sysctls[*].name", _NODE, _but(*_SYSCTLS)),
    *_in_security("windowsOptions.hostProcess", _NODE),
    *_in_security("seLinuxOptions.type", _UNCONFINED, refuses=_but(*_SELINUX_TYPES)),
    *_in_security("seLinuxOptions.user", _UNCONFINED),
    *_in_security("seLinuxOptions.role", _UNCONFINED),
    *_in_security("seccompProfile.type", _UNCONFINED, refuses=_is("Unconfined")),
    *_in_security("appArmorProfile.type", _UNCONFINED, refuses=_is("Unconfined")),
    *_in_containers("securityContext.privileged", _NODE),
    *_in_containers("securityContext.procMount", _NODE, refuses=_but("", "Default")),
    *(
        rule
        for path in _ASKED
        for rule in _in_containers(
            path, _OUTSIDE, look=say("leave `host` out: then the Pod itself is asked")
        )
    ),
    *_in_containers(
        "ports[*].hostPort", _NODE, look=say("leave only `containerPort`, and use a Service")
    ),
    *_in_containers("volumeDevices", _NODE),
    *_in_containers(
        "resources.limits",
        _NODE,
        refuses=_beyond(_RESOURCES),
        look=say("ask only for `cpu`, `memory` and `ephemeral-storage`"),
    ),
    *_in_containers(
        "resources.requests",
        _NODE,
        refuses=_beyond(_RESOURCES),
        look=say("ask only for `cpu`, `memory` and `ephemeral-storage`"),
    ),
)


def capability_rules(exercise: Exercise) -> tuple[Rule, ...]:
    """The rule for added capabilities: the level's, and what the exercise allows besides."""
    level = (
        frozenset({"NET_BIND_SERVICE"}) if exercise.pod_security == "restricted" else _CAPABILITIES
    )
    refuses = _capabilities_beyond(level.union(exercise.capabilities))
    return _in_containers("securityContext.capabilities.add", _NODE, refuses=refuses)


def _capabilities_beyond(allowed: frozenset[str]) -> Callable[[Any], bool]:
    def refuses(value: Any) -> bool:
        return isinstance(value, list) and any(str(name) not in allowed for name in value)

    return refuses
