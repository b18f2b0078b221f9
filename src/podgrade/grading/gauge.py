"""Feels how the cluster bears what a run puts on it, and lets the run's flow know."""

from __future__ import annotations

import statistics
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from podgrade.cluster.connection import ApiRefusal
from podgrade.cluster.view import View
from podgrade.cluster.watch import Watch
from podgrade.grading.flow import ORDINARY, Flow
from podgrade.model.errors import InfrastructureError
from podgrade.model.text import Words, say
from podgrade.workspace.capacity import capacity, pressure
from podgrade.workspace.room import fits_somewhere

Thing = Mapping[str, Any]

_EVERY = 1.0  # seconds between two looks at what the watch has seen
_NODES_EVERY = 10.0  # seconds between two questions for the nodes
_PAGE = 500  # Pods asked for at once
_PAGES = 20  # of a cluster with more Pods than these hold, the room is not reckoned
_STARTS = 8  # starts of Pods whose median counts
_SLOW = 3.0  # times the quickest median so far
_BEARABLE = 10.0  # seconds: a start that takes less is never slow
_FULL = ("OutOfpods", "OutOfcpu", "OutOfmemory")

Tell = Callable[[int, Words], None]


class Starts:
    """How long Pods take until their first container runs."""

    def __init__(self) -> None:
        self._taken: deque[float] = deque(maxlen=_STARTS)
        self._quickest: float | None = None
        self._known: set[str] = set()

    def take(self, view: View) -> None:
        """Note what the view has seen to the end of its start since it was last looked at."""
        for pod in view.pods():
            uid = str(pod["metadata"]["uid"])
            if uid not in self._known and _has_started(pod):
                self._known.add(uid)
                seen = view.sightings(uid)
                first = next((one.at for one in seen if _has_started(one.pod)), seen[-1].at)
                self.note(first - seen[0].at)

    def note(self, seconds: float) -> None:
        """One more Pod whose first container runs, so long after it was seen first."""
        self._taken.append(seconds)
        if len(self._taken) == _STARTS:
            median = statistics.median(self._taken)
            self._quickest = min(median, self._quickest or median)

    def slow(self) -> Words | None:
        """That Pods start much more slowly than they did; None otherwise."""
        if self._quickest is None:
            return None
        median = statistics.median(self._taken)
        if median <= max(_BEARABLE, _SLOW * self._quickest):
            return None
        return say(
            "Pods start in {seconds} s instead of {before} s",
            seconds=round(median),
            before=max(1, round(self._quickest)),
        )


class Gauge:
    """Looks every second at what the watch has seen, and at the nodes every ten.

    `among`: how many runs share the cluster's room.
    """

    def __init__(self, watch: Watch, tell: Tell, among: int = 1) -> None:
        self._among = among
        self._connection = watch.connection
        self._watch = watch
        self._starts = Starts()
        self._nodes: Sequence[Thing] = ()
        self._asked = 0.0
        self._refused = 0
        self.flow = self._flow(tell)

    def start(self) -> None:
        """Begin looking, in the background, until the run's stop event is set."""
        self.flow.begin()
        threading.Thread(target=self._look, name="podgrade-gauge", daemon=True).start()

    def _flow(self, tell: Tell) -> Flow:
        """As many as there is room for; where that may not be asked, the ordinary number."""
        try:
            self._ask_nodes()
            room = capacity(self._nodes, self._pods())
        except InfrastructureError:
            return Flow(ORDINARY, say("the cluster does not tell its room"), tell=tell)
        return Flow(
            room.count // self._among,
            say("the cluster's room, {least} first", least=room.least),
            tell=tell,
        )

    def _look(self) -> None:
        while not self._watch.stop.wait(_EVERY):
            self.flow.look(self._felt())

    def _felt(self) -> Words | None:
        """The first thing that presses."""
        refused, self._refused = self._refused, self._connection.throttled
        if self._refused > refused:
            return say("the API server asks for less (429)")
        self._keep_nodes_current()
        views = self._watch.views()
        for view in views:
            self._starts.take(view)
        waits = any(self._waits_for_room(pod) for view in views for pod in view.pods())
        crowded = say("Pods wait for room") if waits else None
        return crowded or pressure(self._nodes) or self._starts.slow()

    def _waits_for_room(self, pod: Thing) -> bool:
        """True if it would fit if less ran there; what fits nowhere is its own manifest's doing."""
        if pod["metadata"].get("deletionTimestamp"):
            return False
        if pod["status"].get("reason") in _FULL:
            return True
        waits = any(
            one.get("type") == "PodScheduled" and one.get("reason") == "Unschedulable"
            for one in pod["status"].get("conditions") or ()
        )
        return waits and fits_somewhere(pod, self._nodes)

    def _keep_nodes_current(self) -> None:
        if self._nodes and time.monotonic() - self._asked >= _NODES_EVERY:
            try:
                self._ask_nodes()
            except InfrastructureError:
                self._asked = time.monotonic()  # what is known has to do a while longer

    def _ask_nodes(self) -> None:
        self._nodes = list(self._listed("/api/v1/nodes", {"resourceVersion": "0"}))
        self._asked = time.monotonic()

    def _pods(self) -> Iterator[Thing]:
        selector = "status.phase!=Succeeded,status.phase!=Failed"
        yield from self._listed("/api/v1/pods", {"fieldSelector": selector})

    def _listed(self, path: str, query: Mapping[str, str]) -> Iterator[Thing]:
        """Everything of a kind. InfrastructureError where it may not be read, or is too much."""
        more: dict[str, str] = {}
        for _ in range(_PAGES):
            asked = {**query, "limit": _PAGE, **more}
            try:
                answer = self._connection.request("GET", path, query=asked, timeout=10)
            except ApiRefusal as refusal:
                raise InfrastructureError(refusal.words) from refusal
            yield from answer.get("items") or ()
            token = (answer.get("metadata") or {}).get("continue")
            if not token:
                return
            more = {"continue": token}
        raise InfrastructureError(say("the cluster does not tell its room"))


def _has_started(pod: Thing) -> bool:
    """True once any of its containers runs or has run."""
    status = pod["status"]
    lists = ("initContainerStatuses", "containerStatuses")
    states = [one.get("state") or {} for name in lists for one in status.get(name) or ()]
    return any("running" in state or "terminated" in state for state in states)
