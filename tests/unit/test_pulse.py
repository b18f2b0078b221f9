"""The pulse: what counts as standing still, and that no luck of threads decides it."""

from __future__ import annotations

import threading

import pytest

from podgrade.model.errors import InfrastructureError
from podgrade.model.text import say
from podgrade.workspace import pulse as pulses
from podgrade.workspace.pulse import BEAT, SLACK, Pulse


class Clock:
    """Time that only tests let pass."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(pulses, "time", clock)
    return clock


class Toolbox:
    """Each answer takes as long as the test says, or is none."""

    def __init__(self, clock, stop, answers):
        self._clock, self._stop, self._answers = clock, stop, iter(answers)

    def exec(self, command, *, timeout):
        assert command == (":",)
        assert timeout
        answer = next(self._answers, None)
        if answer is None:
            self._stop.set()
            raise InfrastructureError(say("the run was stopped"))
        seconds, says = answer if isinstance(answer, tuple) else (answer, True)
        self._clock.now += seconds
        if not says:
            raise InfrastructureError(say("reset"))


class Stop(threading.Event):
    """Waiting takes no time but the test's own."""

    def __init__(self, clock):
        super().__init__()
        self._clock = clock

    def wait(self, timeout=None):
        self._clock.now += timeout
        return self.is_set()


def beaten(clock, *answers):
    """A pulse after these beats; then the run ends."""
    stop = Stop(clock)
    pulse = Pulse(Toolbox(clock, stop, answers), stop)
    pulse._beat()
    return pulse


def test_beats_that_come_back_are_no_stillness(clock):
    began = clock.now
    pulse = beaten(clock, *[0.1, 1.9, SLACK] * 5)
    assert pulse.stood_still(began, clock.now) == 0
    assert pulse.slowest == SLACK


def test_a_beat_that_takes_long_is_all_of_it_stillness(clock):
    pulse = beaten(clock, 0.1, 7.0, 0.1)
    end = clock.now
    assert pulse.stood_still(end - 100, end) == 7.0


def test_only_what_lies_between_the_moments_counts(clock):
    pulse = beaten(clock, 0.0, 10.0)
    came = 1000.0 + BEAT + BEAT + 10.0
    assert pulse.stood_still(came - 4, came + 50) == 4.0
    assert pulse.stood_still(came - 30, came - 8) == 2.0
    assert pulse.stood_still(came, came + 50) == 0.0


def test_a_beat_that_has_not_come_back_yet_counts_up_to_now(clock):
    pulse = beaten(clock, 0.1)
    last = pulse._last
    clock.now = last + BEAT + SLACK - 0.1
    assert pulse.stood_still(last, clock.now) == 0.0
    clock.now = last + 30
    assert pulse.stood_still(last, clock.now) == pytest.approx(30 - BEAT)


def test_beats_that_fail_are_stillness_until_one_comes_back(clock):
    pulse = beaten(clock, 0.1, (5.0, False), (5.0, False), 0.0)
    assert pulse.stood_still(0, clock.now) == 5.0 + BEAT + 5.0 + BEAT


def test_a_toolbox_that_never_came_is_no_measure(clock):
    pulse = beaten(clock, (60.0, False), (60.0, False))
    assert pulse.stood_still(0, clock.now) == 0.0


def test_how_long_the_toolbox_took_to_come_is_no_measure(clock):
    pulse = beaten(clock, 45.0)
    assert pulse.stood_still(0, clock.now) == 0.0
    assert pulse.slowest == 0.0


def test_it_ends_with_the_run():
    stop = threading.Event()
    pulse = Pulse(Toolbox(Clock(), stop, []), stop)
    pulse.start()
    stop.set()
    ours = [one for one in threading.enumerate() if one.name == "podgrade-pulse"]
    for thread in ours:
        thread.join(10)
        assert not thread.is_alive()
