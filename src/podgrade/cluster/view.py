"""What is known about one namespace, and waiting for more of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Thing = Mapping[str, Any]

_SIGHTINGS = 60  # newest versions of a Pod that are kept, besides the first
_EVENTS = 1000  # Events of a namespace that are kept
_SLICE = 0.5  # seconds between two looks at the run's stop event


@dataclass(frozen=True)
class Sighting:
    """One version of a Pod and the moment it was seen (time.monotonic(), seconds)."""

    at: float
    pod: Thing


@dataclass
class _Known:
    """One Pod as it was seen: its newest version, its history, whether it is gone."""

    pod: Thing
    sightings: list[Sighting] = field(default_factory=list)
    gone: bool = False


class View:
    """One namespace's Pods and Events, kept current by the watch's threads."""

    def __init__(
        self,
        namespace: str,
        stop: threading.Event,
        check: Callable[[], None] = lambda: None,
        refresh: Callable[[], None] = lambda: None,
    ) -> None:
        self.namespace = namespace
        self.check = check
        """Raises InfrastructureError if what is seen here can no longer be trusted."""
        self.refresh = refresh
        """Asks the cluster once for everything, and takes it in. Raises InfrastructureError."""
        self._stop = stop
        self._news = threading.Condition()
        self._revision = 0
        self._pods: dict[str, _Known] = {}
        self._events: dict[str, Thing] = {}

    @property
    def revision(self) -> int:
        """Grows with everything that is seen."""
        return self._revision

    def pods(self) -> tuple[Thing, ...]:
        """All Pods, oldest first; those that are gone have a deletionTimestamp, see `gone`."""
        with self._news:
            known = [one.pod for one in self._pods.values()]
        return tuple(sorted(known, key=lambda pod: str(pod["metadata"].get("creationTimestamp"))))

    def gone(self, uid: str) -> bool:
        """True if the Pod does not exist any more."""
        with self._news:
            return uid in self._pods and self._pods[uid].gone

    def events(self) -> tuple[Thing, ...]:
        """The newest version of each Event, in the order in which those arrived."""
        with self._news:
            return tuple(self._events.values())

    def sightings(self, uid: str) -> tuple[Sighting, ...]:
        """The distinct versions of a Pod that were seen: the first and the newest 60."""
        with self._news:
            return tuple(self._pods[uid].sightings) if uid in self._pods else ()

    def changed(self, since: int, timeout: float) -> int:
        """Wait until there is more than revision `since`; the revision then.

        Comes back without news after `timeout` seconds, or when the run is stopping.
        """
        end = time.monotonic() + timeout
        with self._news:
            while self._revision <= since and not self._stop.is_set():
                left = end - time.monotonic()
                if left <= 0:
                    break
                self._news.wait(min(left, _SLICE))
            return self._revision

    def take_pod(self, pod: Thing, *, gone: bool = False) -> None:
        """Take in one version of a Pod; an older one than is known changes nothing."""
        uid = str(pod["metadata"]["uid"])
        with self._news:
            known = self._pods.get(uid)
            if known and (known.gone or not _is_newer(pod, known.pod, or_equal=gone)):
                return
            known = self._pods.setdefault(uid, _Known(pod))
            known.pod = _marked_gone(pod) if gone else pod
            known.gone = gone
            known.sightings.append(Sighting(time.monotonic(), known.pod))
            if len(known.sightings) > _SIGHTINGS + 1:
                del known.sightings[1]
            self._tell()

    def take_event(self, event: Thing) -> None:
        """Take in one version of an Event."""
        uid = str(event["metadata"]["uid"])
        with self._news:
            known = self._events.get(uid)
            if known and not _is_newer(event, known):
                return
            self._events.pop(uid, None)
            self._events[uid] = event
            if len(self._events) > _EVENTS:
                del self._events[next(iter(self._events))]
            self._tell()

    def take_list(self, pods: Iterable[Thing], version: str) -> None:
        """Take in all Pods there are at a resource version: any other one known is gone."""
        listed = {str(pod["metadata"]["uid"]): pod for pod in pods}
        for pod in listed.values():
            self.take_pod(pod)
        with self._news:
            missing = [
                one.pod
                for uid, one in self._pods.items()
                if uid not in listed and not one.gone and _version(one.pod) <= int(version)
            ]
        for pod in missing:
            self.take_pod(pod, gone=True)

    def _tell(self) -> None:
        self._revision += 1
        self._news.notify_all()


def _version(thing: Thing) -> int:
    # Resource versions are whole numbers that grow (documented as comparable since 1.35).
    return int(thing["metadata"]["resourceVersion"])


def _is_newer(thing: Thing, known: Thing, *, or_equal: bool = False) -> bool:
    old, new = _version(known), _version(thing)
    return new >= old if or_equal else new > old


def _marked_gone(pod: Thing) -> Thing:
    metadata = pod["metadata"]
    if metadata.get("deletionTimestamp"):
        return pod
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return {**pod, "metadata": {**metadata, "deletionTimestamp": now}}
