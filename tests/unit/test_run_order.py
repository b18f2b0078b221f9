"""In which order the submissions of several graders are begun."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from string import ascii_lowercase

import pytest
from tests.unit.exercises import EXERCISE

from podgrade.grading.groups import Group
from podgrade.grading.order import begun_in
from podgrade.model.submission import Submission


def asked(*counts: int) -> list[Group]:
    """Grader after grader, so many submissions each: a0, a1, …, b0, b1, …"""
    return [
        Group(replace(EXERCISE, grader=Path(name)), Submission(f"{name}{number}", ()))
        for name, count in zip(ascii_lowercase, counts, strict=False)
        for number in range(count)
    ]


def names(groups: list[Group]) -> list[str]:
    return [group.submission.key for group in groups]


def early(order: list[Group], begun: list[Group]) -> int:
    """How many of later graders are begun before a grader's last, at most."""
    place = {group: number for number, group in enumerate(order)}
    first_missing = [
        min((place[one] for one in order if one not in begun[:count]), default=len(order))
        for count in range(len(begun) + 1)
    ]
    return max(count - missing for count, missing in enumerate(first_missing))


def test_those_of_one_grader_are_begun_as_they_are_asked_for():
    order = asked(5)
    assert begun_in(order, 16) == order


def test_those_of_eight_graders_are_begun_in_turn():
    begun = begun_in(asked(*[8] * 20), 256)
    graders = [name[0] for name in names(begun)]
    assert {len(set(graders[at : at + 8])) for at in range(32, 96)} == {7, 8}


def test_those_of_the_last_graders_are_spread_to_the_end():
    assert names(begun_in(asked(3, 3, 3), 16)) == [
        *("a0", "a1", "b0", "b1", "a2", "c0", "b2", "c1", "c2"),
    ]


def test_those_that_wait_for_a_limit_are_begun_before_the_others_of_their_grader():
    order = asked(4, 4)
    order[3].waits = order[7].waits = True
    assert names(begun_in(order, 16)) == ["a3", "a0", "a1", "b3", "b0", "a2", "b1", "b2"]


@pytest.mark.parametrize("ahead", [0, 1, 4, 16])
@pytest.mark.parametrize("counts", [(20, 20, 20, 20), (60, 3, 3, 60), (1, 1, 50), (9, 1)])
def test_no_more_are_begun_early_than_have_room_while_others_are_asked_for(counts, ahead):
    order = asked(*counts)
    assert early(order, begun_in(order, ahead)) <= ahead


@pytest.mark.parametrize("ahead", [0, 4, 16])
def test_each_is_begun_once(ahead):
    order = asked(7, 300, 2, 1, 40)
    assert sorted(names(begun_in(order, ahead))) == sorted(names(order))


def test_without_room_all_are_begun_as_they_are_asked_for():
    order = asked(4, 5, 6)
    assert begun_in(order, 0) == order
