"""What may be asked of the cluster while a Pod is judged; answers are kept for a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from podgrade.cluster.connection import ApiRefusal, Connection, Stopped
from podgrade.cluster.kinds import log_path, path_of
from podgrade.model.errors import InfrastructureError
from podgrade.workspace.room import fits_somewhere

T = TypeVar("T")

_LOG_LINES = 20
_LOG_BYTES = 8192
_FRESH = 1.0  # seconds for which an answer about an object counts
_FRESH_NODES = 30.0
_THERE = 10.0  # seconds for which what was found is believed to be there


class ClusterLookup:
    """Asks the API server; see podgrade.workspace.doom.Lookup. Raises InfrastructureError."""

    def __init__(self, connection: Connection, namespace: str) -> None:
        self._connection = connection
        self._namespace = namespace
        self._known: dict[object, tuple[float, Any]] = {}

    def absent(self, kind: str, name: str, key: str | None = None) -> bool:
        """True if the object, or the key in its data, is not there.

        Of what cannot be asked, or may not (a learner's own Secrets), nothing is said.
        """
        path = path_of(kind, self._namespace, name)
        if self._is_fresh((path, key), _THERE):
            return False
        if self._lacks(path, key):
            return True
        self._known[path, key] = (time.monotonic(), None)
        return False

    def _lacks(self, path: str, key: str | None) -> bool:
        try:
            found = self._kept(path, _FRESH, lambda: self._get(path))
        except Stopped:
            raise
        except InfrastructureError:
            return False
        if found is None or key is None:
            return found is None
        return not any(key in (found.get(part) or {}) for part in ("data", "binaryData"))

    def fits_empty_node(self, pod: Mapping[str, Any]) -> bool:
        """True if some node would hold the Pod, or if the nodes may not be looked at."""
        nodes = self._kept("nodes", _FRESH_NODES, self._nodes)
        return nodes is None or fits_somewhere(pod, nodes)

    def last_lines(self, pod: str, container: str, previous: bool) -> str:
        """The end of a container's log; empty where there is none."""
        path = log_path(self._namespace, pod)
        query = {"container": container, "previous": previous, "tailLines": _LOG_LINES}

        def asked() -> str:
            try:
                log = self._connection.read(path, query=query, limit=_LOG_BYTES, timeout=5.0)
            except (ApiRefusal, InfrastructureError):
                return ""  # the words are a help; the judgement stands without them
            return log.decode("utf-8", "replace")

        return self._kept((path, container, previous), _FRESH, asked)

    def _nodes(self) -> list[Any] | None:
        answer = self._get(path_of("Node"))
        return None if answer is None else list(answer.get("items") or ())

    def _get(self, path: str) -> dict[str, Any] | None:
        """The object; None if it is not there or the nodes may not be read."""
        try:
            return self._connection.request("GET", path, timeout=10.0)
        except ApiRefusal as refusal:
            if refusal.status == 404 or (refusal.status == 403 and path == path_of("Node")):
                return None
            raise InfrastructureError(refusal.words) from refusal

    def _is_fresh(self, what: object, seconds: float) -> bool:
        known = self._known.get(what)
        return known is not None and time.monotonic() - known[0] < seconds

    def _kept(self, what: object, seconds: float, ask: Callable[[], T]) -> T:
        if self._is_fresh(what, seconds):
            known: T = self._known[what][1]
            return known
        answer = ask()
        self._known[what] = (time.monotonic(), answer)
        return answer
