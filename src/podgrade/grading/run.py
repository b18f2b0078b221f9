"""What the plugin does in a pytest session that has checks."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from podgrade.grading import acceptance, catalogue
from podgrade.grading.case import ACCEPTANCE
from podgrade.grading.groups import (
    SUBMISSION,
    Group,
    check_arguments,
    dependents,
    grouped,
    instance_of,
)
from podgrade.grading.proof import Proof, fixtures_of, with_proofs
from podgrade.grading.quiet import threads_quiet
from podgrade.grading.rig import Where
from podgrade.grading.session import GradingSession
from podgrade.grading.submissions import from_folder, from_path, with_unique_keys
from podgrade.locale import default_language, in_language
from podgrade.model.errors import PodgradeError
from podgrade.model.exercise import Exercise
from podgrade.model.reason import Reason
from podgrade.model.submission import Key, Submission
from podgrade.model.text import Words, say
from podgrade.model.verdict import Outcome, Verdict
from podgrade.probes import built_in
from podgrade.probes.tape import Replay, Tape
from podgrade.probes.values import explain

_STDIN: pytest.StashKey[bytes] = pytest.StashKey()
_STAGE: pytest.StashKey[Replay] = pytest.StashKey()

Item = pytest.Item

_LOOKING = ("setuponly", "setupplan", "collectonly")  # options under which nothing is run


def read_stdin(config: pytest.Config) -> None:
    """Keep what stands on standard input for the submission `-`."""
    config.stash[_STDIN] = sys.stdin.buffer.read()


class GradingRun:
    """The state of one session: which submissions, which items, which verdicts."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        option = config.option
        hold = bool(option.usepdb or option.trace)
        where = Where(option.kubeconfig, option.context, option.keep, hold)
        self._language = option.lang or default_language()
        self._exercises: dict[Path, Exercise] = {}
        self._seen: set[pytest.Collector] = set()
        self._submissions = self._named()
        self._all: list[Item] = []
        self._fixtures: dict[Path, tuple[Submission, ...]] = {}
        self.session = GradingSession(config, where, option.in_flight, hold=hold)
        config.pluginmanager.register(_LastFailed(self), "podgrade-last-failed")

    # Collection

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the submissions named on the command line."""
        return tuple(submission.key for submission in self._submissions)

    def by_key(self, key: Key | None) -> Submission | None:
        """The submission of that key."""
        everything = [*self._submissions, *(f for fs in self._fixtures.values() for f in fs)]
        return next((submission for submission in everything if submission.key == key), None)

    def parametrize(self, metafunc: pytest.Metafunc) -> None:
        """One item of each check for each submission."""
        submissions = self._submissions_for(Path(metafunc.definition.path))
        metafunc.fixturenames.append(SUBMISSION)
        metafunc.parametrize(SUBMISSION, [Key(s.key) for s in submissions], indirect=True)

    def collected(self, collector: pytest.Module | pytest.Class, name: str, found: Any) -> Any:
        """The items of a check; before a grader's first comes the acceptance check."""
        if not isinstance(collector, pytest.Module):
            raise pytest.Collector.CollectError(
                f"{collector.path.name}: checks are functions, {name} is in a class"
            )
        items = list(found or ())
        for item in items:
            problem = check_arguments(item) if isinstance(item, pytest.Function) else None
            if problem:
                raise pytest.Collector.CollectError(problem)
        if collector in self._seen:
            return items
        self._seen.add(collector)
        setattr(collector.obj, ACCEPTANCE, acceptance.test_manifest_is_accepted)
        first = collector.ihook.pytest_pycollect_makeitem(
            collector=collector, name=ACCEPTANCE, obj=acceptance.test_manifest_is_accepted
        )
        return [*(first or ()), *items]

    def sort(self, items: list[Item]) -> None:
        """Group the checks by submission; where a pack is proven, one item a fixture."""
        checks = []
        for item in items:
            instance = instance_of(item)
            if instance is not None and isinstance(item, pytest.Function):
                key = item.callspec.params[SUBMISSION] if hasattr(item, "callspec") else None
                submission = self._submission(item.path, key)
                if submission is not None:
                    checks.append((item, instance, self._exercise(item.path), submission))
        groups = grouped(checks)
        if self._proving:
            items[:] = with_proofs(items, groups, self.session)
        self.session.adopt(groups)
        self._all = list(items)

    def take_dependents_along(self, items: list[Item]) -> None:
        """With --lf, take along what depends on a check that runs again."""
        if not self._config.getoption("lf", default=False):
            return
        wanted = {item.nodeid for item in items}
        for group in self.session.groups.values():
            again = [i.name for node, i in group.nodes.items() if node in wanted]
            names = dependents(group.every, again) if again else set()
            wanted |= {node for node, i in group.nodes.items() if i.name in names}
        items[:] = [item for item in self._all if item.nodeid in wanted]

    # Running

    def loop(self, session: pytest.Session) -> bool | None:
        """Run the items, groups in the order in which their rehearsals finish."""
        if self._stands_back(session):
            return None
        self.session.choose(session.items)
        try:
            self.session.start()
        except PodgradeError as error:
            self._config.hook.pytest_podgrade_trouble(error=error)
            raise pytest.UsageError(self._said(error.words)) from error
        with terminated_like_interrupted():
            for item, following in self._sequence(session.items):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if session.shouldfail:
                    raise session.Failed(session.shouldfail)
                if session.shouldstop:
                    raise session.Interrupted(session.shouldstop)
        return True

    def set_up(self, item: Item) -> None:
        """Give a check its tape; not reached is a skip, what was never played an error."""
        if self._only_looks() or not self._is_ours(item):
            return
        if not self.session.group_of[item.nodeid].chosen:
            self.session.choose(item.session.items)
        if isinstance(item, Proof):
            self.session.ensure_rehearsed(item.group)
            return
        verdict = self.session.unplayed(item)
        if verdict is None:
            item.stash[_STAGE] = Replay(self.session.played(item).tape)
        elif verdict.outcome is Outcome.NOT_REACHED:
            pytest.skip(self._said_of(verdict))
        else:
            pytest.fail(self._said_of(verdict), pytrace=False)

    def probe(self, name: str, item: Item) -> Any:
        """The probe of that name on the item's tape."""
        return built_in()[name](item.stash.get(_STAGE, None) or Replay(Tape()))

    def quiet(self) -> AbstractContextManager[None]:
        """While a check is replayed, other threads' prints and logs are dropped."""
        return threads_quiet()

    def report(
        self, item: Item, call: pytest.CallInfo[None], report: pytest.TestReport
    ) -> pytest.TestReport:
        """The verdict as a pytest report: errors belong to the setup phase, as in JUnit."""
        stage = item.stash.get(_STAGE, None)
        if stage is None or call.when != "call":
            return report
        error = call.excinfo.value if call.excinfo else None
        verdict = self.session.judge(item, stage, error)
        report.duration = verdict.seconds
        report.user_properties.append(("points", verdict.points))
        if verdict.outcome is Outcome.ERROR:
            report.outcome, report.when = "failed", "setup"
            report.longrepr = report.longrepr or self._said_of(verdict)
            report.sections.append(("podgrade", self._said_of(verdict)))
        elif verdict.outcome is Outcome.FAILED:
            report.sections.append(("podgrade", "\n".join(self._lines(verdict.reason))))
        return report

    def tell_if_complete(self, item: Item) -> None:
        """Hand over the result of a submission once its last item was reported."""
        group = self.session.group_of.get(item.nodeid)
        if group is not None and group.complete:
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
        return self._lines(reason)

    def close(self) -> None:
        """End the run."""
        self.session.close()

    def summarise(self, reporter: Any) -> None:
        """The points of each submission, at the end of pytest's own report."""
        told = [g for g in self.session.groups.values() if g.verdicts and not g.submission.fixture]
        if not told:
            return
        reporter.section("podgrade")
        for group in told:
            result = group.result()
            score = "-" if result.score is None else f"{result.score:g}"
            reporter.line(f"{result.exercise} {result.submission}: {score}/{result.possible:g}")
            for note in result.notes:
                reporter.line(f"  {self._said(note)}")
            if result.kept:
                reporter.line(f"  kubectl get pods -n {result.kept}")

    # Helpers

    def _named(self) -> tuple[Submission, ...]:
        option = self._config.option
        stdin = self._config.stash.get(_STDIN, None)
        try:
            found = [from_path(path, stdin) for path in option.submission]
            found += from_folder(option.submissions) if option.submissions else ()
        except PodgradeError as error:
            raise pytest.UsageError(self._said(error.words)) from error
        for more in self._config.hook.pytest_podgrade_submissions(config=self._config):
            found += more
        return with_unique_keys(found)

    @property
    def _proving(self) -> bool:
        return not self._submissions and any(self._fixtures.values())

    def _submissions_for(self, grader: Path) -> tuple[Submission, ...]:
        if self._submissions:
            return self._submissions
        if grader not in self._fixtures:
            proves = self._config.hook.pytest_podgrade_prove.get_hookimpls()
            exercise = self._exercise(grader)
            self._fixtures[grader] = fixtures_of(exercise) if proves else ()
        return self._fixtures[grader]

    def _submission(self, grader: Path, key: object) -> Submission | None:
        return next((s for s in self._submissions_for(grader) if s.key == key), None)

    def _exercise(self, grader: Path) -> Exercise:
        if grader not in self._exercises:
            try:
                self._exercises[grader] = catalogue.exercise_of(grader)
            except PodgradeError as error:
                raise pytest.Collector.CollectError(self._said(error.words)) from error
        return self._exercises[grader]

    def _sequence(self, items: Sequence[Item]) -> Iterator[tuple[Item, Item | None]]:
        """Each item with the one whose fixtures are to stay: a grader's submissions come in
        the order in which they finish, so what follows the last item of one is any other.
        """
        blocks = list(self._blocks(items))
        for number, block in enumerate(blocks):
            after = next((item for later in blocks[number + 1 :] for item in later[1]), None)
            if block[0]:
                yield from self._as_finished(block[1], after)
            else:
                yield from _with_next(block[1], after)

    def _blocks(self, items: Sequence[Item]) -> Iterator[tuple[bool, list[Item]]]:
        """Runs of ordinary tests, and all checks of a grader together."""
        graders: dict[Path, list[Item]] = {}
        for item in items:
            if not self._is_ours(item):
                yield False, [item]
            elif item.path not in graders:
                graders[item.path] = [other for other in items if other.path == item.path]
                yield True, [other for other in graders[item.path] if self._is_ours(other)]

    def _as_finished(
        self, items: list[Item], after: Item | None
    ) -> Iterator[tuple[Item, Item | None]]:
        waiting: dict[Group, list[Item]] = {}
        for item in items:
            waiting.setdefault(self.session.group_of[item.nodeid], []).append(item)
        for group in self.session.in_order_of_completion(list(waiting)):
            mine = waiting.pop(group)
            other = next((rest[0] for rest in waiting.values()), after)
            yield from _with_next(mine, other)

    def _stands_back(self, session: pytest.Session) -> bool:
        """True where pytest's own loop is to run: nothing to grade, only looking, or xdist."""
        failed = session.testsfailed and not self._config.option.continue_on_collection_errors
        xdist = hasattr(self._config, "workerinput") or self._config.pluginmanager.has_plugin(
            "dsession"
        )
        return (
            bool(failed or xdist)
            or self._only_looks()
            or not any(map(self._is_ours, session.items))
        )

    def _is_ours(self, item: Item) -> bool:
        return item.nodeid in self.session.group_of

    def _only_looks(self) -> bool:
        return any(getattr(self._config.option, name, False) for name in _LOOKING)

    def _said(self, words: Words) -> str:
        return in_language(words, self._language)

    def _said_of(self, verdict: Verdict) -> str:
        if verdict.outcome is Outcome.NOT_REACHED:
            return self._said(say("not reached: it needs {check}", check=verdict.because))
        return "\n".join(self._lines(verdict.reason))

    def _lines(self, reason: Reason | None) -> list[str]:
        return [self._said(words) for words in sentences(reason)]


def _with_next(items: list[Item], after: Item | None) -> Iterator[tuple[Item, Item | None]]:
    return zip(items, [*items[1:], after], strict=True)


def sentences(reason: Reason | None) -> tuple[Words, ...]:
    """A reason as lines: expected, seen, why, what to look at."""
    if reason is None:
        return ()
    lines = (
        reason.expected and say("expected: {text}", text=reason.expected),
        reason.seen and say("seen: {text}", text=reason.seen),
        reason.why and say("why: {text}", text=reason.why),
        reason.look and say("next: {text}", text=reason.look),
    )
    return tuple(line for line in lines if line)


class _LastFailed:
    """Registered after pytest's own --lf, so that it sees what that left."""

    def __init__(self, run: GradingRun) -> None:
        self._run = run

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[Item]) -> Generator[None, None, None]:
        yield
        self._run.take_dependents_along(items)


@contextmanager
def terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM is treated as Ctrl-C, so that what is known is reported and cleaned up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
