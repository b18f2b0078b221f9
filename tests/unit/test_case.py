"""Which instances of a marking scheme are rehearsed, and in which order."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.exercises import EXERCISE

from podgrade.grading.case import ACCEPTANCE, Case, Instance, dependents, with_needed
from podgrade.grading.checks import Check
from podgrade.model.submission import Submission
from podgrade.model.text import Text
from podgrade.model.verdict import CheckLine


def one(name: str, *needs: str, changes: bool = False, value: str = "") -> Instance:
    line = CheckLine(name, Text(name, name), 1, needs)
    suffix = f"[{value}]" if value else ""
    return Instance(name + suffix, Check(line, changes), lambda: None, {}, {})


FIRST = one(ACCEPTANCE)


def order(*instances: Instance) -> list[str]:
    case = Case(EXERCISE, Submission("kim", ()), (FIRST, *instances))
    return [instance.id for instance in case.order()][1:]


def chosen(names: str, *every: Instance) -> list[str]:
    picked = [instance for instance in every if instance.id in names.split()]
    return [instance.id for instance in with_needed(picked, (FIRST, *every))][1:]


def test_definition_order_is_kept() -> None:
    assert order(one("b"), one("a"), one("c")) == ["b", "a", "c"]


def test_what_is_needed_comes_first_even_if_it_is_defined_later() -> None:
    assert order(one("a", "c"), one("b"), one("c")) == ["c", "a", "b"]


def test_all_instances_of_a_needed_check_come_first() -> None:
    instances = one("a", "c"), one("c", value="1"), one("c", value="2")
    assert order(*instances) == ["c[1]", "c[2]", "a"]


def test_what_changes_things_comes_last_with_what_needs_it() -> None:
    crash = one("crash", changes=True)
    assert order(crash, one("after", "crash"), one("calm")) == ["calm", "crash", "after"]


def test_what_a_changing_check_needs_comes_before_it() -> None:
    assert order(one("crash", "b", changes=True), one("a"), one("b")) == ["a", "b", "crash"]


def test_what_is_needed_is_taken_along_and_what_that_needs() -> None:
    every = one("a"), one("b", "a"), one("c", "b"), one("d")
    assert chosen("c", *every) == ["a", "b", "c"]
    assert chosen("d", *every) == ["d"]


def test_one_instance_chosen_takes_no_other_of_its_own_check_along() -> None:
    every = one("a", value="1"), one("a", value="2"), one("b", "a")
    assert chosen("a[1]", *every) == ["a[1]"]
    assert chosen("b", *every) == ["a[1]", "a[2]", "b"]


def test_dependents_are_found_over_several_steps() -> None:
    every = one("a"), one("b", "a"), one("c", "b"), one("d")
    assert dependents(every, {"a"}) == {"a", "b", "c"}
    assert dependents(every, ()) == set()


@st.composite
def schemes(draw: Any) -> list[Instance]:
    """Marking schemes in which needs point anywhere but in circles."""
    names = [f"t{number}" for number in range(draw(st.integers(1, 8)))]
    made = []
    for number, name in enumerate(names):
        needs = draw(st.lists(st.sampled_from(names[:number]), unique=True)) if number else []
        made.append(one(name, *needs, changes=draw(st.booleans())))
    return list(draw(st.permutations(made)))


@given(schemes())
def test_every_instance_comes_once_and_after_all_it_needs(scheme: list[Instance]) -> None:
    found = order(*scheme)
    assert sorted(found) == sorted(instance.id for instance in scheme)
    for instance in scheme:
        for needed in instance.check.line.needs:
            assert found.index(needed) < found.index(instance.id)


@given(schemes())
def test_what_is_neither_changing_nor_needs_a_change_comes_before_the_rest(
    scheme: list[Instance],
) -> None:
    late = dependents(scheme, {i.name for i in scheme if i.check.changes})
    found = [name in late for name in order(*scheme)]
    needed_by_late = {need for i in scheme if i.name in late for need in i.check.line.needs}
    calm = [instance.name for instance in scheme if instance.name not in late]
    assert found == sorted(found) or set(calm) & needed_by_late
