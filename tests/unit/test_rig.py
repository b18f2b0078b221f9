"""A run's rig: workspaces are given back once each, whoever gives them back and when."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from podgrade.grading import rig as rigs
from podgrade.grading.rig import Rig


class Workspaces:
    """Notes what is released, and lets the others come in between."""

    def __init__(self, *_, **__):
        self.released = []
        self.wanted = []
        self.meeting = lambda: None

    def prepare(self, level, count):
        self.wanted.append(count)

    def take(self, exercise):
        self.meeting()
        return exercise

    def release(self, workspace):
        self.meeting()
        self.released.append(workspace)


@pytest.fixture
def rig(monkeypatch):
    monkeypatch.setattr(rigs, "Workspaces", Workspaces)
    monkeypatch.setattr(rigs, "Toolbox", lambda *_: None)

    def made(*, keep=False, hold=False):
        return Rig(SimpleNamespace(keep=keep), None, None, threading.Event(), hold=hold)

    return made


def in_threads(job, count=2):
    with ThreadPoolExecutor(count) as crew:
        list(crew.map(job, range(count), timeout=30))  # raises what a job raised


def test_a_workspace_is_given_back_at_once(rig):
    mine = rig()
    assert mine.release("one") is None
    assert mine._workspaces.released == ["one"]


def test_two_that_are_given_back_at_the_same_moment_are_both_released_once(rig):
    mine = rig()
    mine._workspaces.meeting = threading.Barrier(2, timeout=10).wait
    in_threads(mine.release)
    assert sorted(mine._workspaces.released) == [0, 1]


def test_what_is_held_is_released_once_even_if_two_let_go(rig):
    mine = rig(hold=True)
    for number in range(200):
        mine.release(number)
    assert mine._workspaces.released == []
    in_threads(lambda _: mine.let_go(), count=4)
    assert sorted(mine._workspaces.released) == list(range(200))


def test_what_is_kept_says_where_it_is(rig):
    workspace = SimpleNamespace(namespace="podgrade-1")
    mine = rig(keep=True)
    assert mine.release(workspace) == "podgrade-1"
    assert mine._workspaces.released == []


def test_no_more_workspaces_are_made_than_there_are_submissions(rig):
    """All are taken, and none is there yet, when the first to come asks for the next."""
    mine, exercise = rig(), SimpleNamespace(enforced="baseline")
    mine.prepare(exercise, wanted=3, ahead=2)
    mine._workspaces.meeting = threading.Barrier(3, timeout=10).wait
    in_threads(lambda _: mine.take(exercise), count=3)
    assert mine._workspaces.wanted == [2, 0, 0, 0]
