"""Proves the pack: every reference gets full marks, every mistake fails exactly its checks."""

from pathlib import Path

from podgrade.grading.proof import came_out, decided_by, expectation, should_come_out
from podgrade.model.submission import Submission
from podgrade.model.verdict import Result

FIXTURES = Path(__file__).parent / "fixtures"


def pytest_podgrade_prove(submission: Submission, result: Result) -> None:
    """The whole map of verdicts and reasons is what expect.yaml says."""
    expected = expectation(FIXTURES / result.exercise, submission)
    assert came_out(result) == should_come_out(expected)
    assert decided_by(result) == expected.decided_by
