"""Who is graded: everybody once, equal work once, nobody twice."""

from __future__ import annotations

import pytest

from podgrade.grading.catalogue import exercise
from podgrade.grading.class_journal import Known
from podgrade.grading.class_plan import marking, meant, plan
from podgrade.grading.intake import HandedIn
from podgrade.model.errors import UsageProblem
from podgrade.model.submission import Submission

RULES = "rules"


def work(name, digest=""):
    return HandedIn(Submission(name, ()), f"name:{name}", (f"{name}.yaml",), None, digest or name)


def line(name, verdict="passed", digest="", rules=RULES):
    return Known(0, 0, name, digest or name, rules, verdict, None)


def planned(everyone, lines=(), only=()):
    known = {f"name:{one.learner}": one for one in lines}
    found = plan(everyone, known, RULES, only)
    groups = [[one.learner for one in group] for group in found.groups]
    return groups, [(one.learner, other) for one, other in found.taken_over], found.changed


@pytest.mark.parametrize(
    ("everyone", "lines", "only", "expected"),
    [
        ([work("a"), work("b")], [], [], ([["a"], ["b"]], [], 0)),
        ([work("a", "x"), work("b", "x")], [], [], ([["a", "b"]], [], 0)),
        ([work("a"), work("b")], [line("a")], [], ([["b"]], [], 0)),
        ([work("a")], [line("a", digest="old")], [], ([["a"]], [], 1)),
        ([work("a")], [line("a", rules="old")], [], ([["a"]], [], 1)),
        ([work("a")], [line("a", "error")], [], ([], [], 0)),
        # what is known of equal work is taken over, but no error
        ([work("a", "x"), work("b", "x")], [line("a", digest="x")], [], ([], [("b", "name:a")], 0)),
        (
            [work("a", "x"), work("b", "x")],
            [line("a", "error", "x")],
            [],
            ([["b"]], [], 0),
        ),
        ([work("a"), work("b")], [line("a", "error"), line("b")], ["error"], ([["a"]], [], 0)),
        ([work("a"), work("b")], [line("a", "failed"), line("b")], ["failed"], ([["a"]], [], 0)),
        ([work("a"), work("b")], [line("b")], ["b.yaml"], ([["b"]], [], 0)),
        ([work("a"), work("b")], [], ["b", "failed"], ([["b"]], [], 0)),
    ],
)
def test_who_is_graded(everyone, lines, only, expected):
    assert planned(everyone, lines, only) == expected


def test_nobody_of_that_name():
    with pytest.raises(UsageProblem, match="did you mean: kim"):
        meant(["kin"], [work("kim")])
    with pytest.raises(UsageProblem, match="no learner zzz"):
        meant(["zzz"], [work("kim")])
    meant(["kim", "failed", "error"], [work("kim")])


def test_a_name_of_another_exercise_is_nobody_here():
    assert planned([work("kim")], only=["lee"]) == ([], [], 0)


def test_marking_is_the_exercises_own():
    assert marking(exercise("sidecar")) == marking(exercise("sidecar"))
    assert marking(exercise("sidecar")) != marking(exercise("shared-volume"))
