"""From groups of checks to results: rehearsed in the background, judged as pytest runs them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from podgrade.grading import evidence
from podgrade.grading.case import Case, Instance
from podgrade.grading.conductor import Conductor
from podgrade.grading.flow import ORDINARY, Flow
from podgrade.grading.groups import Group, Groups
from podgrade.grading.journal import Journal
from podgrade.grading.judge import after_replay, spoiled, without_replay
from podgrade.grading.order import begun_in, in_order
from podgrade.grading.play import Played
from podgrade.grading.record import Record
from podgrade.grading.regrade import regrade
from podgrade.grading.rehearsal import Rehearsed, all_errors, our_failure, rehearse
from podgrade.grading.rig import Rig, Where
from podgrade.locale.commands import reason_in_namespace
from podgrade.model.errors import InfrastructureError, PodgradeError
from podgrade.model.exercise import Exercise
from podgrade.model.submission import Live
from podgrade.model.text import Words, say
from podgrade.model.verdict import Result, Verdict
from podgrade.probes.tape import Replay
from podgrade.workspace.live import require

Item = pytest.Item

_AHEAD = 256  # rehearsals that may be finished and not told yet: their tapes are on disk
_LAST_WORDS = 1.5  # seconds that rehearsals under way may take to come back when the run is ended


class GradingSession:
    """Rehearses the groups of a run and hands pytest's items their tapes."""

    def __init__(
        self, config: pytest.Config, where: Where, in_flight: int | None, *, hold: bool
    ) -> None:
        self.groups: Groups = {}
        self._group_of: dict[str, Group] = {}
        self.stop = threading.Event()
        self._config = config
        self._where = where
        self._in_flight = 1 if hold else in_flight
        self._hold = hold
        self._rig: Rig | None = None
        self._opening = threading.Lock()
        self._conductor: Conductor | None = None
        self._order: list[Group] = []
        self._journal = Journal()
        self._evidence: Path | None = config.option.evidence
        # Where anybody has records there is no cluster (see hookspecs.py).
        self._recorded = bool(config.hook.pytest_podgrade_recorded.get_hookimpls())
        self._numbers = iter(range(10**9))

    def adopt(self, groups: Groups) -> None:
        """Take the groups that collection found."""
        self.groups = groups
        for group in groups.values():
            nodes = group.nodes if group.proof is None else (group.proof,)
            self._group_of |= dict.fromkeys(nodes, group)

    def group_of(self, item: Item) -> Group | None:
        """The group that an item belongs to; None for an ordinary test."""
        return self._group_of.get(item.nodeid)

    def choose(self, items: list[Item]) -> None:
        """Say which items will really run, and in which order."""
        self._order = in_order(items, self.group_of)
        run = {item.nodeid for item in items}
        for group in self._order:
            if group.proof is not None:
                group.chosen = {instance.id for instance in group.every}
            else:
                group.chosen = {i.id for node, i in group.nodes.items() if node in run}

    def start(self) -> None:
        """Open the cluster and rehearse every group. Raises ClusterUnavailableError."""
        self._open()
        ahead = 0 if self._hold else _AHEAD
        cases = [group.build_case() for group in begun_in(self._order, ahead)]
        flow = self._flow(len(cases))
        if not self._recorded:
            self._prepare(cases, flow)
        self._conductor = Conductor(cases, self._perform, self.stop, flow=flow, ahead=ahead)
        self._conductor.start()

    def _flow(self, cases: int) -> Flow:
        """How many at once: what was asked for, else what the cluster has room for."""
        if self._in_flight is not None:
            return Flow.firm(self._in_flight)
        if self._recorded or cases <= 1:
            return Flow.firm(ORDINARY)
        return self.rig().flow(self._told_of_flow)

    def _told_of_flow(self, number: int, why: Words) -> None:
        self._config.hook.pytest_podgrade_flow(number=number, why=why)

    def _open(self) -> None:
        """Whatever can fail before anything is graded. Raises PodgradeError."""
        if self._evidence is not None:
            evidence.writable(self._evidence)
        if not self._recorded:
            self.rig()
        self._journal.open()

    def _prepare(self, cases: list[Case], flow: Flow) -> None:
        for exercise in {case.exercise.slug: case.exercise for case in cases}.values():
            ours = [case for case in cases if case.exercise.slug == exercise.slug]
            places = [case.submission.live for case in ours if case.submission.live is not None]
            for live in [one for one in places if not one.exam]:
                self._look_at(exercise, live)
            if len(places) < len(ours):
                self.rig().prepare(exercise, len(ours) - len(places), flow.allowed)

    def _look_at(self, exercise: Exercise, live: Live) -> None:
        """Raise UsageProblem where nothing can be graded in place."""
        connection = self.rig().connection
        require(connection, live.namespace or connection.namespace, exercise)

    def in_order_of_completion(self, groups: list[Group]) -> Iterator[Group]:
        """The groups as their rehearsals finish; ends early if the run is stopped."""
        waiting = {group.case: group for group in groups if group.case is not None}
        while waiting and self._conductor is not None:
            rehearsed = self._conductor.next(waiting.keys())
            if rehearsed is None:
                return
            group = waiting.pop(rehearsed.case)
            self._take(group, rehearsed)
            yield group
            if self._rig is not None:
                self._rig.let_go()
            self._conductor.collected()

    def ensure_rehearsed(self, group: Group) -> None:
        """Rehearse now a group that nobody has rehearsed (an xdist worker's first item)."""
        if group.rehearsed is not None:
            return
        self._open()
        alone = Conductor([group.build_case()], self._perform, self.stop)
        alone.start()
        if group.case is not None:
            rehearsed = alone.next([group.case])
            self._take(group, rehearsed or Rehearsed(group.case, {}))

    def interrupted(self) -> list[Group]:
        """Stop everything; the groups of whose checks something is known and not yet told."""
        self.stop.set()
        for rehearsed in self._conductor.rest(_LAST_WORDS) if self._conductor else ():
            group = next(group for group in self._order if group.case is rehearsed.case)
            self._take(group, rehearsed)
        return [group for group in self._order if group.proof is None and untold(group)]

    def played(self, item: Item) -> Played | None:
        """How the item's instance came out in the rehearsal; None if it was not found out."""
        group, instance = self._place(item)
        return group.played.get(instance.id)

    def unplayed(self, item: Item, played: Played) -> Verdict | None:
        """The verdict of an item that has nothing to replay, or None."""
        group, instance = self._place(item)
        verdict = without_replay(instance, played, group.redaction)
        if verdict is not None:
            group.verdicts[instance.id] = verdict
        return verdict

    def judge(
        self, item: Item, played: Played, stage: Replay, error: BaseException | None
    ) -> Verdict:
        """The verdict of an item that was replayed."""
        group, instance = self._place(item)
        verdict = _judged(group, instance, played, stage, error)
        group.verdicts[instance.id] = verdict
        return verdict

    def spoil(self, item: Item, played: Played, error: BaseException | None) -> Verdict:
        """The verdict of an item around which a fixture failed."""
        group, instance = self._place(item)
        verdict = spoiled(instance, played, error, group.redaction)
        group.verdicts[instance.id] = verdict
        return verdict

    def judge_group(self, group: Group) -> None:
        """Replay at once what is known of a group and has no verdict yet (a pack's proof)."""
        unjudged = untold(group)
        for instance in group.case.instances if group.case else ():
            if instance.id in unjudged:
                group.verdicts[instance.id] = self._replayed(group, instance)

    def tell(self, group: Group) -> None:
        """Give the group's result to whoever listens, once."""
        if not group.told:
            group.told = True
            result = self._with_evidence(group, group.result())
            self._config.hook.pytest_podgrade_result(result=result)
            group.lighten()

    def _with_evidence(self, group: Group, result: Result) -> Result:
        """The result, after its evidence was kept if it is to be; a note says why it was not."""
        if self._evidence is None:
            return result
        try:
            record = Record(group.exercise, group.submission, result, group.played)
            evidence.keep(self._evidence, record, group.redaction)
        except OSError as error:
            note = say("the evidence could not be kept: {error}", error=error.strerror or error)
            return replace(result, notes=(*result.notes, note))
        return result

    def close(self) -> None:
        """Tell what is known of unfinished groups, end the threads, clean up."""
        self.stop.set()
        if self._conductor is not None:
            self._conductor.cancel()
        for group in self.groups.values():
            if group.verdicts and not group.told:
                self.tell(group)
        if self._rig is not None:
            self._rig.close()
        self._journal.close()

    def _place(self, item: Item) -> tuple[Group, Instance]:
        group = self._group_of[item.nodeid]
        return group, group.nodes[item.nodeid]

    def rig(self) -> Rig:
        """What the run has on the cluster, opened at the first call."""
        with self._opening:
            if self._rig is None:
                self._rig = Rig.open(self._where, self.stop)
            return self._rig

    def _perform(self, case: Case) -> Rehearsed:
        """Rehearse one case and keep its tapes; whatever goes wrong is an error verdict."""
        try:
            rehearsed = self._found_out(case)
            return self._journal.write(next(self._numbers), rehearsed)
        except PodgradeError as error:
            return Rehearsed(case, all_errors(case, error.words))
        except Exception as error:  # noqa: BLE001 - a full disk must not leave the run waiting
            return Rehearsed(case, all_errors(case, our_failure(error)))

    def _found_out(self, case: Case) -> Rehearsed:
        if not self._recorded:
            return rehearse(case, self.rig(), partial(self._progress, case.exercise.slug))
        record = self._config.hook.pytest_podgrade_recorded(
            exercise=case.exercise, submission=case.submission
        )
        if record is None:
            raise InfrastructureError(say("not recorded"))
        return regrade(case, record, self.stop)

    def _progress(self, exercise: str, submission: str, doing: Words, since: float) -> None:
        self._config.hook.pytest_podgrade_progress(
            exercise=exercise, submission=submission, doing=doing, since=since
        )

    def _take(self, group: Group, rehearsed: Rehearsed) -> None:
        group.rehearsed = rehearsed
        group.played = self._journal.read(rehearsed)

    def _replayed(self, group: Group, instance: Instance) -> Verdict:
        played = group.played[instance.id]
        verdict = without_replay(instance, played, group.redaction)
        if verdict is not None:
            return verdict
        stage, error = Replay(played.tape), None
        try:
            instance.run(stage)
        except BaseException as caught:  # noqa: BLE001 - pytest's own outcomes are BaseExceptions
            error = caught
        return _judged(group, instance, played, stage, error)


def _judged(
    group: Group, instance: Instance, played: Played, stage: Replay, error: BaseException | None
) -> Verdict:
    """The verdict on what was replayed, its commands said for where the submission is."""
    verdict = after_replay(instance, played, stage, error, group.exercise, group.redaction)
    namespace = group.rehearsed.namespace if group.rehearsed else ""
    return replace(verdict, reason=reason_in_namespace(verdict.reason, namespace))


def untold(group: Group) -> set[str]:
    """Ids of the instances that are to be reported, are known, and have no verdict yet."""
    return (group.chosen & group.played.keys()) - group.verdicts.keys()
