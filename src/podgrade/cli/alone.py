"""Runs pytest in this process, with nothing of the folder one happens to be in."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from podgrade.cli.codes import FAILED, FULL_MARKS, INTERRUPTED, TROUBLE, exit_code
from podgrade.model.errors import PodgradeError
from podgrade.model.text import Words, say
from podgrade.model.verdict import Result
from podgrade.reports.live import Progress

# Only what belongs to the pack: no settings or plug-ins of the folder one happens to be in.
_ALONE = (
    "--disable-plugin-autoload",
    "-p",
    "podgrade.plugin",
    "-p",
    "no:terminal",
    "-p",
    "no:cacheprovider",
    # At its end it collects garbage five times over, a second and more after a class.
    "-p",
    "no:unraisableexception",
    "--capture=sys",
    "--import-mode=importlib",
    "-c",
    os.devnull,
)

_BEFORE = ""
"""Stands for the submission in the progress until the plugin tells the key it gave it."""


@dataclass
class Grading:
    """What a run found out: results, or the trouble that kept it from having any."""

    results: list[Result] = field(default_factory=list)
    trouble: PodgradeError | None = None
    interrupted: bool = False
    said: str = ""
    """What pytest said; of interest only where there is no result."""

    @property
    def exit_code(self) -> int:
        if self.interrupted:
            return INTERRUPTED
        if self.trouble is not None:
            return exit_code(self.trouble)
        if not self.results or any(result.erroneous for result in self.results):
            return TROUBLE
        return FULL_MARKS if all(result.passed for result in self.results) else FAILED

    @property
    def problem(self) -> Words | None:
        """One sentence for a run that ended without a verdict or before its time."""
        if self.interrupted and self.results:
            return say("interrupted: what is known so far is shown")
        if self.interrupted:
            return say("interrupted before anything was known")
        if self.trouble is not None:
            return self.trouble.words
        if not self.results:
            return say("the grader could not be run:\n{said}", said=self.said.strip())
        return None


class Listener:
    """The pytest plugin that hears what a run finds out, and shows what is waited for."""

    begins: Words = say("connecting to the cluster")

    def __init__(self, progress: Progress) -> None:
        self.grading = Grading()
        self.progress = progress

    @pytest.hookimpl
    def pytest_podgrade_progress(
        self, exercise: str, submission: str, doing: Words, since: float
    ) -> None:
        self.progress.done(_BEFORE)
        self.progress.doing(self.name(exercise, submission), doing, since)

    def name(self, exercise: str, submission: str) -> str:  # noqa: ARG002 - for those who need it
        """What a submission is called in the progress."""
        return submission

    @pytest.hookimpl
    def pytest_podgrade_result(self, result: Result) -> None:
        self.progress.done(_BEFORE)
        self.progress.done(result.submission)
        self.grading.results.append(result)

    @pytest.hookimpl
    def pytest_podgrade_trouble(self, error: PodgradeError) -> None:
        self.grading.trouble = error

    @pytest.hookimpl
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.grading.said += f"{report.longreprtext}\n"

    @pytest.hookimpl
    def pytest_internalerror(self, excrepr: object) -> None:
        self.grading.said += f"{excrepr}\n"


def listen(
    listener: Listener,
    pack: Path,
    graders: Sequence[Path],
    arguments: Sequence[str],
    language: str,
) -> Grading:
    """Run graders of a pack; further `arguments` are pytest's."""
    place = (f"--rootdir={pack}", f"--confcutdir={pack}")
    line = [*map(str, graders), *_ALONE, *place, f"--lang={language}", *arguments]
    listener.progress.doing(_BEFORE, listener.begins, listener.progress.began)
    with _pytest_alone() as said:
        code = pytest.main(line, plugins=[listener])
    grading = listener.grading
    # pytest has one code for Ctrl-C and for errors of collection, which were told.
    grading.interrupted = code == pytest.ExitCode.INTERRUPTED and not grading.said
    grading.said = grading.said or said.getvalue()
    return grading


def run_arguments(
    context: str | None,
    kubeconfig: Path | None,
    *,
    evidence: Path | None = None,
    in_flight: int | None = None,
    keep: bool = False,
) -> Iterator[str]:
    """A command's options as pytest's arguments: the cluster that was named, and how it is run."""
    if evidence is not None:
        yield f"--evidence={evidence.resolve()}"
    if in_flight is not None:
        yield f"--in-flight={in_flight}"
    if keep:
        yield "--keep"
    if context is not None:
        yield f"--context={context}"
    if kubeconfig is not None:
        yield f"--kubeconfig={kubeconfig.resolve()}"


@contextlib.contextmanager
def _pytest_alone() -> Iterator[io.StringIO]:
    """Keep pytest's own words off the streams, and PYTEST_ADDOPTS out of the run."""
    said = io.StringIO()
    options = os.environ.pop("PYTEST_ADDOPTS", None)
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            yield said
    finally:
        if options is not None:
            os.environ["PYTEST_ADDOPTS"] = options
