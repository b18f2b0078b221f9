"""A picture in words, for those who do not see it: one sentence a container, volume and Service."""

from __future__ import annotations

from collections.abc import Iterator

from podgrade.locale import in_language
from podgrade.model.text import Words, say
from podgrade.reports.anatomy.parts import Container, Parts, Pod, Role, Service


def title(parts: Parts, language: str) -> str:
    """The picture's name."""
    names = ", ".join(pod.name for pod in parts.pods)
    return in_language(say("Anatomy of {names}", names=names), language)


def description(parts: Parts, language: str) -> str:
    """What the picture shows, from top to bottom."""
    return " ".join(in_language(one, language) for pod in parts.pods for one in _pod(pod))


def _pod(pod: Pod) -> Iterator[Words]:
    yield say("Pod {name}:", name=pod.name)
    for service in pod.services:
        yield from _service(service)
    for one in pod.containers:
        yield _container(one)
        yield from _ports_and_mounts(one)
    for volume in pod.volumes:
        yield say("Volume {name}: {source}.", name=volume.name, source=volume.source)
    if pod.shares_processes:
        yield say("The containers share one process namespace.")


def _service(service: Service) -> Iterator[Words]:
    for way in service.ways:
        yield say(
            "Service {name} leads from port {port} to port {target}.",
            name=service.name,
            port=way.number,
            target=way.target,
        )


def _container(one: Container) -> Words:
    values = {"name": one.name, "place": one.place, "image": one.image}
    if one.role is Role.INIT:
        return say("Init container {place}, {name} (image {image}).", **values)
    if one.role is Role.SIDECAR:
        return say("Init container {place}, {name} (image {image}), a native sidecar.", **values)
    return say("Container {name} (image {image}).", **values)


def _ports_and_mounts(one: Container) -> Iterator[Words]:
    for port in one.ports:
        yield say("Port {number}/{protocol}.", number=port.number, protocol=port.protocol)
    for mount in one.mounts:
        values = {"volume": mount.volume, "path": mount.path}
        if mount.read_only:
            yield say("Mounts volume {volume} read-only at {path}.", **values)
        else:
            yield say("Mounts volume {volume} at {path}.", **values)
