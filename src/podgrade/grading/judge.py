"""Puts the verdict together from the rehearsal and from the replay that pytest ran.

What is compared is what was seen; what a verdict tells of it is redacted here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from podgrade.grading.case import Instance
from podgrade.grading.classify import kind_of, outcome_of
from podgrade.grading.play import Played
from podgrade.grading.redact import Redaction
from podgrade.model.errors import GraderError, PodgradeError
from podgrade.model.exercise import Exercise
from podgrade.model.failure import Failure
from podgrade.model.reason import Reason
from podgrade.model.text import Words, clipped, say
from podgrade.model.verdict import Outcome, Verdict
from podgrade.probes.tape import Replay


def without_replay(instance: Instance, played: Played, redaction: Redaction) -> Verdict | None:
    """The verdict of an instance that was never played, or None if there is a tape to replay."""
    if played.outcome is Outcome.NOT_REACHED:
        return _verdict(instance, played, Outcome.NOT_REACHED, redaction)
    if played.outcome is Outcome.NOT_GRADED:
        reason = Reason("not-graded", why=played.words) if played.words else None
        return _verdict(instance, played, Outcome.NOT_GRADED, redaction, reason)
    if played.words is not None:
        reason = Reason("error", why=played.words)
        return _verdict(instance, played, Outcome.ERROR, redaction, reason)
    return None


def after_replay(
    instance: Instance,
    played: Played,
    stage: Replay,
    error: BaseException | None,
    exercise: Exercise,
    redaction: Redaction,
) -> Verdict:
    """The verdict of an instance that pytest ran on its tape; `error` is what left it."""
    outcome, reason = _found(played, stage, error, exercise)
    return _verdict(instance, played, outcome, redaction, reason)


def _found(
    played: Played, stage: Replay, error: BaseException | None, exercise: Exercise
) -> tuple[Outcome, Reason | None]:
    trouble = played.tape.trouble
    if trouble is not None:
        return Outcome.ERROR, Reason("error", why=trouble)
    difference = _difference(played, stage, error, exercise.grader)
    if difference is not None:
        return Outcome.ERROR, Reason("not-the-same", why=difference)
    if played.outcome is Outcome.ERROR:
        return Outcome.ERROR, Reason("grader", why=_grader(error))
    if played.outcome is Outcome.PASSED:
        return Outcome.PASSED, None
    try:
        return Outcome.FAILED, _reason(played, stage, error, exercise)
    except GraderError as problem:
        return Outcome.ERROR, Reason("grader", why=problem.words)


def spoiled(
    instance: Instance, played: Played, error: BaseException | None, redaction: Redaction
) -> Verdict:
    """The verdict of an instance that pytest could not run, for a fixture that failed."""
    why = say(
        "a fixture around the check failed: {type}: {error}", type=type(error).__name__, error=error
    )
    return _verdict(instance, played, Outcome.ERROR, redaction, Reason("fixture", why=why))


def _verdict(
    instance: Instance,
    played: Played,
    outcome: Outcome,
    redaction: Redaction,
    reason: Reason | None = None,
) -> Verdict:
    return Verdict(
        check=instance.check.line,
        outcome=outcome,
        id=instance.id,
        reason=redaction.reason(reason),
        because=played.because,
        seconds=played.seconds,
        evidence=played.tape.evidence(redaction.data),
        at=played.at,
    )


def _difference(
    played: Played, stage: Replay, error: BaseException | None, grader: Path
) -> Words | None:
    """What the replay did otherwise than the rehearsal: then neither can be believed."""
    if stage.strayed is not None:
        return stage.strayed
    rehearsed = (played.outcome, played.raised)
    replayed = (outcome_of(error, grader), kind_of(error, grader))
    if rehearsed != replayed:
        return say(
            "the check did not do the same when it was run again on its record: "
            "first {first}, then {then}",
            first=played.raised or played.outcome,
            then=replayed[1] or replayed[0],
        )
    if not stage.finished:
        return say(
            "the check did not do the same when it was run again on its record: it asked less"
        )
    return None


def _grader(error: BaseException | None) -> Words:
    if isinstance(error, PodgradeError):
        return error.words
    return say("the check raised {type}: {error}", type=type(error).__name__, error=error)


def _reason(
    played: Played, stage: Replay, error: BaseException | None, exercise: Exercise
) -> Reason:
    if isinstance(error, Failure):
        return error.reason if error.values is None else _in_words(error, error.values, exercise)
    if stage.witness.reason is not None:
        return stage.witness.reason
    if played.doom is not None:
        return played.doom
    return Reason("assertion", why=say("this did not hold: {what}", what=_first_line(error)))


def _in_words(error: Failure, values: Mapping[str, object], exercise: Exercise) -> Reason:
    """The exercise's own words for it. Raises GraderError where it has none."""
    code = error.reason.code
    if code not in exercise.reasons:
        raise GraderError(say("exercise.yaml has no reason {code} under `reasons:`", code=code))
    return exercise.reasons[code].filled(values)


def _first_line(error: BaseException | None) -> str:
    lines = str(error).splitlines() or [""]
    return clipped(lines[0], 300)
