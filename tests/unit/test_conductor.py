"""Many cases at once, as far ahead as is bounded, in the order in which they finish."""

from __future__ import annotations

import threading
from dataclasses import replace

from tests.unit.exercises import EXERCISE

from podgrade.grading.case import Case
from podgrade.grading.conductor import Conductor
from podgrade.grading.flow import Flow
from podgrade.grading.rehearsal import Rehearsed
from podgrade.model.submission import Submission
from podgrade.model.text import Text


class Stage:
    """Cases that end when they are told to."""

    def __init__(
        self, count: int, weights: tuple[int, ...] = (), in_flight: int | Flow = 1, ahead: int = 0
    ) -> None:
        exercises = [replace(EXERCISE, weight=one) for one in weights or [1] * count]
        self.cases = [Case(e, Submission(str(n), ()), ()) for n, e in enumerate(exercises)]
        self.stop = threading.Event()
        self.begun: list[str] = []
        self._news = threading.Condition()
        self._ends = {case.submission.key: threading.Event() for case in self.cases}
        flow = in_flight if isinstance(in_flight, Flow) else Flow.firm(in_flight)
        self.conductor = Conductor(self.cases, self._perform, self.stop, flow=flow, ahead=ahead)
        self.conductor.start()

    def _perform(self, case: Case) -> Rehearsed:
        with self._news:
            self.begun.append(case.submission.key)
            self._news.notify_all()
        self._ends[case.submission.key].wait(20)
        return Rehearsed(case, {})

    def end(self, *keys: int) -> None:
        for key in keys:
            self._ends[str(key)].set()

    def wait_for(self, count: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: len(self.begun) >= count, timeout=20)

    def next(self) -> str | None:
        rehearsed = self.conductor.next(self.cases)
        return rehearsed.case.submission.key if rehearsed else None


def test_results_come_in_the_order_in_which_cases_finish() -> None:
    stage = Stage(3, in_flight=3)
    stage.wait_for(3)
    stage.end(2)
    assert stage.next() == "2"
    stage.end(0)
    assert stage.next() == "0"
    stage.end(1)
    assert stage.next() == "1"


def test_only_those_asked_for_are_given() -> None:
    stage = Stage(2, in_flight=2)
    stage.end(0, 1)
    wanted = stage.conductor.next([stage.cases[1]])
    assert wanted is not None
    assert wanted.case is stage.cases[1]


def test_no_more_run_at_once_than_may_be_in_flight() -> None:
    stage = Stage(4, in_flight=2, ahead=2)
    stage.wait_for(2)
    assert len(stage.begun) == 2
    stage.end(0)
    stage.wait_for(3)
    assert len(stage.begun) == 3


def test_no_more_are_finished_ahead_than_may_be() -> None:
    """With one in flight and one ahead, the third begins when the first was dealt with."""
    stage = Stage(3, in_flight=1, ahead=1)
    stage.end(0, 1, 2)
    first = stage.next()
    second = stage.next()
    assert {first, second} == {"0", "1"}
    assert stage.begun == ["0", "1"]
    stage.conductor.collected()
    assert stage.next() == "2"


def test_when_the_run_is_stopped_nothing_more_is_given_or_begun() -> None:
    stage = Stage(2, in_flight=1)
    stage.wait_for(1)
    stage.stop.set()
    assert stage.next() is None
    stage.end(0, 1)
    assert [one.case.submission.key for one in stage.conductor.rest(20)] == ["0"]
    assert stage.begun == ["0"]


def test_the_rest_is_not_waited_for_longer_than_asked() -> None:
    stage = Stage(1, in_flight=1)
    stage.wait_for(1)
    stage.stop.set()
    assert stage.conductor.rest(0.05) == []
    stage.end(0)


def test_what_was_cancelled_is_not_begun() -> None:
    stage = Stage(3, in_flight=1, ahead=5)
    stage.wait_for(1)
    stage.conductor.cancel()
    stage.end(0, 1, 2)
    assert stage.next() == "0"
    assert stage.conductor.rest(1) == []
    assert stage.begun == ["0"]


def test_the_flow_may_allow_less_and_more_meanwhile() -> None:
    clock = [0.0]
    flow = Flow(3, Text("", ""), clock=lambda: clock[0])
    stage = Stage(6, in_flight=flow, ahead=6)
    stage.wait_for(3)
    flow.look(Text("tight", ""))
    assert flow.allowed == 2
    stage.end(0)
    assert stage.next() == "0"
    assert stage.conductor.rest(0.2) == []
    assert stage.begun == ["0", "1", "2"]
    stage.end(1)
    stage.wait_for(4)
    clock[0] = 60.0
    flow.look(None)
    stage.wait_for(5)
    stage.end(2, 3, 4, 5)


def test_a_heavy_case_counts_for_several() -> None:
    stage = Stage(3, weights=(2, 2, 1), in_flight=3)
    stage.wait_for(1)
    stage.end(0)
    assert stage.next() == "0"
    stage.wait_for(3)
    assert stage.begun == ["0", "1", "2"]
    stage.end(2, 1)


def test_a_heavy_case_waits_until_there_is_room() -> None:
    stage = Stage(2, weights=(1, 2), in_flight=2)
    stage.wait_for(1)
    assert stage.conductor.rest(0.2) == []
    assert stage.begun == ["0"]
    stage.end(0)
    stage.wait_for(2)
    stage.end(1)


def test_a_case_that_is_heavier_than_all_that_may_run_runs_alone() -> None:
    stage = Stage(2, weights=(9, 1), in_flight=2)
    stage.wait_for(1)
    assert stage.begun == ["0"]
    stage.end(0)
    assert stage.next() == "0"
    stage.wait_for(2)
    stage.end(1)
