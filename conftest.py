"""Proves the pack: every reference gets full marks, every mistake fails exactly its checks."""

from pathlib import Path

from podgrade.grading.proof import sides
from podgrade.model.submission import Submission
from podgrade.model.verdict import Result

FIXTURES = Path(__file__).parent / "fixtures"


def pytest_podgrade_prove(submission: Submission, result: Result) -> None:
    """The whole map of verdicts and reasons is what expect.yaml says."""
    expected, seen = sides(FIXTURES, submission, result)
    assert seen == expected
