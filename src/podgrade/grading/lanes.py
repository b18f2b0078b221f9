"""The timeline of a submission's containers, from the versions of its Pods that were seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from podgrade.cluster.view import Sighting, View
from podgrade.model.timeline import Lane, Span, State
from podgrade.probes.kubectl import is_native_sidecar, status_of
from podgrade.workspace.target import belongs

Pod = Mapping[str, Any]

_PODS = 6  # Pods of a submission that are drawn: the first ones
_Seen = tuple[State, str, int]  # state, detail, restarts


def lanes(view: View, target: str, began: float, now: float) -> tuple[Lane, ...]:
    """A lane for each container of the target's Pods, init containers first, in their order.

    `began` and `now` are moments of time.monotonic(); the lanes count seconds since `began`.
    """
    pods = [pod for pod in view.pods() if belongs(pod, target)]
    return tuple(
        lane
        for pod in pods[:_PODS]
        for lane in _of_pod(pod, view.sightings(str(pod["metadata"]["uid"])), began, now)
    )


def _of_pod(pod: Pod, seen: Sequence[Sighting], began: float, now: float) -> Iterator[Lane]:
    gone = next((one.at for one in seen if one.pod["metadata"].get("deletionTimestamp")), now)
    for kind, container in _containers(pod):
        name = str(container["name"])
        told = [(one.at, _state(status_of(one.pod, name))) for one in seen if one.at <= gone]
        spans = tuple(_spans(told, began, gone))
        restarts = max((state[2] for _, state in told), default=0)
        yield Lane(str(pod["metadata"]["name"]), name, kind, restarts, spans)


def _containers(pod: Pod) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for init in pod["spec"].get("initContainers", ()):
        yield ("sidecar" if is_native_sidecar(init) else "init"), init
    for container in pod["spec"]["containers"]:
        yield "container", container


def _state(status: Mapping[str, Any] | None) -> _Seen:
    if status is None:
        return State.WAITING, "", 0
    state, restarts = status.get("state") or {}, int(status.get("restartCount", 0))
    if "terminated" in state:
        return State.ENDED, _ending(state["terminated"]), restarts
    if "running" in state:
        return (State.READY if status.get("ready") else State.RUNNING), "", restarts
    return State.WAITING, str((state.get("waiting") or {}).get("reason") or ""), restarts


def _ending(ended: Mapping[str, Any]) -> str:
    return f"{ended.get('reason') or ''} {ended.get('exitCode', '')}".strip()


def _spans(told: Sequence[tuple[float, _Seen]], began: float, end: float) -> Iterator[Span]:
    """Neighbours that are the same are one span; another life begins another."""
    changes = [
        one for number, one in enumerate(told) if not number or told[number - 1][1] != one[1]
    ]
    ends = [*(at for at, _ in changes[1:]), end]
    for (at, (state, detail, _)), until in zip(changes, ends, strict=True):
        yield Span(state, _since(at, began), _since(until, began), detail)


def _since(moment: float, began: float) -> float:
    return round(max(0.0, moment - began), 3)
