"""A submission's checks, played one after the other: in which order, and which are not."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from podgrade.grading import moments
from podgrade.grading.case import Case, Instance
from podgrade.grading.classify import kind_of, outcome_of
from podgrade.grading.in_place import Copies, NotCopied, needs_left_out, why_left_out
from podgrade.grading.slow import excuse
from podgrade.model.errors import InfrastructureError
from podgrade.model.reason import Reason
from podgrade.model.text import Words, say
from podgrade.model.verdict import Outcome
from podgrade.probes.bench import Bench
from podgrade.probes.tape import Recording, Stage, Tape

_MOMENTS = 2  # times that a submission is played anew because Ready was only a moment


@dataclass(frozen=True)
class Played:
    """How one instance came out in the rehearsal; `raised` is the exception's type by name.

    `words` says what went wrong where there is no tape to tell it; `doom` why the Pod could not
    become what was waited for, for a bare assert that fails.
    """

    outcome: Outcome
    tape: Tape = field(default_factory=Tape)
    raised: str | None = None
    because: str | None = None
    words: Words | None = None
    doom: Reason | None = None
    at: float = 0.0
    """When it began, in seconds since the manifest had been handed in."""
    seconds: float = 0.0


def play_all(
    case: Case, bench: Bench, stop: threading.Event, copies: Copies | None = None
) -> dict[str, Played]:
    """Play every instance in order; from the start again where Ready was only a moment.

    This is decided by what the cluster showed, never by a verdict; the next time `pod.ready`
    asks for longer.
    """

    def play_one(instance: Instance) -> Played:
        if copies is None or instance.name not in case.copying:
            return _play_one(instance, bench, case)
        try:
            return _play_one(instance, copies.bench(), case)
        except NotCopied as error:
            return Played(Outcome.NOT_GRADED, words=error.words)

    order = case.order()
    calm = list(itertools.takewhile(lambda instance: not instance.check.changes, order))
    changing = order[len(calm) :]
    to_change = any(instance.name not in case.left_out for instance in changing)
    for left in reversed(range(_MOMENTS + 1)):
        played = play(calm, case, play_one, stop, {})
        failed = bool(_failed(calm, played))
        if to_change:
            moments.watch_a_while(bench)
        if left and failed:
            moments.let_them_last(bench)
        if left and moments.only_a_moment(bench, surely=failed or to_change):
            moments.forget(bench)
            continue
        played = play(changing, case, play_one, stop, played)
        again = left and not bench.spent and any(one.doom for one in _failed(changing, played))
        if not (again and moments.was_never_ready(bench)):
            break
        moments.forget(bench)
    return played


def _failed(instances: Sequence[Instance], played: Mapping[str, Played]) -> list[Played]:
    found = (played.get(instance.id) for instance in instances)
    return [one for one in found if one is not None and one.outcome is Outcome.FAILED]


def play(
    instances: Sequence[Instance],
    case: Case,
    play_one: Callable[[Instance], Played],
    stop: threading.Event,
    before: dict[str, Played],
) -> dict[str, Played]:
    """Play instances in this order, but for those that need what did not pass; with what was
    played `before`.
    """
    played = dict(before)
    damaged: Instance | None = None
    for instance in instances:
        found = _without_playing(case, instance, played, damaged)
        found = found or play_one(instance)
        if stop.is_set() and found.outcome is Outcome.ERROR:
            break  # interrupted: nothing was found out
        played[instance.id] = found
        if instance.check.changes and found.outcome is Outcome.ERROR:
            damaged = instance
    return played


def _without_playing(
    case: Case, instance: Instance, played: dict[str, Played], damaged: Instance | None
) -> Played | None:
    """The verdict of an instance that needs what did not pass, or comes after damage."""
    if instance.name in case.left_out:
        return Played(Outcome.NOT_GRADED, words=why_left_out(case, instance))
    needed = [other for other in case.needed_by(instance) if other.id in played]
    for other in needed:
        if played[other.id].outcome is Outcome.NOT_GRADED:
            return Played(Outcome.NOT_GRADED, words=needs_left_out(other))
    erroneous = [other for other in needed if played[other.id].outcome is Outcome.ERROR]
    if damaged is not None:
        erroneous.append(damaged)
    if erroneous:
        title = erroneous[0].check.line.title
        words = say("what it needs could not be found out: {title}", title=title)
        return Played(Outcome.ERROR, words=words, because=erroneous[0].name)
    missing = [other for other in needed if played[other.id].outcome is not Outcome.PASSED]
    return Played(Outcome.NOT_REACHED, because=missing[0].name) if missing else None


def _play_one(instance: Instance, bench: Bench, case: Case) -> Played:
    stage = Recording(bench)
    bench.doom = None
    bench.left_out.clear()
    bench.overdue.clear()
    began = time.monotonic()
    outcome, kind = called(instance, stage, case.exercise.grader)
    seconds = time.monotonic() - began
    if bench.left_out:
        return Played(Outcome.NOT_GRADED, words=bench.left_out[0])
    if stage.tape.trouble is not None:
        outcome = Outcome.ERROR
    found = Played(
        outcome, stage.tape, kind, doom=bench.doom, at=began - bench.began, seconds=seconds
    )
    return _unless_slow(found, bench)


def _unless_slow(played: Played, bench: Bench) -> Played:
    """An error where a limit decided and the cluster was slow: nothing was found out then."""
    if played.outcome is not Outcome.FAILED or not bench.overdue:
        return played
    try:
        words = excuse(bench)
    except InfrastructureError as error:
        words = error.words
    return played if words is None else replace(played, outcome=Outcome.ERROR, words=words)


def called(instance: Instance, stage: Stage, grader: Path) -> tuple[Outcome, str | None]:
    """What the check came out as; its exception is not kept: it holds all that the check saw."""
    try:
        instance.run(stage)
    except BaseException as error:  # noqa: BLE001 - pytest's own outcomes are BaseExceptions
        return outcome_of(error, grader), kind_of(error, grader)
    return Outcome.PASSED, None
