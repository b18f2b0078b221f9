"""The probe `service`: where a Service sends, by its EndpointSlices."""

from __future__ import annotations

import time

from podgrade.cluster.conditions import is_ready
from podgrade.model.failure import Failure
from podgrade.model.reason import Reason
from podgrade.model.text import Words, say
from podgrade.probes import aim, kubectl, routes, selection
from podgrade.probes.bench import Bench
from podgrade.probes.tape import Stage
from podgrade.probes.values import About, Flag, Text
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.endpoints import OF_SERVICE, await_endpoints

_FOLLOWS = 15.0  # seconds in which the endpoints follow the Pods


class ServiceProbe:
    """`service("app").reaches(2)`: what is behind a Service of the workspace."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, name: str) -> Endpoints:
        """The endpoints of the Service of that name."""
        return Endpoints(self._stage, name)


class Endpoints:
    """The addresses that a Service sends to."""

    def __init__(self, stage: Stage, name: str) -> None:
        self._stage = stage
        self._name = name

    def reaches(self, count: int) -> Flag:
        """True as soon as the Service sends to exactly so many Pods of the target, and to no
        other: its EndpointSlices have so many endpoints whose `conditions.ready` is not false
        (discovery.k8s.io/v1).

        Waits at most `limits.start` seconds for the Pods to become Ready (or, for fewer, to be
        Ready no more), then a little for the endpoints to follow. A selector that matches
        nothing, or Pods of others, is told at once.
        """
        answer: Flag = self._stage.ask(
            f"service({self._name!r}).reaches({count})",
            lambda bench: _reaches(bench, self._name, count),
        )
        return answer

    def target_port(self, port: int | str) -> Text:
        """Where a port of the Service (by number or name) sends, as the Service says it: the
        number or name of a container's port (spec.ports[].targetPort). Raises Failure where there
        is no such Service or port.
        """
        answer: Text = self._stage.ask(
            f"service({self._name!r}).target_port({port!r})",
            lambda bench: _target_port(bench, self._name, port),
        )
        return answer


def _target_port(bench: Bench, name: str, port: int | str) -> Text:
    one = routes.port(routes.the(bench, name), port)
    subject = say("targetPort of port {port} of Service {name}", port=port, name=name)
    look = say("Check `targetPort:` in Service {name}", name=name)
    return Text(
        str(one.get("targetPort", one["port"])), About(subject, Reason("different", look=look))
    )


def _reaches(bench: Bench, name: str, count: int) -> Flag:
    about = {"name": name, "count": count}
    subject = say("Pods that are Ready behind Service {name}: {count}", **about)
    service = _of(bench, name)
    if isinstance(service, Reason):
        return Flag(False, About(subject, service))
    why_not = selection.no_match(bench, service) if count else None
    if why_not is None and not _pods_agree(bench, service, count, subject):
        why_not = _why_not(bench, service, count)
    if why_not is None and not _endpoints_agree(bench, name, count):
        why_not = _unfollowed(service, count)
    return Flag(why_not is None, About(subject, why_not, _shown(bench, service)))


def _of(bench: Bench, name: str) -> routes.Service | Reason:
    try:
        return routes.the(bench, name)
    except Failure as failure:
        return failure.reason


def _pods_agree(bench: Bench, service: routes.Service, count: int, subject: Words) -> bool:
    """Wait until so many of the Pods behind the Service are Ready; not if some are of others."""

    def ready(_: aim.Pod) -> bool | None:
        if count and selection.wrong_pods(bench, service):
            return False
        pods = selection.selected(bench, service)
        return True if sum(map(is_ready, pods)) == count else None

    goal = Goal(GoalKind.READY) if count else Goal(GoalKind.INIT, step=0)
    limit = bench.exercise.limits.start
    doing = say("waiting until {what}", what=subject)
    return bool(aim.wait(bench, goal, ready, limit, doing)[0])


def _endpoints_agree(bench: Bench, name: str, count: int) -> bool:
    """Wait until the Service has so many ready endpoints: they follow the Pods."""
    connection, namespace = bench.workspace.connection, bench.workspace.namespace
    began = time.monotonic()
    got = await_endpoints(connection, namespace, name, lambda got: got == count, _FOLLOWS)
    aim.check_stop(bench)
    if got != count:
        bench.in_vain(began)
    return got == count


def _shown(bench: Bench, service: routes.Service) -> Words:
    pods = selection.selected(bench, service)
    listed = ", ".join(f"{aim.name_of(pod)} {kubectl.ready_column(pod)}" for pod in pods)
    return say("Pods behind the Service (READY): {pods}", pods=listed or "-")


def _why_not(bench: Bench, service: routes.Service, count: int) -> Reason:
    """Why the Pods behind the Service are not as many as were waited for."""
    wrong = selection.wrong_pods(bench, service) if count else None
    if wrong is not None:
        return wrong
    pods = selection.selected(bench, service)
    number = sum(map(is_ready, pods))
    if number < count:
        return routes.unready(bench, service)
    return _still_ready(next(filter(is_ready, pods)))


def _still_ready(pod: aim.Pod) -> Reason:
    name = aim.name_of(pod)
    probed = [c["name"] for c in kubectl.containers(pod) if c.get("readinessProbe")]
    look = say("Look at the line `Readiness:` in `kubectl describe pod {pod}`", pod=name)
    if not probed:
        why = say(
            "no container of Pod {pod} has a readiness probe: what has none counts as Ready "
            "as long as it runs",
            pod=name,
        )
        return Reason("no-readiness-probe", why=why, look=look)
    why = say(
        "Pod {pod} is still Ready: the readiness probe of {containers} succeeds",
        pod=name,
        containers=", ".join(f"`{container}`" for container in probed),
    )
    return Reason("still-ready", why=why, look=look)


def _unfollowed(service: routes.Service, count: int) -> Reason:
    name = service["metadata"]["name"]
    look = say(
        "Look at `kubectl get endpointslices -l {label}={name}`", label=OF_SERVICE, name=name
    )
    if not count and service["spec"].get("publishNotReadyAddresses"):
        why = say("Service {name} also sends to Pods that are not Ready", name=name)
        look = say("Check `publishNotReadyAddresses:` of Service {name}", name=name)
        return Reason("still-ready", why=why, look=look)
    why = say("the endpoints of Service {name} are not those of its Pods", name=name)
    return Reason("different", why=why, look=look)
