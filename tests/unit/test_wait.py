"""Waiting: no missed news, doom, limits, and time that does not count."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

from podgrade.cluster.connection import Stopped
from podgrade.cluster.view import View
from podgrade.model.errors import InfrastructureError
from podgrade.model.reason import Doom
from podgrade.model.text import say
from podgrade.workspace import wait as waiting
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.wait import Scope, wait

READY = Goal(GoalKind.READY)
LONG = 60.0  # seconds; whoever waits that long was not woken


def pod(version=1, **status):
    return {
        "metadata": {"name": "web", "uid": "u", "resourceVersion": str(version)},
        "spec": {"containers": []},
        "status": status,
    }


NO_ROOM = {"type": "PodScheduled", "status": "False", "message": "0/1 nodes: Insufficient cpu."}


class Lookup:
    fits = True

    def last_lines(self, *_):
        return ""

    def absent(self, *_):
        return False

    def fits_empty_node(self, _):
        return self.fits


@pytest.fixture
def judged(monkeypatch):
    """What judge and obstacle say; nothing, unless a test says otherwise."""
    says = SimpleNamespace(doom=None, obstacle=Doom("silent", say("nothing came")), scenes=[])

    def judge(_goal, scene, _lookup):
        says.scenes.append(scene)
        return says.doom

    monkeypatch.setattr(waiting, "judge", judge)
    monkeypatch.setattr(waiting, "obstacle", lambda *_: says.obstacle)
    return says


@pytest.fixture
def scope(judged):
    stop = threading.Event()
    connection = SimpleNamespace(stop=stop)
    return Scope("web", View("ns", stop), connection, Lookup())


def test_a_value_that_is_there_needs_no_waiting(scope, judged):
    waited = wait(scope, READY, lambda: 42, 10)
    assert (waited.value, waited.doom) == (42, None)
    assert judged.scenes == []


@pytest.fixture
def only_news(monkeypatch):
    """Nothing is looked at again but for news."""
    monkeypatch.setattr(waiting, "_LOOK_AGAIN", LONG)


@pytest.mark.usefixtures("only_news")
def test_it_wakes_with_the_news(scope):
    threading.Timer(0.3, scope.view.take_pod, [pod()]).start()
    waited = wait(scope, READY, lambda: scope.pods() or None, LONG)
    assert waited.value
    assert waited.seconds < LONG / 2


@pytest.mark.usefixtures("only_news")
def test_news_between_question_and_waiting_are_not_missed(scope):
    asked = []

    def condition():
        asked.append(time.monotonic())
        if len(asked) == 1:
            scope.view.take_pod(pod())  # comes after the condition has looked
            return None
        return "seen"

    waited = wait(scope, READY, condition, LONG)
    assert waited.value == "seen"
    assert waited.seconds < LONG / 2


def test_a_doom_ends_it(scope, judged):
    threading.Timer(0.2, lambda: setattr(judged, "doom", Doom("crash-loop", say("x")))).start()
    waited = wait(scope, READY, lambda: None, LONG)
    assert waited.doom.code == "crash-loop"
    assert waited.seconds < LONG / 2  # nothing changed: it was looked at again


def test_at_the_limit_it_says_what_stood_in_the_way(scope):
    waited = wait(scope, READY, lambda: None, 0.3)
    assert (waited.value, waited.doom.code) == (None, "silent")
    assert 0.3 <= waited.seconds < LONG


def test_no_time_at_all_is_one_look(scope):
    assert wait(scope, READY, lambda: None, 0).doom.code == "silent"


def test_before_it_gives_up_it_asks_once_more(scope):
    refreshed = []

    def refresh():
        refreshed.append(1)
        scope.view.take_pod(pod())  # the watch had slept

    scope.view.refresh = refresh
    waited = wait(scope, READY, lambda: scope.pods() or None, 0.2)
    assert waited.value
    assert refreshed == [1]


def test_time_without_room_does_not_count(scope):
    scope.view.take_pod(pod(1, conditions=[NO_ROOM]))
    threading.Timer(1.2, scope.view.take_pod, [pod(2)]).start()

    def placed():
        return "placed" if scope.pods()[0]["metadata"]["resourceVersion"] == "2" else None

    assert wait(scope, READY, placed, 0.4).value == "placed"


def test_what_fits_nowhere_has_no_more_time(scope):
    scope.lookup.fits = False
    scope.view.take_pod(pod(1, conditions=[NO_ROOM]))
    assert wait(scope, READY, lambda: None, 0.4).seconds < LONG


def test_even_without_room_it_ends(scope, monkeypatch):
    monkeypatch.setattr(waiting, "_FOR_ROOM", 0.5)
    scope.view.take_pod(pod(1, conditions=[NO_ROOM]))
    waited = wait(scope, READY, lambda: None, 0.3)
    assert 0.7 < waited.seconds < LONG


def test_a_run_that_ends_is_not_the_learners_fault(scope):
    threading.Timer(0.2, scope.connection.stop.set).start()
    began = time.monotonic()
    with pytest.raises(Stopped):
        wait(scope, READY, lambda: None, LONG)
    assert time.monotonic() - began < LONG / 2


def test_a_watch_that_is_down_is_not_the_learners_fault(scope):
    def check():
        raise InfrastructureError("down")

    scope.view.check = check
    with pytest.raises(InfrastructureError, match="down"):
        wait(scope, READY, lambda: None, 30)


def test_a_pod_that_is_gone_is_no_pod_of_the_target(scope):
    scope.view.take_pod(pod(1))
    scope.view.take_pod(pod(2), gone=True)
    assert scope.pods() == ()
