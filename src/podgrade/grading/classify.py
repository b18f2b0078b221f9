"""What an exception that left a check means: the learner's doing, or somebody else's."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from podgrade.grading import acceptance
from podgrade.model.failure import Failure
from podgrade.model.verdict import Outcome


def outcome_of(error: BaseException | None, grader: Path) -> Outcome:
    """Passed without an exception; failed for a Failure or an assert in the grader; else error."""
    if error is None:
        return Outcome.PASSED
    if isinstance(error, Failure) or _failed_assert(error, grader):
        return Outcome.FAILED
    return Outcome.ERROR


def kind_of(error: BaseException | None, grader: Path) -> str | None:
    """The exception's type by name, the same for a failed assert however it surfaced."""
    if error is None:
        return None
    return "AssertionError" if _failed_assert(error, grader) else type(error).__name__


def _failed_assert(error: BaseException, grader: Path) -> bool:
    innermost = _innermost(error.__traceback__)
    if innermost is None:
        return False
    if _in_pytest_assertion(innermost):
        return True
    return isinstance(error, AssertionError) and _in_grader(innermost, grader)


def _innermost(traceback: TracebackType | None) -> Path | None:
    found = None
    while traceback is not None:
        found = Path(traceback.tb_frame.f_code.co_filename)
        traceback = traceback.tb_next
    return found


def _in_pytest_assertion(file: Path) -> bool:
    """Pytest's helpers for a failed assert run in no other case; a rehearsal's thread may meet
    them while the main thread sets or clears their hook (_pytest.assertion.util._reprcompare).
    """
    return file.parts[-3:-1] == ("_pytest", "assertion")


def _in_grader(file: Path, grader: Path) -> bool:
    """Grader code is what lies in the pack's graders folder, the pack's conftest.py (its own
    words), and the acceptance check.
    """
    path = file.resolve()
    words = grader.parent.parent / "conftest.py"
    return grader.parent in path.parents or path == words or file == Path(acceptance.__file__)
