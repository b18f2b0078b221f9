"""A container of podgrade's own in the learner's Pod, for what cannot be asked from outside.

An ephemeral container (https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/):
it shares the Pod's network and, where it is aimed at a container, that one's processes. It is not
counted in READY, has no part in the Pod's phase, and stays as long as the Pod: it is added once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from podgrade.cluster.connection import ApiRefusal, ExecAnswer
from podgrade.cluster.kinds import path_of
from podgrade.model.errors import InfrastructureError
from podgrade.model.failure import Failure
from podgrade.model.text import Words, say
from podgrade.probes import aim
from podgrade.probes.bench import Bench
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.toolbox import TOOLBOX_IMAGE

Pod = Mapping[str, Any]

_PREFIX = "podgrade-"
_PATCH = "application/strategic-merge-patch+json"
# Ends at once when the Pod is deleted: a plain sleep as first process ignores SIGTERM.
_COMMAND = ["/bin/sh", "-c", "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait $!; done"]


@dataclass(frozen=True)
class Place:
    """Where the guest sits: beside one container's processes, or (None) only in the network.

    `user` and `group`: whom it runs as; no user where any will do.
    """

    beside: str | None = None
    user: int | None = None
    group: int = 0


NETWORK = Place()


def said(bench: Bench, place: Place, command: Sequence[str], limit: int) -> ExecAnswer:
    """What the command said in the guest; a Pod that is replaced gets one anew.

    Raises Failure where the Pod does not run any more, InfrastructureError where the guest does
    not come or cannot be entered.
    """
    try:
        answer: ExecAnswer = aim.entering(bench)(_asked, bench, place, command, limit)
    except ApiRefusal as refusal:
        aim.check_stop(bench)
        raise _trouble(refusal.words) from refusal
    return answer


def _asked(bench: Bench, place: Place, command: Sequence[str], limit: int) -> ExecAnswer:
    pod = aim.running_pod(bench)
    name = _seated(pod, place) or _running(bench, _added(bench, pod, place))
    return bench.workspace.connection.exec(
        bench.workspace.namespace,
        aim.name_of(pod),
        name,
        command,
        timeout=bench.exercise.limits.answer,
        limit=limit,
    )


def _seated(pod: Pod, place: Place) -> str | None:
    """The guest that runs already at this place."""
    for container in pod["spec"].get("ephemeralContainers", ()):
        name = str(container["name"])
        ours = name.startswith(_PREFIX) and container.get("image") == TOOLBOX_IMAGE
        if ours and container.get("targetContainerName") == place.beside and _state(pod, name)[0]:
            return name
    return None


def _added(bench: Bench, pod: Pod, place: Place) -> str:
    """Add one to the Pod; its name."""
    if bench.untouched:
        bench.left_out.append(would_add())
        raise InfrastructureError(would_add())
    name = next(name for name in _names() if name not in _taken(pod))
    path = path_of("Pod", bench.workspace.namespace, aim.name_of(pod)) + "/ephemeralcontainers"
    body = {"spec": {"ephemeralContainers": [container(name, place)]}}
    bench.workspace.connection.request("PATCH", path, body=body, content_type=_PATCH)
    if bench.in_place:
        bench.note(_added_there(aim.name_of(pod), name))
    return name


def _added_there(pod: str, name: str) -> Words:
    return say(
        "Pod {pod} has a container of podgrade's own now (the ephemeral container {name}); it goes "
        "with the Pod",
        pod=pod,
        name=name,
    )


def would_add() -> Words:
    """Why a check cannot be graded where nothing may be added to a Pod."""
    return say(
        "it needs a container of podgrade's own in your Pod (an ephemeral one, which cannot be "
        "taken out again): with --allow-changes it is graded"
    )


def container(name: str, place: Place) -> dict[str, Any]:
    """The guest's spec: lawful under every level of Pod Security, unless it has a user to be."""
    security: dict[str, Any] = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "runAsUser": 65532,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    if place.user:
        security |= {"runAsUser": place.user, "runAsGroup": place.group}
    elif place.user == 0:  # root needs the capabilities that the other has, to look into it
        security = {"runAsUser": 0, "runAsGroup": place.group, "runAsNonRoot": False}
    aimed = {"targetContainerName": place.beside} if place.beside else {}
    return {
        "name": name,
        "image": TOOLBOX_IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": _COMMAND,
        "securityContext": security,
        **aimed,
    }


def _names() -> Iterator[str]:
    number = 1
    while True:
        yield f"{_PREFIX}{number}"
        number += 1


def _taken(pod: Pod) -> set[str]:
    kinds = ("initContainers", "containers", "ephemeralContainers")
    return {str(one["name"]) for kind in kinds for one in pod["spec"].get(kind, ())}


def _running(bench: Bench, name: str) -> str:
    """Wait until the guest runs."""
    limit = bench.exercise.limits.start

    def up() -> bool | None:
        pod = bench.workspace.pod()
        return True if pod is not None and _state(pod, name)[0] else None

    waited = bench.workspace.wait(Goal(GoalKind.RUNNING), up, limit)
    if waited.value is None and waited.doom is not None and waited.seconds < limit:
        raise Failure(waited.doom.reason())
    if waited.value is None:
        pod = bench.workspace.pod()
        raise _trouble(_state(pod, name)[1] if pod else "-")
    return name


def _state(pod: Pod, name: str) -> tuple[bool, str]:
    """Whether a guest runs, and what it waits for."""
    statuses = pod.get("status", {}).get("ephemeralContainerStatuses") or ()
    status: Mapping[str, Any] = next((one for one in statuses if one["name"] == name), {})
    state = status.get("state") or {}
    waiting = state.get("waiting") or {}
    return "running" in state, f"{waiting.get('reason', '-')} {waiting.get('message', '')}".strip()


def _trouble(why: Words | str) -> InfrastructureError:
    return InfrastructureError(
        say("podgrade's own container (ephemeral) in the Pod cannot be used: {why}", why=why)
    )
