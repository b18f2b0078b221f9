"""What the trials of cut-off runs count as lost, graded again and wrong."""

from __future__ import annotations

from tests.faults.kills import LEARNERS, LINE, Point, Trial, _compare
from tests.faults.points import table
from tests.faults.strokes import Way


def line(learner, verdict="passed", checks=()):
    results = [{"name": name, "verdict": seen} for name, seen in checks]
    return {"learner": learner, "result": {"verdict": verdict, "results": results}}


ALL = [line(name) for name in LEARNERS]


def compared(before, after):
    trial = Trial(Point(LINE, 1), Way.KILL)
    _compare(trial, before, after)
    return trial


def test_a_run_that_goes_on_grades_the_others():
    trial = compared(ALL[:2], ALL)
    assert (trial.kept, trial.graded) == (2, len(LEARNERS) - 2)
    assert trial.well


def test_a_line_that_changes_or_goes_is_lost():
    assert compared(ALL[:2], [line("choi", "failed"), *ALL[1:]]).lost == 1
    assert compared(ALL, ALL[:-1]).lost == 1


def test_who_had_a_verdict_is_not_graded_again_but_an_error_is_none():
    assert compared(ALL[:2], [*ALL, ALL[0]]).again == 1
    error = line("choi", "error")
    assert compared([error], [error, *ALL]).again == 0


def test_who_has_no_verdict_at_the_end_is_told_apart_from_who_has_an_untrue_one():
    missing = compared(ALL[:1], ALL[:-1])
    assert (missing.unsaid, missing.wrong, missing.well) == ([list(LEARNERS)[-1]], [], False)
    error = compared([], [*ALL, line("choi", "error")])
    assert (error.unsaid, error.wrong, error.well) == (["choi"], [], False)
    untrue = compared([], [*ALL, line("choi", "failed", [("test_ready", "failed")])])
    assert (untrue.unsaid, untrue.wrong, untrue.well) == ([], ["choi"], False)


def test_the_table_has_a_row_for_each_way():
    rows = list(table([compared(ALL[:2], ALL), compared(ALL[:3], ALL)]))
    assert rows[-1] == "| SIGKILL | 2 | 0 | 5 | 7 | 0 | 0 | 0 | 0 | 0 |"
    assert {row.count("|") for row in rows} == {11}
