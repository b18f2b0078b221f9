"""The pytest plugin: options, hooks and fixtures; the work is done in podgrade.grading."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podgrade.grading.checks import check_of
from podgrade.model.submission import Key, Submission
from podgrade.probes import NAMES

if TYPE_CHECKING:
    from podgrade.grading.run import GradingRun
    from podgrade.workspace.run import Shard

RUN: pytest.StashKey[GradingRun] = pytest.StashKey()
STDIN: pytest.StashKey[bytes] = pytest.StashKey()
"""What stood on standard input, for the submission `-`."""
POINTS: pytest.StashKey[list[str]] = pytest.StashKey()
"""What xdist's workers say at the end of the submissions that they graded."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("podgrade", "grade Kubernetes manifests on a real cluster")
    group.addoption(
        "--submission",
        action="append",
        default=[],
        metavar="FILE_OR_FOLDER",
        help="one learner's manifest: a file, a folder, or - for standard input (repeatable)",
    )
    group.addoption(
        "--submissions",
        metavar="FOLDER",
        help="a folder with one file or folder a learner",
    )
    group.addoption("--lang", choices=("en", "ko"), help="language of reasons (else the locale's)")
    group.addoption("--keep", action="store_true", help="keep workspaces and say how to look in")
    group.addoption(
        "--in-flight",
        type=_at_least_one,
        metavar="N",
        help="submissions rehearsed at once (else as many as the cluster has room for)",
    )
    group.addoption(
        "--evidence",
        type=Path,
        metavar="FOLDER",
        help="keep what every probe saw in this folder, a file a submission",
    )
    # One of the Pods of `podgrade class --shards`: which run, which of how many.
    group.addoption("--shard", type=_shard, help=argparse.SUPPRESS)
    group.addoption("--context", help="context of the kubeconfig to use")
    group.addoption("--kubeconfig", type=Path, help="kubeconfig file to use")


def _shard(text: str) -> Shard:
    from podgrade.workspace.run import Shard

    return Shard.parse(text)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    from podgrade import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Standard input is read before pytest's capture takes it away."""
    worker = getattr(early_config, "workerinput", None)
    if "-" in early_config.known_args_namespace.submission and worker is None:
        early_config.stash[STDIN] = sys.stdin.buffer.read()
    yield


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "podgrade: a check of a grader (set by @check)")
    worker = getattr(config, "workerinput", {})
    if "podgrade_stdin" in worker:
        config.stash[STDIN] = worker["podgrade_stdin"]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """An xdist worker's standard input is xdist's: it is told what stood on ours."""
    if STDIN in node.config.stash:
        node.workerinput["podgrade_stdin"] = node.config.stash[STDIN]


def pytest_sessionstart(session: pytest.Session) -> None:
    """What was named and is not there is said before anything is collected."""
    if session.config.option.submission or session.config.option.submissions:
        _run(session.config)


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if check_of(metafunc.function) is not None:
        _run(metafunc.config).collection.parametrize(metafunc)


def pytest_make_parametrize_id(val: object) -> str | None:
    return str(val) if isinstance(val, Key) else None


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class, name: str, obj: object
) -> Generator[None, Any, Any]:
    found = yield
    if check_of(obj) is None or not found:
        return found
    return _run(collector.config).collection.made(collector, name, found)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    run = _known_run(config)
    if run is not None:
        run.sort(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    run = _known_run(session.config)
    return run.loop(session) if run is not None else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    run = _known_run(item.config)
    if run is not None:
        run.set_up(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    run = _known_run(item.config)
    return run.report(item, call, report) if run is not None else report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    outcome = yield
    run = _known_run(item.config)
    if run is not None:
        run.tell_if_complete(item)
    return outcome


def pytest_assertrepr_compare(
    config: pytest.Config, op: str, left: object, right: object
) -> list[str] | None:
    run = _known_run(config)
    return run.explain(op, left, right) if run is not None else None


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    run = _known_run(config)
    told = [*(run.summary() if run is not None else ()), *sorted(config.stash.get(POINTS, ()))]
    if told:
        terminalreporter.section("podgrade")
        for one in told:
            terminalreporter.line(one)


def pytest_sessionfinish(session: pytest.Session) -> None:
    run = _known_run(session.config)
    if run is not None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["podgrade_points"] = list(run.summary())
        run.close()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The verdicts are with the xdist worker that found them: it hands over what it says."""
    told = getattr(node, "workeroutput", {}).get("podgrade_points", ())
    node.config.stash.setdefault(POINTS, []).extend(told)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from podgrade.grading.xdist import make_scheduler

    run = _known_run(config)
    keys = [submission.key for submission in run.collection.submissions] if run else []
    return make_scheduler(config, log, keys)


@pytest.fixture
def submission(request: pytest.FixtureRequest) -> Submission | None:
    """The submission that a check is run for."""
    key: Key | None = getattr(request, "param", None)
    return _run(request.config).collection.by_key(request.path, key)


def _known_run(config: pytest.Config) -> GradingRun | None:
    """The run, if this session has any check at all: unused, the plugin costs nothing."""
    return config.stash.get(RUN, None)


def _run(config: pytest.Config) -> GradingRun:
    run = _known_run(config)
    if run is None:
        from podgrade.grading.run import GradingRun

        run = config.stash[RUN] = GradingRun(config, config.stash.get(STDIN, None))
    return run


def _probe_fixture(name: str) -> Any:
    def built_in(request: pytest.FixtureRequest) -> Any:
        return _run(request.config).probe(name, request.node)

    built_in.__name__ = name
    built_in.__doc__ = f"The probe `{name}` (podgrade.probes)."
    built_in.podgrade_built_in = name  # type: ignore[attr-defined]  # read by grading.groups
    return pytest.fixture(name=name)(built_in)


for _name in NAMES:
    globals()[f"_{_name}_probe"] = _probe_fixture(_name)
