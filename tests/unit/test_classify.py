"""Whose doing an exception is that left a check."""

from __future__ import annotations

from pathlib import Path

import pytest

from podgrade.grading.acceptance import test_manifest_is_accepted as accepted
from podgrade.grading.classify import kind_of, outcome_of
from podgrade.model.errors import GraderError, InfrastructureError
from podgrade.model.failure import Failure
from podgrade.model.text import say
from podgrade.model.verdict import Outcome


class Nothing:
    """A manifest that was not accepted."""

    accepted = False


def raised(path: Path, source: str) -> BaseException:
    """What this source raises, run as if it stood in that file."""
    try:
        exec(compile(source, str(path), "exec"), {})
    except BaseException as error:  # noqa: BLE001 - that is what is wanted
        return error
    raise AssertionError("nothing was raised")


@pytest.fixture
def grader(tmp_path: Path) -> Path:
    return tmp_path / "graders" / "test_demo.py"


def test_no_exception_is_passed(grader: Path) -> None:
    assert outcome_of(None, grader) is Outcome.PASSED
    assert kind_of(None, grader) is None


def test_an_assert_in_the_grader_is_failed(grader: Path) -> None:
    error = raised(grader, "assert 1 == 2")
    assert outcome_of(error, grader) is Outcome.FAILED
    assert kind_of(error, grader) == "AssertionError"


@pytest.mark.parametrize("place", ["graders/helpers.py", "graders/deep/er.py", "conftest.py"])
def test_an_assert_in_other_code_of_the_pack_is_failed(grader: Path, place: str) -> None:
    error = raised(grader.parent.parent / place, "assert 1 == 2")
    assert outcome_of(error, grader) is Outcome.FAILED


@pytest.mark.parametrize("place", ["library.py", "other/graders/test_demo.py", "graders.py"])
def test_an_assert_elsewhere_is_an_error(grader: Path, place: str) -> None:
    error = raised(grader.parent.parent / place, "assert 1 == 2")
    assert outcome_of(error, grader) is Outcome.ERROR


def test_the_acceptance_check_fails_as_graders_do(grader: Path) -> None:
    with pytest.raises(AssertionError) as caught:
        accepted(Nothing())  # type: ignore[arg-type]
    assert outcome_of(caught.value, grader) is Outcome.FAILED


def test_a_failure_is_failed_wherever_it_comes_from(grader: Path) -> None:
    assert outcome_of(Failure("no"), grader) is Outcome.FAILED
    assert kind_of(Failure("no"), grader) == "Failure"


@pytest.mark.parametrize(
    "error",
    [
        TypeError("no"),
        InfrastructureError(say("no")),
        GraderError(say("no")),
        KeyboardInterrupt(),
        SystemExit(1),
        pytest.fail.Exception("no"),
        pytest.skip.Exception("no"),
        AssertionError("raised nowhere"),
    ],
)
def test_everything_else_is_an_error(grader: Path, error: BaseException) -> None:
    assert outcome_of(error, grader) is Outcome.ERROR
    assert kind_of(error, grader) == type(error).__name__


def test_a_type_error_in_the_grader_is_an_error(grader: Path) -> None:
    assert outcome_of(raised(grader, "1 + '1'"), grader) is Outcome.ERROR


def test_what_goes_wrong_inside_pytests_assert_is_the_assert_that_failed(grader: Path) -> None:
    """Pytest keeps one hook for comparisons: a rehearsal may meet it half set."""
    helper = Path("site-packages/_pytest/assertion/rewrite.py")
    error = raised(helper, "hook = None; hook()")
    assert outcome_of(error, grader) is Outcome.FAILED
    assert kind_of(error, grader) == "AssertionError"
