"""A result's score: what was earned, or nothing where something is not known."""

from __future__ import annotations

from dataclasses import replace

from podgrade.model.text import Text
from podgrade.model.verdict import CheckLine, Outcome, Result, Verdict


def verdict(outcome: Outcome, points: float = 2) -> Verdict:
    return Verdict(CheckLine("test_it", Text("it", "그것"), points), outcome)


def result(*outcomes: Outcome) -> Result:
    return Result("demo", "pod.yaml", tuple(map(verdict, outcomes)))


def test_points_are_earned_by_passed_checks_only():
    seen = result(Outcome.PASSED, Outcome.FAILED, Outcome.NOT_REACHED)
    assert (seen.score, seen.possible, seen.passed) == (2, 6, False)


def test_an_error_leaves_the_score_open():
    seen = result(Outcome.PASSED, Outcome.ERROR)
    assert (seen.score, seen.erroneous) == (None, True)


def test_an_early_end_leaves_the_score_open_and_is_no_pass():
    seen = replace(result(Outcome.PASSED), missing=1)
    assert (seen.score, seen.passed, seen.erroneous) == (None, False, False)


def test_full_marks_need_every_check():
    assert result(Outcome.PASSED, Outcome.PASSED).passed
