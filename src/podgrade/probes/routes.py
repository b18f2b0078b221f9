"""What a Service sends where, as its spec and its EndpointSlices say, and why nothing arrives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from podgrade.cluster.conditions import is_ready
from podgrade.cluster.connection import ApiRefusal
from podgrade.cluster.kinds import path_of
from podgrade.model.errors import InfrastructureError
from podgrade.model.failure import Failure
from podgrade.model.reason import Reason
from podgrade.model.text import say
from podgrade.probes import aim, kubectl, selection
from podgrade.probes.bench import Bench
from podgrade.workspace.doom import Goal, GoalKind

Service = Mapping[str, Any]


def the(bench: Bench, name: str) -> Service:
    """The Service. Raises Failure that lists the Services there are."""
    try:
        return get(bench, "Service", name)
    except ApiRefusal as refusal:
        if refusal.status != 404:
            raise InfrastructureError(refusal.words) from refusal
    items = get(bench, "Service").get("items") or ()
    names = sorted(str(item["metadata"]["name"]) for item in items)
    raise Failure(
        Reason(
            "no-service",
            expected=say("a Service named {name}", name=name),
            seen=say("Services {names}", names=", ".join(names))
            if names
            else say("no Service at all"),
            why=say("there is no Service named {name}", name=name),
            look=say("Check `metadata.name` of your Service, and that it is in the manifest"),
        )
    )


def get(bench: Bench, kind: str, name: str | None = None, **query: str) -> dict[str, Any]:
    """An object of the workspace, or (without a name) the list of all. Raises ApiRefusal."""
    path = path_of(kind, bench.workspace.namespace, name)
    return bench.workspace.connection.request("GET", path, query=query)


def port_of(bench: Bench, name: str, wanted: int | str) -> int:
    """The number of the Service's port. Raises Failure where it has none of that number or name,
    and where its selector or its named target port matches nothing: then nobody needs to ask.
    """
    service = the(bench, name)
    one = port(service, wanted)
    unmatched = selection.no_match(bench, service) or _no_target(bench, service, one)
    if unmatched:
        raise Failure(unmatched)
    return int(one["port"])


def port(service: Service, wanted: int | str) -> Mapping[str, Any]:
    """The Service's port of that number or name. Raises Failure that lists those there are."""
    name = service["metadata"]["name"]
    for one in _ports(service):
        if wanted in (one.get("name"), one["port"]):
            return one
    raise Failure(
        Reason(
            "no-such-port",
            expected=say("port {port} of Service {name}", port=wanted, name=name),
            seen=say("ports {ports}", ports=", ".join(map(_shown_port, _ports(service)))),
            why=say("Service {name} has no port {port}", name=name, port=wanted),
            look=say("Check `ports:` of Service {name}", name=name),
        )
    )


def _no_target(bench: Bench, service: Service, one: Mapping[str, Any]) -> Reason | None:
    """Why a port of the Service leads nowhere and never will; None where it does or may."""
    target, behind = one.get("targetPort", one["port"]), selection.behind(bench, service)
    if _number(target, behind) is not None:
        return None
    return _unnamed(str(service["metadata"]["name"]), str(target), behind)


def broken(bench: Bench, name: str, wanted: int | str, *, refused: bool) -> Reason | None:
    """Why no answer comes by way of the Service, as far as that is the Service's doing."""
    service = the(bench, name)
    pods = selection.selected(bench, service)
    if not any(map(is_ready, pods)):
        return unready(bench, service)
    one = port(service, wanted)
    target = one.get("targetPort", one["port"])
    number = _number(target, pods)
    if number is None:
        return _unnamed(name, str(target), pods)
    if not refused:
        return None
    why = say(
        "Service {name} sends port {port} to port {target} of the Pod, and nothing listens there",
        name=name,
        port=one["port"],
        target=target if number == target else f"{target} ({number})",
    )
    look = say("Compare `targetPort:` with the port that the program in the container listens on")
    return Reason("target-port", why=why, look=look)


def unready(bench: Bench, service: Service) -> Reason:
    """Why no Pod behind the Service is Ready."""
    unmatched = selection.no_match(bench, service)
    if unmatched:
        return unmatched
    doom = aim.obstacle(bench, Goal(GoalKind.READY))
    name = service["metadata"]["name"]
    if doom is None:
        return Reason("not-ready", why=say("no Pod behind Service {name} is Ready", name=name))
    why = say("no Pod behind Service {name} is Ready: {why}", name=name, why=doom.why)
    return Reason(doom.code, why=why, look=doom.look)


def _unnamed(name: str, target: str, pods: Iterable[aim.Pod]) -> Reason:
    names = sorted({str(port["name"]) for pod in pods for port in _declared_ports(pod)})
    return Reason(
        "no-such-port",
        expected=say("a container with a port named {target}", target=target),
        seen=say("the containers' named ports: {names}", names=", ".join(names) or "-"),
        why=say(
            "Service {name} sends to the port named {target}, and no container has a port of "
            "that name",
            name=name,
            target=target,
        ),
        look=say("Compare `targetPort:` with `ports:` of the container (`name:`)"),
    )


def _number(target: int | str, pods: Iterable[aim.Pod]) -> int | None:
    """The number of a targetPort; of a named one what the containers say (None: nobody)."""
    if isinstance(target, int):
        return target
    named = (port for pod in pods for port in _declared_ports(pod) if port["name"] == target)
    return next((int(port["containerPort"]) for port in named), None)


def _declared_ports(pod: aim.Pod) -> Iterator[Mapping[str, Any]]:
    for container in kubectl.containers(pod):
        yield from (port for port in container.get("ports") or () if port.get("name"))


def _ports(service: Service) -> list[dict[str, Any]]:
    return list(service["spec"].get("ports") or ())


def _shown_port(port: Mapping[str, Any]) -> str:
    number = f"{port['port']}→{port.get('targetPort', port['port'])}"
    return f"{port['name']}: {number}" if port.get("name") else number
