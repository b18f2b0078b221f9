"""What the plugin does in a pytest session that has checks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from podgrade.grading.case import dependents
from podgrade.grading.collecting import Collection
from podgrade.grading.last_failed import LastFailed
from podgrade.grading.order import steps
from podgrade.grading.play import Played
from podgrade.grading.proof import Proof, with_proofs
from podgrade.grading.quiet import threads_quiet
from podgrade.grading.redact import Redaction
from podgrade.grading.reporting import discreet, finished, not_run
from podgrade.grading.rig import Where
from podgrade.grading.session import GradingSession, untold
from podgrade.grading.signals import terminated_like_interrupted
from podgrade.grading.wording import Wording
from podgrade.locale import default_language
from podgrade.model.errors import PodgradeError
from podgrade.model.verdict import Outcome, Result
from podgrade.probes import built_in
from podgrade.probes.tape import Replay, Tape
from podgrade.probes.values import explain

Item = pytest.Item

_STAGE: pytest.StashKey[tuple[Played, Replay]] = pytest.StashKey()
_WAITED: pytest.StashKey[float] = pytest.StashKey()

_LOOKING = ("setuponly", "setupplan", "collectonly")  # options under which nothing is run


class GradingRun:
    """The state of one session: what was collected, what is known, how it is told."""

    def __init__(self, config: pytest.Config, stdin: bytes | None) -> None:
        option = config.option
        hold = bool(option.usepdb or option.trace)
        self._config = config
        self._wording = Wording(option.lang or default_language())
        self._running: Item | None = None
        self._redaction = Redaction()  # of the submission whose check is run now
        self.collection = Collection(config, self._wording, stdin)
        in_place = any(one.live is not None for one in self.collection.submissions)
        where = Where(option.kubeconfig, option.context, option.keep, hold, in_place, option.shard)
        self.session = GradingSession(config, where, option.in_flight, hold=hold)
        config.pluginmanager.register(LastFailed(self._take_dependents), "podgrade-last-failed")

    def sort(self, items: list[Item]) -> None:
        """Group the checks by submission; where a pack is proven, one item a fixture."""
        groups = self.collection.groups()
        if self.collection.proving:
            items[:] = with_proofs(items, groups, self.session)
        self.session.adopt(groups)

    def _take_dependents(self, items: list[Item]) -> None:
        option = self._config.option
        if not getattr(option, "lf", False) or option.keyword or option.markexpr:
            return
        there = {item.nodeid for item in items}
        for group in dict.fromkeys(filter(None, map(self.session.group_of, items))):
            again = [i.name for node, i in group.nodes.items() if node in there]
            names = dependents(group.every, again)
            more = [node for node, i in group.nodes.items() if i.name in names]
            items += self.collection.items(node for node in more if node not in there)

    def loop(self, session: pytest.Session) -> bool | None:
        """Run the items, groups in the order in which their rehearsals finish."""
        if self._stands_back(session):
            return None
        self.session.choose(session.items)
        with terminated_like_interrupted(), threads_quiet(self._config):
            try:
                self._start()
                self._run_all(session)
            except KeyboardInterrupt:
                self._last_words()
                raise
        return True

    def _start(self) -> None:
        try:
            self.session.start()
        except PodgradeError as error:
            self._config.hook.pytest_podgrade_trouble(error=error)
            raise pytest.UsageError(self._wording.said(error.words)) from error

    def _run_all(self, session: pytest.Session) -> None:
        finishing = self.session.in_order_of_completion
        for item, following in steps(session.items, self.session.group_of, finishing):
            self._run(item, following)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)

    def _run(self, item: Item, following: Item | None) -> None:
        self._running = item  # until it is over (tell_if_complete), also if an interrupt ends it
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)

    def _last_words(self) -> None:
        """When the run is interrupted: report what was found out and is not yet reported.

        Not as pytest's items where one of them was interrupted itself: its fixtures are in the
        middle of something.
        """
        for group in self.session.interrupted():
            if self._running is not None:
                self.session.judge_group(group)
                continue
            known = untold(group)
            nodes = [node for node, instance in group.nodes.items() if instance.id in known]
            for item in self.collection.items(nodes):
                self._run(item, None)

    def set_up(self, item: Item) -> None:
        """Give a check its tape; not reached is a skip, what was never played an error."""
        group = self.session.group_of(item)
        if group is None or self._only_looks():
            return
        if not group.chosen:
            self.session.choose(item.session.items)
        began = time.monotonic()
        self.session.ensure_rehearsed(group)
        item.stash[_WAITED] = time.monotonic() - began
        self._redaction = group.redaction
        if not isinstance(item, Proof):
            self._put_on_stage(item)

    def _put_on_stage(self, item: Item) -> None:
        played = self.session.played(item)
        if played is None:
            raise KeyboardInterrupt  # the run was ended before this was found out
        verdict = self.session.unplayed(item, played)
        if verdict is None:
            item.stash[_STAGE] = played, Replay(played.tape)
            return
        not_run(item, verdict)
        said = self._wording.verdict(verdict)
        if verdict.outcome in {Outcome.NOT_REACHED, Outcome.NOT_GRADED}:
            raise pytest.skip.Exception(said, _use_item_location=True)
        pytest.fail(said, pytrace=False)

    def probe(self, name: str, item: Item) -> Any:
        """The probe of that name on the item's tape."""
        if self.session.group_of(item) is None and not self._only_looks():
            pytest.fail(f"the probe `{name}` can only be used in a check", pytrace=False)
        staged = item.stash.get(_STAGE, None)
        return built_in()[name](staged[1] if staged else Replay(Tape()))

    def report(
        self, item: Item, call: pytest.CallInfo[None], report: pytest.TestReport
    ) -> pytest.TestReport:
        """The verdict as a pytest report: errors belong to the setup phase, as in JUnit.

        No part of it tells what nobody is to read.
        """
        group = self.session.group_of(item)
        report = self._verdict_of(item, call, report)
        return report if group is None else discreet(item, report, group.redaction)

    def _verdict_of(
        self, item: Item, call: pytest.CallInfo[None], report: pytest.TestReport
    ) -> pytest.TestReport:
        if call.when == "setup":
            report.duration = max(0.0, report.duration - item.stash.get(_WAITED, 0.0))
        staged = item.stash.get(_STAGE, None)
        if staged is None or call.when == "teardown" or (call.when == "setup" and report.passed):
            return report
        verdict = self._judged(item, call, *staged)
        del item.stash[_STAGE]
        return finished(item, report, verdict, self._wording)

    def _judged(
        self, item: Item, call: pytest.CallInfo[None], played: Played, stage: Replay
    ) -> Any:
        """A word of the pack's own fails in the setup phase, as fixtures do, and is judged too."""
        error = call.excinfo.value if call.excinfo else None
        if call.when == "setup" and played.raised is None:
            return self.session.spoil(item, played, error)
        return self.session.judge(item, played, stage, error)

    def tell_if_complete(self, item: Item) -> None:
        """Hand over the result of a submission once its last item was reported."""
        self._running = None  # it is over: what interrupts the telling interrupts no item
        group = self.session.group_of(item)
        if group is not None and group.complete and not self._only_looks():
            self.session.tell(group)

    def explain(self, operator: str, left: object, right: object) -> list[str] | None:
        """A failed comparison in words; remembered with the answer that it was about."""
        reason = explain(operator, left, right)
        if reason is None:
            return None
        for side in (left, right):
            about = getattr(side, "about", None)
            if about is not None:
                about.witness.compared = reason
        return self._wording.lines(self._redaction.reason(reason))

    def close(self) -> None:
        """End the run."""
        self.session.close()

    def summary(self) -> Iterator[str]:
        """The points of each submission with its notes, for the end of pytest's own report."""
        for group in self.session.groups.values():
            if group.verdicts and not group.submission.fixture:
                yield "\n  ".join(self._points(group.result()))

    def _points(self, result: Result) -> Iterator[str]:
        score = "-" if result.score is None else f"{result.score:g}"
        yield f"{result.exercise} {result.submission}: {score}/{result.possible:g}"
        yield from map(self._wording.said, result.notes)
        if result.kept:
            yield f"kubectl get pods -n {result.kept}"

    def _stands_back(self, session: pytest.Session) -> bool:
        """True where pytest's own loop is to run: nothing to grade, only looking, or xdist."""
        failed = session.testsfailed and not self._config.option.continue_on_collection_errors
        xdist = hasattr(self._config, "workerinput") or self._config.pluginmanager.has_plugin(
            "dsession"
        )
        ours = any(self.session.group_of(item) is not None for item in session.items)
        return bool(failed or xdist) or self._only_looks() or not ours

    def _only_looks(self) -> bool:
        return any(getattr(self._config.option, name, False) for name in _LOOKING)
