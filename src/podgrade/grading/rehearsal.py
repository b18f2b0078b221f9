"""The one run of a submission's checks against the real cluster."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from podgrade.grading.case import Case
from podgrade.grading.discretion import Discretion, Progress
from podgrade.grading.in_place import Copies, about_left_out, found_in
from podgrade.grading.lanes import lanes
from podgrade.grading.places import places
from podgrade.grading.play import Played, play_all
from podgrade.grading.redact import Redaction
from podgrade.grading.rig import Rig
from podgrade.model.errors import PodgradeError
from podgrade.model.submission import Live, Manifest, Position
from podgrade.model.text import Words, say
from podgrade.model.timeline import Lane
from podgrade.model.verdict import Outcome
from podgrade.probes.bench import Bench
from podgrade.workspace.policy import refusals
from podgrade.workspace.read import Reading, Unreadable, read
from podgrade.workspace.workspace import Acceptance, Refusal, Workspace


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
    redaction: Redaction = field(default_factory=Redaction)
    """Takes out of what is told and kept what nobody is to read."""
    namespace: str = ""
    """Where it runs, if it is graded in place."""


def rehearse(case: Case, rig: Rig, progress: Progress) -> Rehearsed:
    """Rehearse every instance of the case. Trouble of the cluster's becomes error verdicts.

    If the run is stopped meanwhile, only what was found out before is there.
    """
    began, discretion = time.monotonic(), Discretion(case)
    progress = discretion.about(progress)
    try:
        rig.require(case.exercise)
        found = _findings(case, rig, progress, discretion)
    except PodgradeError as error:
        found = Rehearsed(case, {} if rig.stop.is_set() else all_errors(case, error.words))
    except Exception as error:  # noqa: BLE001 - a bug of ours must not cost a learner a verdict
        found = Rehearsed(case, all_errors(case, our_failure(error)))
    told, seconds = discretion.redaction, time.monotonic() - began
    notes = tuple(map(told.words, found.notes))
    return replace(found, notes=notes, redaction=told, seconds=seconds)


def our_failure(error: Exception) -> Words:
    """The sentence for an exception that nobody expected."""
    return say("podgrade itself failed: {type}: {error}", type=type(error).__name__, error=error)


def all_errors(case: Case, words: Words) -> dict[str, Played]:
    """An error verdict on every instance."""
    return {i.id: Played(Outcome.ERROR, words=words) for i in case.instances}


def _findings(case: Case, rig: Rig, progress: Progress, discretion: Discretion) -> Rehearsed:
    if case.submission.live is not None:
        return _in_place(case, rig, case.submission.live, progress, discretion)
    reading, refused = _read(case)
    discretion.learn(reading.manifest.documents if reading else ())
    if reading is None or refused:
        manifest = reading.manifest if reading else None
        bench = _bench(case, rig, None, Acceptance(refused), manifest, progress)
        where = places(manifest, refused, case.exercise.target)
        played = play_all(case, bench, rig.stop)
        return Rehearsed(case, played, places=where)
    found = _in_workspace(case, rig, reading.manifest, progress, discretion)
    return replace(found, notes=(*reading.notes, *found.notes))


def _in_workspace(
    case: Case, rig: Rig, manifest: Manifest, progress: Progress, discretion: Discretion
) -> Rehearsed:
    workspace = rig.take(case.exercise)
    target, kept = case.exercise.target, None
    try:
        progress(case.submission.key, say("handing in the manifest"), time.monotonic())
        workspace.set_up(rig.toolbox)
        discretion.learn(workspace.setup.standing)
        acceptance = workspace.hand_in(manifest)
        bench = _bench(case, rig, workspace, acceptance, manifest, progress)
        played = play_all(case, bench, rig.stop)
        seen = lanes(workspace.view, target.name, bench.began, time.monotonic())
    finally:
        discretion.learn(workspace.setup.standing)
        kept = rig.release(workspace)
    notes = (*acceptance.notes, *acceptance.warnings, *bench.notes)
    where = places(manifest, acceptance.refusals, target)
    return Rehearsed(case, played, notes, kept, lanes=seen, places=where)


def _in_place(
    case: Case, rig: Rig, live: Live, progress: Progress, discretion: Discretion
) -> Rehearsed:
    """What runs already is looked at where it is, with nothing of ours beside it."""
    progress(case.submission.key, say("looking for what is to be graded"), time.monotonic())
    namespace = live.namespace or rig.connection.namespace
    found = found_in(rig.connection, namespace, case.exercise, live)
    exercise = replace(case.exercise, target=found.target)
    discretion.learn(found.manifest.documents)
    workspace = rig.visit(exercise, namespace)
    workspace.adopt(found.document.kind if found.document else "")
    seen = replace(case, exercise=exercise)
    bench = _bench(seen, rig, workspace, found.acceptance, found.manifest, progress)
    bench.in_place, bench.untouched = True, not live.allow_changes
    copies = Copies(rig, exercise, found, bench)
    try:
        played = play_all(seen, bench, rig.stop, copies)
    finally:
        discretion.learn(copies.brought)
        copies.release()
    what = lanes(workspace.view, found.target.name, bench.began, time.monotonic())
    notes = (*found.acceptance.notes, *about_left_out(case), *bench.notes)
    return Rehearsed(case, played, notes, lanes=what, namespace=namespace)


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
        pulse=rig.pulse,
    )
