"""One pytest run that grades: from its items to results."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from podgrade.grading.case import Case, Instance
from podgrade.grading.conductor import Conductor
from podgrade.grading.groups import Group
from podgrade.grading.journal import Journal
from podgrade.grading.judge import after_replay, without_replay
from podgrade.grading.quiet import threads_quiet
from podgrade.grading.rehearsal import Played, Rehearsed, rehearse
from podgrade.grading.rig import Rig, Where
from podgrade.model.text import Words
from podgrade.model.verdict import Verdict
from podgrade.probes.tape import Replay

Item = pytest.Item


class GradingSession:
    """Rehearses the groups of a run and hands pytest's items their tapes."""

    def __init__(self, config: pytest.Config, where: Where, in_flight: int, *, hold: bool) -> None:
        self.groups: dict[tuple[Path, str], Group] = {}
        self.group_of: dict[str, Group] = {}
        self.stop = threading.Event()
        self._config = config
        self._where = where
        self._in_flight = 1 if hold else in_flight
        self._ahead = 0 if hold else self._in_flight
        self._rig: Rig | None = None
        self._conductor: Conductor | None = None
        self._journal = Journal()
        self._numbers = iter(range(10**9))

    def adopt(self, groups: dict[tuple[Path, str], Group]) -> None:
        """Take the groups that collection found."""
        self.groups = groups
        for group in groups.values():
            nodes = group.nodes if group.proof is None else (group.proof,)
            self.group_of |= dict.fromkeys(nodes, group)

    def choose(self, items: list[Item]) -> None:
        """Say which items will really run."""
        run = {item.nodeid for item in items}
        for group in self.groups.values():
            if group.proof is not None:
                group.chosen = {i.id for i in group.every} if group.proof in run else set()
            else:
                group.chosen = {i.id for node, i in group.nodes.items() if node in run}

    def start(self) -> None:
        """Open the cluster and rehearse every group. Raises ClusterUnavailableError."""
        cases = [group.build_case() for group in self._chosen()]
        rig = self._open()
        for exercise in {case.exercise.slug: case.exercise for case in cases}.values():
            wanted = sum(1 for case in cases if case.exercise.slug == exercise.slug)
            rig.prepare(exercise, min(wanted, self._in_flight))
        self._conductor = Conductor(
            cases, self._perform, self.stop, in_flight=self._in_flight, ahead=self._ahead
        )
        self._conductor.start()

    def in_order_of_completion(self, groups: list[Group]) -> Iterator[Group]:
        """The groups as their rehearsals finish; ends early if the run is stopped."""
        waiting = {group.case: group for group in groups}
        while waiting and self._conductor is not None:
            with threads_quiet():
                rehearsed = self._conductor.next([case for case in waiting if case])
            if rehearsed is None:
                return
            group = waiting.pop(rehearsed.case)
            self._take(group, rehearsed)
            yield group
            self._open().let_go()
            self._conductor.collected()

    def ensure_rehearsed(self, group: Group) -> None:
        """Rehearse now a group that nobody has rehearsed (an xdist worker's first item)."""
        if group.rehearsed is None:
            self._open()
            self._take(group, self._perform(group.build_case()))

    def played(self, item: Item) -> Played:
        """How the item's instance came out in the rehearsal."""
        group = self.group_of[item.nodeid]
        self.ensure_rehearsed(group)
        return group.played[group.nodes[item.nodeid].id]

    def unplayed(self, item: Item) -> Verdict | None:
        """The verdict of an item that has nothing to replay, or None."""
        group, instance = self._place(item)
        verdict = without_replay(instance, self.played(item))
        if verdict is not None:
            group.verdicts[instance.id] = verdict
        return verdict

    def judge(self, item: Item, stage: Replay, error: BaseException | None) -> Verdict:
        """The verdict of an item that was replayed."""
        group, instance = self._place(item)
        played, grader = self.played(item), group.exercise.grader
        verdict = group.verdicts[instance.id] = after_replay(instance, played, stage, error, grader)
        return verdict

    def _place(self, item: Item) -> tuple[Group, Instance]:
        group = self.group_of[item.nodeid]
        return group, group.nodes[item.nodeid]

    def judge_group(self, group: Group) -> None:
        """Replay a whole group at once (a pack's proof)."""
        for instance in group.case.instances if group.case else ():
            group.verdicts[instance.id] = self._replayed(group, instance)

    def tell(self, group: Group) -> None:
        """Give the group's result to whoever listens, once."""
        if not group.told:
            group.told = True
            self._config.hook.pytest_podgrade_result(result=group.result())
            group.played = {}

    def close(self) -> None:
        """Tell what is known of unfinished groups, end the threads, clean up."""
        self.stop.set()
        if self._conductor is not None:
            self._conductor.cancel()
        if self._rig is not None:
            self._rig.close()
        for group in self.groups.values():
            if group.verdicts and not group.told:
                self.tell(group)
        self._journal.close()

    def _chosen(self) -> list[Group]:
        return [group for group in self.groups.values() if group.chosen]

    def _open(self) -> Rig:
        if self._rig is None:
            self._rig = Rig.open(self._where, self.stop)
        return self._rig

    def _perform(self, case: Case) -> Rehearsed:
        rehearsed = rehearse(case, self._open(), self._progress)
        return self._journal.write(next(self._numbers), rehearsed)

    def _progress(self, submission: str, doing: Words, since: float) -> None:
        self._config.hook.pytest_podgrade_progress(submission=submission, doing=doing, since=since)

    def _take(self, group: Group, rehearsed: Rehearsed) -> None:
        group.rehearsed = rehearsed
        group.played = self._journal.read(rehearsed)

    def _replayed(self, group: Group, instance: Instance) -> Verdict:
        played = group.played[instance.id]
        verdict = without_replay(instance, played)
        if verdict is not None:
            return verdict
        stage, error = Replay(played.tape), None
        try:
            instance.run(stage)
        except BaseException as caught:  # noqa: BLE001 - pytest's own outcomes are BaseExceptions
            error = caught
        return after_replay(instance, played, stage, error, group.exercise.grader)
