"""The one run of a submission's checks against the real cluster."""

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
from podgrade.grading.lanes import lanes
from podgrade.grading.places import places
from podgrade.grading.redact import secrets_of
from podgrade.grading.rig import Rig
from podgrade.model.errors import PodgradeError
from podgrade.model.reason import Reason
from podgrade.model.submission import Manifest, Position
from podgrade.model.text import Words, say
from podgrade.model.timeline import Lane
from podgrade.model.verdict import Outcome
from podgrade.probes.bench import Bench
from podgrade.probes.tape import Recording, Stage, Tape
from podgrade.workspace.policy import refusals
from podgrade.workspace.read import Reading, Unreadable, read
from podgrade.workspace.workspace import Acceptance, Refusal, Workspace

_MOMENTS = 2  # times that a submission is played anew because Ready was only a moment

Progress = Callable[[str, Words, float], None]


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


@dataclass(frozen=True, eq=False)
class Rehearsed:
    """All that one submission's rehearsal found out, by instance id."""

    case: Case
    played: dict[str, Played]
    notes: tuple[Words, ...] = ()
    kept: str | None = None
    seconds: float = 0.0
    lanes: tuple[Lane, ...] = ()
    places: Mapping[str, Position] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()
    """What of it nobody is to read in the evidence."""


def rehearse(case: Case, rig: Rig, progress: Progress) -> Rehearsed:
    """Rehearse every instance of the case. Trouble of the cluster's becomes error verdicts.

    If the run is stopped meanwhile, only what was found out before is there.
    """
    began = time.monotonic()
    try:
        rig.require(case.exercise)
        found = _findings(case, rig, progress)
    except PodgradeError as error:
        found = Rehearsed(case, {} if rig.stop.is_set() else all_errors(case, error.words))
    except Exception as error:  # noqa: BLE001 - a bug of ours must not cost a learner a verdict
        found = Rehearsed(case, all_errors(case, our_failure(error)))
    return replace(found, seconds=time.monotonic() - began)


def our_failure(error: Exception) -> Words:
    """The sentence for an exception that nobody expected."""
    return say("podgrade itself failed: {type}: {error}", type=type(error).__name__, error=error)


def all_errors(case: Case, words: Words) -> dict[str, Played]:
    """An error verdict on every instance."""
    return {i.id: Played(Outcome.ERROR, words=words) for i in case.instances}


def _findings(case: Case, rig: Rig, progress: Progress) -> Rehearsed:
    reading, refused = _read(case)
    if reading is None or refused:
        manifest = reading.manifest if reading else None
        bench = _bench(case, rig, None, Acceptance(refused, (), ()), manifest, progress)
        where = places(manifest, refused, case.exercise.target)
        secrets = secrets_of(manifest.documents if manifest else ())
        played = _play_all(case, bench, rig.stop)
        return Rehearsed(case, played, places=where, secrets=secrets)
    found = _in_workspace(case, rig, reading.manifest, progress)
    return replace(found, notes=(*reading.notes, *found.notes))


def _in_workspace(case: Case, rig: Rig, manifest: Manifest, progress: Progress) -> Rehearsed:
    workspace = rig.take(case.exercise)
    target, kept = case.exercise.target, None
    try:
        progress(case.submission.key, say("handing in the manifest"), time.monotonic())
        workspace.set_up(rig.toolbox)
        acceptance = workspace.hand_in(manifest)
        bench = _bench(case, rig, workspace, acceptance, manifest, progress)
        played = _play_all(case, bench, rig.stop)
        seen = lanes(workspace.view, target.name, bench.began, time.monotonic())
    finally:
        kept = rig.release(workspace)
    notes = (*acceptance.notes, *acceptance.warnings, *bench.notes)
    where = places(manifest, acceptance.refusals, target)
    secrets = secrets_of((*manifest.documents, *workspace.setup.standing))
    return Rehearsed(case, played, notes, kept, lanes=seen, places=where, secrets=secrets)


def _read(case: Case) -> tuple[Reading | None, tuple[Refusal, ...]]:
    try:
        if case.submission.problem is not None:
            raise case.submission.problem
        reading = read(case.submission.files)
    except Unreadable as error:
        return None, (Refusal(error.reason, error.position),)
    return reading, tuple(refusals(reading.manifest, case.exercise))


def _bench(
    case: Case,
    rig: Rig,
    workspace: Workspace | None,
    acceptance: Acceptance,
    manifest: Manifest | None,
    progress: Progress,
) -> Bench:
    def doing(words: Words) -> None:
        progress(case.submission.key, words, time.monotonic())

    return Bench(
        exercise=case.exercise,
        where=workspace,
        toolbox=rig.toolbox,
        acceptance=acceptance,
        manifest=manifest,
        stop=rig.stop,
        doing=doing,
        closer=rig.closer,
    )


def _play_all(case: Case, bench: Bench, stop: threading.Event) -> dict[str, Played]:
    """Play every instance in order; from the start again where Ready was only a moment.

    This is decided by what the cluster showed, never by a verdict; the next time `pod.ready`
    asks for longer.
    """

    def play_one(instance: Instance) -> Played:
        return _play_one(instance, bench, case)

    order = case.order()
    calm = list(itertools.takewhile(lambda instance: not instance.check.changes, order))
    changing = order[len(calm) :]
    for left in reversed(range(_MOMENTS + 1)):
        played = play(calm, case, play_one, stop, {})
        if changing:
            moments.watch_a_while(bench)
        failed = any(one.outcome is Outcome.FAILED for one in played.values())
        if left and moments.only_a_moment(bench, failed=failed):
            moments.forget(bench)
            continue
        played = play(changing, case, play_one, stop, played)
        again = left and not bench.spent and _doomed(changing, played)
        if not (again and moments.was_never_ready(bench)):
            break
        moments.forget(bench)
    return played


def _doomed(instances: Sequence[Instance], played: Mapping[str, Played]) -> bool:
    """True if one of them failed because the Pod could not become what was waited for."""
    found = (played.get(instance.id) for instance in instances)
    return any(one is not None and one.outcome is Outcome.FAILED and one.doom for one in found)


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
    needed = [other for other in case.needed_by(instance) if other.id in played]
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
    began = time.monotonic()
    outcome, kind = called(instance, stage, case.exercise.grader)
    seconds = time.monotonic() - began
    if stage.tape.trouble is not None:
        outcome = Outcome.ERROR
    return Played(
        outcome, stage.tape, kind, doom=bench.doom, at=began - bench.began, seconds=seconds
    )


def called(instance: Instance, stage: Stage, grader: Path) -> tuple[Outcome, str | None]:
    """What the check came out as; its exception is not kept: it holds all that the check saw."""
    try:
        instance.run(stage)
    except BaseException as error:  # noqa: BLE001 - pytest's own outcomes are BaseExceptions
        return outcome_of(error, grader), kind_of(error, grader)
    return Outcome.PASSED, None
