"""Runs a submission's checks on what was recorded of it, without a cluster."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from podgrade.grading.case import Case, Instance
from podgrade.grading.play import Played, called, play
from podgrade.grading.record import Record
from podgrade.grading.rehearsal import Rehearsed
from podgrade.model.verdict import Outcome
from podgrade.probes.recall import Recalling


def regrade(case: Case, record: Record, stop: threading.Event) -> Rehearsed:
    """What the rehearsal would have found out, as far as the record can tell."""

    def play_one(instance: Instance) -> Played:
        return _play_one(instance, case, record)

    played = play(case.order(), case, play_one, stop, {})
    found = record.result
    return Rehearsed(
        case,
        played,
        notes=found.notes,
        seconds=found.seconds,
        lanes=found.lanes,
        places=found.places,
        namespace=found.namespace,
    )


def _play_one(instance: Instance, case: Case, record: Record) -> Played:
    before = record.played.get(instance.id)
    if before is not None and before.words is not None:
        return before  # it could not be found out then, and cannot now
    stage = Recalling(_entries(record, before))
    outcome, kind = called(instance, stage, case.exercise.grader)
    if stage.tape.trouble is not None:
        outcome = Outcome.ERROR
    known = before or Played(outcome)
    return Played(outcome, stage.tape, kind, doom=known.doom, at=known.at, seconds=known.seconds)


def _entries(record: Record, before: Played | None) -> Iterable[Any]:
    """What this check asked; a check that is new, or was not reached, may have what others did."""
    if before is not None and before.tape.entries:
        return before.tape.entries
    return [entry for played in record.played.values() for entry in played.tape.entries]
