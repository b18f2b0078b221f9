"""How long a Pod's containers had to wait for the cluster, by the API's own times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from podgrade.cluster.conditions import condition
from podgrade.workspace.doom.part import Part, Role, parts

Json = Mapping[str, Any]

_HELD_UP_BY_THE_POD = frozenset({"Failed", "FailedMount", "FailedAttachVolume", "BackOff"})


def held_up(pod: Json, events: Iterable[Json]) -> float:
    """Whole seconds in which a container was due and did not run yet.

    From the Pod's place on a node to its first container, and from the end of one init container
    to the start of what comes next: pulling and creating, which are the cluster's work. What the
    Pod itself brings about is not counted: lives after the first, native sidecars (whose probes
    the others wait for), all of a Pod that lacks something it names.
    """
    uid = pod["metadata"].get("uid")
    own = (one for one in events if (one.get("involvedObject") or {}).get("uid") == uid)
    if any(one.get("reason") in _HELD_UP_BY_THE_POD for one in own):
        return 0.0
    due, seconds = _placed(pod), 0.0
    for step in _steps(parts(pod)):
        started = [_started(part) for part in step]
        began = min((one for one in started if one is not None), default=None)
        if due is not None and began is not None:
            seconds += max((began - due).total_seconds(), 0.0)
        due = _over(step[0])
    return seconds


def _steps(every: tuple[Part, ...]) -> list[list[Part]]:
    """What starts one after another: each init container, then the others together."""
    inits = [[part] for part in every if part.role is not Role.MAIN]
    mains = [part for part in every if part.role is Role.MAIN]
    return [*inits, mains] if mains else inits


def _placed(pod: Json) -> datetime | None:
    placed = condition(pod, "PodScheduled") or {}
    return _time(placed.get("lastTransitionTime"))


def _started(part: Part) -> datetime | None:
    """When its first life began; None where that cannot be told any more."""
    if part.status.get("restartCount"):
        return None
    state = part.running or part.terminated or {}
    return _time(state.get("startedAt"))


def _over(part: Part) -> datetime | None:
    """When what comes next was due."""
    ended = part.terminated or {}
    return _time(ended.get("finishedAt")) if part.role is Role.INIT else None


def _time(text: Any) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None
