"""What a view knows of a namespace: versions in order, what is gone, and waking who waits."""

from __future__ import annotations

import threading
import time

import pytest

from podgrade.cluster.view import View

LONG = 60.0  # seconds; whoever waits that long was not woken


def pod(name, version, created="2026-01-01T00:00:00Z", **metadata):
    return {
        "metadata": {
            "name": name,
            "uid": f"uid-{name}",
            "resourceVersion": str(version),
            "creationTimestamp": created,
            **metadata,
        }
    }


@pytest.fixture
def view():
    return View("ns", threading.Event())


def versions(view, name="a"):
    return [one.pod["metadata"]["resourceVersion"] for one in view.sightings(f"uid-{name}")]


def test_each_newer_version_is_a_sighting(view):
    for version in (5, 6, 6, 4, 9):
        view.take_pod(pod("a", version))
    assert versions(view) == ["5", "6", "9"]
    assert view.pods()[0]["metadata"]["resourceVersion"] == "9"


def test_only_news_count_as_a_revision(view):
    view.take_pod(pod("a", 5))
    before = view.revision
    view.take_pod(pod("a", 5))
    view.take_pod(pod("a", 4))
    assert view.revision == before


def test_pods_are_sorted_by_age(view):
    view.take_pod(pod("young", 1, "2026-01-01T00:00:09Z"))
    view.take_pod(pod("old", 2, "2026-01-01T00:00:01Z"))
    assert [one["metadata"]["name"] for one in view.pods()] == ["old", "young"]


def test_a_deleted_pod_stays_and_is_marked(view):
    view.take_pod(pod("a", 5))
    view.take_pod(pod("a", 6), gone=True)
    assert view.gone("uid-a")
    assert view.pods()[0]["metadata"]["deletionTimestamp"]


def test_a_pod_that_is_gone_does_not_come_back(view):
    view.take_pod(pod("a", 5), gone=True)
    view.take_pod(pod("a", 7))
    assert view.gone("uid-a")


def test_what_a_list_lacks_is_gone_unless_it_is_newer_than_the_list(view):
    view.take_pod(pod("old", 5))
    view.take_pod(pod("kept", 6))
    view.take_pod(pod("new", 12))
    view.take_list([pod("kept", 6)], "10")
    gone = {name: view.gone(f"uid-{name}") for name in ("old", "kept", "new")}
    assert gone == {"old": True, "kept": False, "new": False}


def test_sightings_are_bounded_and_keep_the_first(view):
    for version in range(1, 200):
        view.take_pod(pod("a", version))
    seen = versions(view)
    assert (len(seen), seen[0], seen[-1]) == (61, "1", "199")


def test_events_are_bounded(view):
    for number in range(1, 1500):
        view.take_event(pod(f"event-{number}", number))
    assert len(view.events()) == 1000


def test_an_event_that_comes_again_is_the_newest(view):
    view.take_event(pod("a", 1))
    view.take_event(pod("b", 2))
    view.take_event(pod("a", 3))
    view.take_event(pod("b", 2))
    assert [one["metadata"]["name"] for one in view.events()] == ["b", "a"]


def test_nothing_is_known_of_others(view):
    assert view.sightings("uid-x") == ()
    assert not view.gone("uid-x")


def test_waiting_ends_with_the_news(view):
    threading.Timer(0.2, view.take_pod, [pod("a", 1)]).start()
    began = time.monotonic()
    assert view.changed(0, LONG) == 1
    assert time.monotonic() - began < LONG / 2


def test_news_from_before_end_the_waiting_at_once(view):
    view.take_pod(pod("a", 1))
    began = time.monotonic()
    assert view.changed(0, LONG) == 1
    assert time.monotonic() - began < LONG / 2


def test_waiting_ends_with_its_time():
    view = View("ns", threading.Event())
    assert view.changed(0, 0.1) == 0


def test_waiting_ends_with_the_run():
    stop = threading.Event()
    view = View("ns", stop)
    threading.Timer(0.2, stop.set).start()
    began = time.monotonic()
    view.changed(0, LONG)
    assert time.monotonic() - began < LONG / 2
