"""The pytest plugin: options, hooks and fixtures; the work is done in podgrade.grading."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podgrade.model.submission import Key, Submission
from podgrade.probes import NAMES

if TYPE_CHECKING:
    from podgrade.grading.run import GradingRun

RUN: pytest.StashKey[GradingRun] = pytest.StashKey()


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
        "--in-flight", type=int, default=16, metavar="N", help="submissions rehearsed at once"
    )
    group.addoption("--context", help="context of the kubeconfig to use")
    group.addoption("--kubeconfig", type=Path, help="kubeconfig file to use")


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    from podgrade import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Standard input is read before pytest's capture takes it away."""
    if "-" in getattr(early_config.known_args_namespace, "submission", ()):
        from podgrade.grading.run import read_stdin

        read_stdin(early_config)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "podgrade: a check of a grader (set by @check)")


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    from podgrade.grading.checks import check_of

    if check_of(metafunc.function) is not None:
        _run(metafunc.config).parametrize(metafunc)


def pytest_make_parametrize_id(val: object) -> str | None:
    return str(val) if isinstance(val, Key) else None


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class, name: str, obj: object
) -> Generator[None, Any, Any]:
    found = yield
    if not hasattr(obj, "podgrade_check"):
        return found
    return _run(collector.config).collected(collector, name, found)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if any(hasattr(getattr(item, "function", None), "podgrade_check") for item in items):
        _run(config).sort(items)


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
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    run = _known_run(item.config)
    if run is None:
        return (yield)
    with run.quiet():
        return (yield)


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
    if run is not None:
        run.summarise(terminalreporter)


def pytest_sessionfinish(session: pytest.Session) -> None:
    run = _known_run(session.config)
    if run is not None:
        run.close()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from podgrade.grading.xdist import make_scheduler

    named = config.option.submission or config.option.submissions
    return make_scheduler(config, log, _run(config).keys) if named else None


@pytest.fixture
def submission(request: pytest.FixtureRequest) -> Submission | None:
    """The submission that a check is run for."""
    key: Key | None = getattr(request, "param", None)
    return _run(request.config).by_key(key)


def _known_run(config: pytest.Config) -> GradingRun | None:
    """The run, if this session has any check at all: unused, the plugin costs nothing."""
    return config.stash.get(RUN, None)


def _run(config: pytest.Config) -> GradingRun:
    run = _known_run(config)
    if run is None:
        from podgrade.grading.run import GradingRun

        run = config.stash[RUN] = GradingRun(config)
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
