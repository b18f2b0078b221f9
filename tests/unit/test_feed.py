"""One endless watch: resuming, beginning anew, giving up, and what is not worth decoding."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager

import pytest
from tests.waiting import until

from podgrade.cluster import watch as watches
from podgrade.cluster.feed import _PAUSES, Feed
from podgrade.cluster.refusal import ApiRefusal
from podgrade.cluster.retry import Unanswered
from podgrade.cluster.view import View
from podgrade.cluster.watch import Watch
from podgrade.model.errors import InfrastructureError
from podgrade.model.text import say

GONE = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"}


class Source:
    """A cluster that plays a script: each watch gets the next list of lines, or an exception."""

    def __init__(self, *script):
        self.script = list(script)
        self.asked = []
        self.listed = []
        self.pods = []
        self.done = threading.Event()

    def stopped_by(self, stop):
        self.stop = stop
        return self

    def request(self, method, path, *, query=None, **_):
        self.listed.append((path, query))
        return {"metadata": {"resourceVersion": "100"}, "items": list(self.pods)}

    def lines(self, path, *, query, timeout):
        self.asked.append(query["resourceVersion"])
        step = self.script.pop(0) if self.script else None
        if isinstance(step, Exception):
            raise step
        return self._stream(step)

    @contextmanager
    def _stream(self, lines):
        yield self._of(lines)

    def _of(self, lines):
        for line in lines or ():
            yield line if isinstance(line, bytes) else json.dumps(line).encode()
        if lines is None:
            self.done.set()
            self.stop.wait()


def pod(version, namespace="ns", name="a"):
    metadata = {
        "name": name,
        "namespace": namespace,
        "uid": name,
        "resourceVersion": str(version),
    }
    return {"kind": "Pod", "metadata": metadata}


def added(version, **more):
    return {"type": "ADDED", "object": pod(version, **more)}


def bookmark(version):
    return {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": str(version)}}}


@pytest.fixture
def play():
    """Runs a feed through a script; gives the feed, its view and what it was denied."""
    stop = threading.Event()

    def play(source):
        source.stopped_by(stop)
        view = View("ns", stop)
        denied = []
        feed = Feed(source, "Pod", None, lambda: {"ns": view}, stop, denied.append)
        feed.start()
        until(lambda: source.done.is_set() or denied)
        return feed, view, denied

    yield play
    stop.set()


def test_it_lists_and_then_watches_from_there(play):
    source = Source([added(101)])
    _, view, _ = play(source)
    assert source.asked == ["100", "101"]
    assert len(view.pods()) == 1


def test_it_resumes_at_the_newest_bookmark(play):
    source = Source([added(101), bookmark(150)])
    play(source)
    assert source.asked == ["100", "150"]


def test_lines_of_others_are_not_even_decoded(play):
    foreign = b'{"type":"ADDED","object":{"metadata":{"namespace":"other"'
    _, view, _ = play(Source([foreign, added(101)]))
    assert len(view.pods()) == 1


def test_a_line_that_only_mentions_a_namespace_of_ours_is_not_shown(play):
    mention = added(101, namespace="other", name="x")
    mention["object"]["metadata"]["annotations"] = {"for": "ns"}
    _, view, _ = play(Source([mention, added(102)]))
    assert [one["metadata"]["name"] for one in view.pods()] == ["a"]


@pytest.mark.parametrize(
    "too_old", [ApiRefusal(410, "Expired", "too old"), [{"type": "ERROR", "object": GONE}]]
)
def test_too_old_begins_anew_and_finds_what_vanished(play, too_old):
    source = Source([added(50)], too_old)
    _, view, _ = play(source)
    assert source.asked == ["100", "50", "100"]
    assert view.gone("a")  # version 50 is older than the list, which lacks it


def test_a_lost_connection_resumes(play):
    lost = Unanswered(say("the run was stopped"))
    source = Source([added(101)], lost)
    feed, _, _ = play(source)
    assert source.asked == ["100", "101", "101"]
    assert feed.down_for() == 0.0


def test_something_unheard_of_begins_anew(play):
    source = Source([b'{"type":"ADDED"', b'"ns" nonsense'], None)
    play(source)
    assert source.asked == ["100", "100"]


def test_missing_rights_are_told_once_and_end_it(play):
    source = Source(ApiRefusal(403, "Forbidden", "you may not"))
    feed, _, denied = play(source)
    feed._thread.join(60)
    assert not feed._thread.is_alive()
    assert [str(words) for words in denied] == ["the API server says: you may not"]
    assert len(source.asked) == 1


def test_a_watch_that_always_ends_at_once_is_not_asked_for_all_the_time(play):
    source = Source([], [])
    began = time.monotonic()
    play(source)
    assert time.monotonic() - began > 2 * _PAUSES[1]


def test_a_watch_that_is_down_for_long_cannot_be_trusted(monkeypatch):
    stop = threading.Event()
    lost = [Unanswered(say("the run was stopped")) for _ in range(100)]
    watch = Watch(Source(*lost), stop)
    view = watch.view("ns", fresh=True)
    watch.start()
    view.check()
    monkeypatch.setattr(watches, "_MAY_BE_DOWN", 0.3)
    until(lambda: all(feed.trouble and feed.down_for() > 0.3 for feed in watch._feeds.values()))
    with pytest.raises(InfrastructureError, match="can no longer be watched: the run was"):
        view.check()
    stop.set()
