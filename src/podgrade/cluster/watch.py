"""One shared watch on Pods and Events, seen through a view for each namespace of ours."""

from __future__ import annotations

import threading
from functools import partial

from podgrade.cluster.connection import Connection
from podgrade.cluster.feed import Feed, bring
from podgrade.cluster.refusal import ApiRefusal
from podgrade.cluster.view import Sighting, View
from podgrade.model.errors import InfrastructureError
from podgrade.model.text import Words, say

__all__ = ["Sighting", "View", "Watch"]

_KINDS = ("Pod", "Event")
_MAY_BE_DOWN = 10.0  # seconds; longer than that, what is seen cannot be trusted


class Watch:
    """Watches Pods and Events of all namespaces with two requests, for any number of views.

    Where the user may not watch all namespaces, each view gets two of its own. Namespaces
    without a view cost nearly nothing. `stop` is the run's stop event.
    """

    def __init__(self, connection: Connection, stop: threading.Event) -> None:
        self.stop = stop
        self.connection = connection.stopped_by(stop)
        self._views: dict[str, View] = {}
        self._feeds: dict[tuple[str, str | None], Feed] = {}
        self._narrow: dict[str, Words] = {}
        self._forbidden: dict[str, Words] = {}
        self._lock = threading.Lock()

    def start(self, *, wide: bool = True) -> None:
        """Begin watching, in the background; unless `wide`, only the namespaces of the views."""
        with self._lock:
            if not wide:
                self._narrow = {kind: say("only some namespaces are watched") for kind in _KINDS}
                return
            for kind in _KINDS:
                self._begin(kind, None)

    def close(self) -> None:
        """End all watching."""
        with self._lock:
            feeds = list(self._feeds.values())
            self._feeds.clear()
        for feed in feeds:
            feed.close()

    def view(self, namespace: str, *, fresh: bool = False) -> View:
        """What is known about a namespace from now on.

        `fresh` promises that the namespace has no Pods yet; else they are asked for first.
        Raises InfrastructureError if the namespace cannot be read.
        """
        with self._lock:
            known = self._views.get(namespace)
            if known:
                return known
            refresh = partial(self._refresh, namespace)
            view = View(namespace, self.stop, partial(self._check, namespace), refresh)
            # A new dict each time: the feeds read it without the lock.
            self._views = {**self._views, namespace: view}
            for kind in self._narrow:
                self._begin(kind, namespace)
        if not fresh:
            view.refresh()
        return view

    def views(self) -> tuple[View, ...]:
        """Every namespace that is watched now."""
        return tuple(self._views.values())

    def forget(self, namespace: str) -> None:
        """Stop taking in what happens in a namespace; its view stays as it is."""
        with self._lock:
            self._views = {name: one for name, one in self._views.items() if name != namespace}
            feeds = [self._feeds.pop((kind, namespace), None) for kind in _KINDS]
        for feed in feeds:
            if feed:
                feed.close()

    def _refresh(self, namespace: str) -> None:
        view = self._views.get(namespace)
        if not view:
            return
        try:
            for kind in _KINDS:
                bring(self.connection, kind, view)
        except ApiRefusal as refusal:
            raise InfrastructureError(refusal.words) from refusal

    def _begin(self, kind: str, scope: str | None) -> None:
        denied = partial(self._denied, kind, scope)
        feed = Feed(self.connection, kind, scope, lambda: self._views, self.stop, denied)
        self._feeds[kind, scope] = feed
        feed.start()

    def _denied(self, kind: str, scope: str | None, words: Words) -> None:
        """All namespaces may not be watched: watch each of ours; if not even that: say so."""
        with self._lock:
            self._feeds.pop((kind, scope), None)
            if scope is not None:
                self._forbidden[scope] = words
                return
            self._narrow[kind] = words
            for namespace in self._views:
                self._begin(kind, namespace)

    def _check(self, namespace: str) -> None:
        with self._lock:
            forbidden = self._forbidden.get(namespace)
            feeds = [feed for (_, scope), feed in self._feeds.items() if scope in {None, namespace}]
        if forbidden:
            raise InfrastructureError(forbidden)
        for feed in feeds:
            if feed.down_for() > _MAY_BE_DOWN:
                trouble = feed.trouble or say("nothing came from the cluster in time")
                raise InfrastructureError(
                    say("the cluster can no longer be watched: {trouble}", trouble=trouble)
                )
