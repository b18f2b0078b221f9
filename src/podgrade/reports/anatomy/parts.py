"""What a picture of a Pod shows: containers, volumes, ports and Services, read from manifests.

Manifests are plain mappings and may be anyone's: what has not the shape that Kubernetes gives it
is passed over, and every text is made harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from podgrade.reports.anatomy.plain import child, children, text
from podgrade.reports.anatomy.volumes import Volume, volumes_of

Body = Mapping[str, Any]

# Where each workload keeps its Pod's spec and labels.
TEMPLATES: dict[str, tuple[str, ...]] = {
    "Pod": (),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    **dict.fromkeys(
        ("Deployment", "Job", "StatefulSet", "DaemonSet", "ReplicaSet"), ("spec", "template")
    ),
}


class Role(Enum):
    """How a container lives: an init container ends first, a native sidecar goes on."""

    INIT = "init"
    SIDECAR = "sidecar"
    ORDINARY = "ordinary"


@dataclass(frozen=True)
class Port:
    """A declared port: `80/TCP`, perhaps with a name."""

    number: str
    protocol: str = "TCP"
    name: str = ""


@dataclass(frozen=True)
class Mount:
    """A volume at a path of a container; `part` is its subPath."""

    volume: str
    path: str
    read_only: bool = False
    part: str = ""


@dataclass(frozen=True)
class Container:
    """One container; `place` counts init containers and native sidecars from 1, in order."""

    name: str
    image: str
    role: Role = Role.ORDINARY
    place: int = 0
    ports: tuple[Port, ...] = ()
    mounts: tuple[Mount, ...] = ()


@dataclass(frozen=True)
class Way:
    """One port of a Service, and the container's port that it leads to as the manifest says it."""

    number: str
    target: str
    name: str = ""


@dataclass(frozen=True)
class Service:
    """A Service that selects the Pod; `kind` is its type where that is not ClusterIP."""

    name: str
    ways: tuple[Way, ...]
    kind: str = ""


@dataclass(frozen=True)
class Pod:
    """A Pod or the template of one; `owner` is the kind of the object, `Pod` for a bare one."""

    name: str
    owner: str
    containers: tuple[Container, ...]
    volumes: tuple[Volume, ...] = ()
    services: tuple[Service, ...] = ()
    replicas: int = 1
    shares_processes: bool = False


@dataclass(frozen=True)
class Parts:
    """Everything that is drawn, in the order of the manifest."""

    pods: tuple[Pod, ...]


def parts_of(objects: Iterable[Body]) -> Parts:
    """The parts of the Pods in these objects (`apiVersion`, `kind`, `spec`, …)."""
    found = [body for body in objects if isinstance(body, Mapping)]
    services = [body for body in found if body.get("kind") == "Service"]
    pods = (_pod(body, services) for body in found if body.get("kind") in TEMPLATES)
    return Parts(tuple(pod for pod in pods if pod.containers))


def _pod(body: Body, services: Iterable[Body]) -> Pod:
    kind = str(body["kind"])
    template = child(body, *TEMPLATES[kind])
    spec = child(template, "spec")
    containers = tuple(_containers(spec))
    volumes = volumes_of(spec, (mount.volume for one in containers for mount in one.mounts))
    replicas = child(body, "spec").get("replicas")
    return Pod(
        name=text(child(body, "metadata").get("name")),
        owner=kind,
        containers=_with_read_only(containers, volumes),
        volumes=volumes,
        services=tuple(_services(services, child(template, "metadata", "labels"))),
        replicas=replicas if isinstance(replicas, int) and kind != "Pod" else 1,
        shares_processes=spec.get("shareProcessNamespace") is True,
    )


def _containers(spec: Body) -> Iterator[Container]:
    for place, body in enumerate(children(spec.get("initContainers")), 1):
        goes_on = body.get("restartPolicy") == "Always"
        yield _container(body, Role.SIDECAR if goes_on else Role.INIT, place)
    for body in children(spec.get("containers")):
        yield _container(body, Role.ORDINARY, 0)


def _container(body: Body, role: Role, place: int) -> Container:
    return Container(
        name=text(body.get("name")),
        image=text(body.get("image")),
        role=role,
        place=place,
        ports=tuple(_port(one) for one in children(body.get("ports"))),
        mounts=(
            *(_mount(one) for one in children(body.get("volumeMounts"))),
            *(
                Mount(text(one.get("name")), text(one.get("devicePath")))
                for one in children(body.get("volumeDevices"))
            ),
        ),
    )


def _port(body: Body) -> Port:
    return Port(
        number=text(body.get("containerPort")),
        protocol=text(body.get("protocol") or "TCP"),
        name=text(body.get("name")),
    )


def _mount(body: Body) -> Mount:
    return Mount(
        volume=text(body.get("name")),
        path=text(body.get("mountPath")),
        read_only=body.get("readOnly") is True,
        part=text(body.get("subPath") or body.get("subPathExpr")),
    )


def _with_read_only(
    containers: Iterable[Container], volumes: Iterable[Volume]
) -> tuple[Container, ...]:
    """Mounts of ConfigMaps, Secrets and the like are read-only whatever the mount says."""
    fixed = {volume.name for volume in volumes if volume.read_only}
    return tuple(
        replace(
            one,
            mounts=tuple(
                replace(mount, read_only=mount.read_only or mount.volume in fixed)
                for mount in one.mounts
            ),
        )
        for one in containers
    )


def _services(services: Iterable[Body], labels: Body) -> Iterator[Service]:
    for body in services:
        spec = child(body, "spec")
        selector = child(spec, "selector")
        if selector and selector.items() <= labels.items():
            kind = text(spec.get("type"))
            yield Service(
                name=text(child(body, "metadata").get("name")),
                ways=tuple(_way(one) for one in children(spec.get("ports"))),
                kind="" if kind == "ClusterIP" else kind,
            )


def _way(body: Body) -> Way:
    number = text(body.get("port"))
    return Way(number, text(body.get("targetPort")) or number, text(body.get("name")))
