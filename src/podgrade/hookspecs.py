"""What other plugins of one pytest run may tell podgrade, and hear from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from podgrade.grading.record import Record
    from podgrade.model.errors import PodgradeError
    from podgrade.model.exercise import Exercise
    from podgrade.model.submission import Submission
    from podgrade.model.text import Words
    from podgrade.model.verdict import Result


@pytest.hookspec()
def pytest_podgrade_submissions(config: pytest.Config) -> list[Submission]:  # type: ignore[empty-body]
    """Submissions to be graded besides those of `--submission` and `--submissions`.

    Asked once, before collection. Their keys need not be unique: podgrade makes them so.
    """


@pytest.hookspec(firstresult=True)
def pytest_podgrade_recorded(exercise: Exercise, submission: Submission) -> Record | None:
    """What an earlier run recorded of a submission of an exercise: its checks are run on that.

    Where any plugin implements this, nothing of the run is asked on a cluster.
    """


@pytest.hookspec()
def pytest_podgrade_result(result: Result) -> None:
    """A submission is finished (or was cut short and this is what is known); in the main thread."""


@pytest.hookspec()
def pytest_podgrade_progress(exercise: str, submission: str, doing: Words, since: float) -> None:
    """A submission (its key) of an exercise (its slug) has begun to wait for something.

    `since` is a moment of time.monotonic().

    Called from the submission's own thread: implementations must be quick and thread-safe.
    """


@pytest.hookspec()
def pytest_podgrade_flow(number: int, why: Words) -> None:
    """So many submissions may be in flight from now on; not called for a number that was asked for.

    Called from any thread: implementations must be quick and thread-safe.
    """


@pytest.hookspec()
def pytest_podgrade_trouble(error: PodgradeError) -> None:
    """The run cannot go on at all: no cluster, a name nobody knows, an exercise that is broken."""


@pytest.hookspec()
def pytest_podgrade_prove(submission: Submission, result: Result) -> None:
    """Prove one fixture of a pack: raise AssertionError unless the result is as it should be.

    Where a conftest.py implements this and no submission was named, each fixture of an exercise
    becomes one item of its grader.
    """
