"""Whether what did not come in time did not come because the cluster was slow.

Asked only where a check is to fail and something was waited for in vain: no evidence says then
that it cannot come. A verdict that evidence decides is never asked about.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

from podgrade.model.text import Words, say
from podgrade.probes.bench import Bench, Overdue
from podgrade.workspace import nodes
from podgrade.workspace.held_up import held_up

_SHARE = 2 / 3  # of the time that was waited: with so little left, right answers are at risk, too
_AT_LEAST = 3.0  # seconds


def excuse(bench: Bench) -> Words | None:
    """Why nobody is to be blamed, in words that say how slow it was; None where nothing says so.

    Raises InfrastructureError where the cluster does not answer.
    """
    for overdue in bench.overdue:
        found = _node(bench, overdue) or _still(bench, overdue) or _late(bench, overdue)
        if found is not None:
            return say("{why}; this is not your mistake: try again later", why=found)
    return None


def _node(bench: Bench, overdue: Overdue) -> Words | None:
    connection = bench.workspace.connection
    pods = overdue.pods
    found = chain(
        (nodes.absence(connection, pod) for pod in pods),
        (nodes.silence(connection, pod) for pod in pods),
    )
    return next((words for words in found if words is not None), None)


def _still(bench: Bench, overdue: Overdue) -> Words | None:
    if bench.pulse is None:
        return None
    seconds = bench.pulse.stood_still(overdue.since, overdue.until)
    if not _too_much(seconds, overdue):
        return None
    return say(
        "the cluster is too slow to tell: for {seconds} of the {waited} s that were waited, it "
        "did not even answer podgrade's own container",
        seconds=round(seconds),
        waited=round(overdue.until - overdue.since),
    )


def _late(bench: Bench, overdue: Overdue) -> Words | None:
    if not overdue.starting:
        return None
    seconds = max((_held_up(bench, pod, overdue) for pod in overdue.pods), default=0.0)
    if not _too_much(seconds, overdue):
        return None
    return say(
        "the cluster is too slow to tell: it took {seconds} of the {waited} s that were waited to "
        "start the Pod's containers",
        seconds=round(seconds),
        waited=round(overdue.until - overdue.since),
    )


def _held_up(bench: Bench, pod: Mapping[str, Any], overdue: Overdue) -> float:
    """Seconds of this wait: what had passed of the Pod's life before is not of it."""
    view = bench.workspace.view
    sightings = view.sightings(pod["metadata"]["uid"])
    before = max(overdue.since - sightings[0].at, 0.0) if sightings else 0.0
    return held_up(pod, view.events()) - before


def _too_much(seconds: float, overdue: Overdue) -> bool:
    return seconds >= max(_SHARE * (overdue.until - overdue.since), _AT_LEAST)
