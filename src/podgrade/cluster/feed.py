"""One endless watch of one kind: list, watch, resume, begin anew after 410 Gone."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from podgrade.cluster.connection import Connection
from podgrade.cluster.kinds import path_of
from podgrade.cluster.lines import Lines, Silence
from podgrade.cluster.refusal import ApiRefusal
from podgrade.cluster.retry import Stopped, Unanswered
from podgrade.cluster.view import View
from podgrade.model.errors import InfrastructureError
from podgrade.model.text import Words, say

_SERVER_ENDS = 50  # seconds after which the server ends a watch
_SILENCE = 60.0  # seconds after which the client takes a watch for dead
_BRIEF = 1.0  # seconds; a watch that ends sooner is not asked for again at once
_PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0)  # seconds between tries, the last one for ever
_PLAIN = (b'{"type":"ADDED"', b'{"type":"MODIFIED"', b'{"type":"DELETED"')


class Feed:
    """Brings one kind (Pod or Event) of one namespace, or of all, into the views.

    `audience` gives the views that want it, by namespace. `denied` is called once where the
    user's rights do not reach; then the feed ends.
    """

    def __init__(
        self,
        source: Connection,
        kind: str,
        scope: str | None,
        audience: Callable[[], Mapping[str, View]],
        stop: threading.Event,
        denied: Callable[[Words], None],
    ) -> None:
        self._source = source
        self._kind = kind
        self._scope = scope
        self._audience = audience
        self._stop = stop
        self._denied = denied
        self._closed = False
        self._lines: Lines | None = None
        self._version: str | None = None
        self._failures = 0
        self.trouble: Words | None = None
        self.down_since: float | None = time.monotonic()
        name = f"podgrade-watch-{kind.lower()}-{scope or 'all'}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin, on a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """End soon."""
        self._closed = True
        if self._lines:
            self._lines.close()

    def down_for(self) -> float:
        """Seconds since the watch was last known to stand; 0 while it does."""
        since = self.down_since
        return 0.0 if since is None else time.monotonic() - since

    def _run(self) -> None:
        while not self._ended():
            try:
                began = time.monotonic()
                self._follow()
                if time.monotonic() - began < _BRIEF:
                    self._stop.wait(_PAUSES[1])  # something between us and the server ends it
            except ApiRefusal as refusal:
                if not self._go_on(refusal):
                    return
            except Stopped:
                return
            except Exception as error:  # noqa: BLE001  a watch that dies in silence hangs a class
                self._fell(error)

    def _ended(self) -> bool:
        return self._closed or self._stop.is_set()

    def _go_on(self, refusal: ApiRefusal) -> bool:
        if refusal.status == 410:
            self._version = None
            return True
        if refusal.status == 403:
            self._denied(refusal.words)
            return False
        self._fell(refusal)
        return True

    def _fell(self, error: Exception) -> None:
        """Remember the trouble and pause, longer each time."""
        words = getattr(error, "words", None)
        self.trouble = words or say("{text}", text=f"{type(error).__name__}: {error}")
        self.down_since = self.down_since or time.monotonic()
        if isinstance(error, Silence):
            return  # a connection that died quietly: resume at once
        if not isinstance(error, InfrastructureError):
            self._version = None  # something unheard of: begin anew
        self._stop.wait(_PAUSES[min(self._failures, len(_PAUSES) - 1)])
        self._failures += 1

    def _follow(self) -> None:
        if self._version is None:
            self._version = self._listed()
        query = {
            "watch": "1",
            "resourceVersion": self._version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": _SERVER_ENDS,
        }
        path = path_of(self._kind, self._scope)
        with self._source.lines(path, query=query, timeout=_SILENCE) as lines:
            self._lines = lines
            self.down_since = self.trouble = None
            for line in lines:
                self._failures = 0
                self._take(line)
                if self._ended():
                    return

    def _listed(self) -> str:
        """The version to watch from; what the views missed before it is asked for."""
        answer = self._source.request("GET", path_of(self._kind, self._scope), query={"limit": 1})
        for view in list(self._audience().values()):
            if self._scope in {None, view.namespace}:
                bring(self._source, self._kind, view)
        return str(answer["metadata"]["resourceVersion"])

    def _take(self, line: bytes) -> None:
        views = self._audience()
        # Almost all lines are of others' namespaces: they are not worth decoding. A namespace
        # is a DNS label, so JSON always writes it as itself in quotes.
        if line.startswith(_PLAIN) and not any(b'"%b"' % name.encode() in line for name in views):
            return
        news = json.loads(line)
        thing, sort = news["object"], news["type"]
        if sort == "ERROR":
            raise _error(thing)
        if sort in {"BOOKMARK", "ADDED", "MODIFIED", "DELETED"}:
            self._version = thing["metadata"]["resourceVersion"]
        view = views.get(thing["metadata"].get("namespace", ""))
        if view and sort != "BOOKMARK":
            self._show(view, thing, gone=sort == "DELETED")

    def _show(self, view: View, thing: Mapping[str, Any], *, gone: bool) -> None:
        if self._kind == "Pod":
            view.take_pod(thing, gone=gone)
        elif not gone:  # Events are deleted when they are old; what happened stays true
            view.take_event(thing)


def bring(source: Connection, kind: str, view: View) -> None:
    """Ask for all of a kind in a view's namespace once, and show it to the view."""
    answer = source.request("GET", path_of(kind, view.namespace))
    items = answer.get("items") or ()
    if kind == "Pod":
        view.take_list(items, answer["metadata"]["resourceVersion"])
        return
    for event in sorted(items, key=lambda one: int(one["metadata"]["resourceVersion"])):
        view.take_event(event)


def _error(status: Mapping[str, Any]) -> Exception:
    refusal = ApiRefusal.of_status(status)
    if 400 <= refusal.status < 500:
        return refusal
    return Unanswered(say("the cluster answered: {message}", message=refusal.message))
