"""Trying again where no answer came: transport only, within the time of one call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    sleep_using_event,
    stop_before_delay,
    stop_when_event_set,
    wait_random_exponential,
)

from podgrade.model.errors import InfrastructureError
from podgrade.model.text import Words, say

T = TypeVar("T")

_A_MOMENT = 0.1  # seconds until a stream that broke off is asked for again
_BACK_OFF = wait_random_exponential(multiplier=0.1, max=3.0)  # seconds


class Unanswered(InfrastructureError):
    """No usable answer came. `arrived`: the request may have reached the server all the same.

    `pause`: seconds the server asked for (Retry-After), else None. `again`: worth another try.
    """

    def __init__(
        self,
        words: Words,
        *,
        arrived: bool = False,
        pause: float | None = None,
        again: bool = True,
    ) -> None:
        super().__init__(words)
        self.arrived = arrived
        self.pause = pause
        self.again = again


class Stopped(InfrastructureError):
    """The run is ending: nothing new is asked of the cluster."""

    def __init__(self) -> None:
        super().__init__(say("the run was stopped"))


def persistently(attempt: Callable[[], T], *, seconds: float, stop: threading.Event) -> T:
    """What `attempt` gives, tried again after each Unanswered until `seconds` have passed.

    Raises the last Unanswered, or Stopped once the run's stop event is set.
    """
    if stop.is_set():
        raise Stopped
    retrying = Retrying(
        retry=retry_if_exception(_worth_it),
        stop=stop_before_delay(seconds) | stop_when_event_set(stop),
        wait=_pause,
        sleep=sleep_using_event(stop),
        reraise=True,
    )
    try:
        return retrying(attempt)
    except Unanswered as error:
        if stop.is_set():
            raise Stopped from error
        raise


def await_next_try(error: Unanswered, stop: threading.Event) -> None:
    """Wait a moment after a stream broke off. Raises the error where asking again is of no use,
    Stopped once the run's stop event is set.
    """
    if not error.again:
        raise error
    if stop.wait(_A_MOMENT):
        raise Stopped from error


def _worth_it(error: BaseException) -> bool:
    return isinstance(error, Unanswered) and error.again


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.pause if isinstance(error, Unanswered) else None
    return _BACK_OFF(state) if asked is None else asked
