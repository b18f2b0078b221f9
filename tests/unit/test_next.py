"""`podgrade next`: the order of the exercises, and the record of what was passed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.unit.results import failed, full_marks

from podgrade.cli import record
from podgrade.cli.alone import Grading
from podgrade.cli.grade import grade
from podgrade.cli.main import main
from podgrade.grading import catalogue
from podgrade.grading.course import in_order, what_is_next
from podgrade.model.exercise import Exercise, Target
from podgrade.model.submission import Submission
from podgrade.model.text import Text


def exercise(slug, *after):
    words = Text(slug, slug)
    return Exercise(slug, words, words, Target("web"), Path(), Path(), after=after)


PACK = (
    exercise("alone"),
    exercise("last", "middle", "elsewhere"),
    exercise("middle", "first"),
    exercise("first"),
)


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """A state folder of the test's own."""
    monkeypatch.setenv("PODGRADE_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path / "state"


def test_exercises_come_after_those_that_they_name_and_what_much_rests_on_comes_first():
    assert [one.slug for one in in_order(PACK)] == ["first", "alone", "middle", "last"]


def test_exercises_that_come_after_each_other_are_all_there():
    circle = (exercise("a", "b"), exercise("b", "a"), exercise("c", "c"))

    assert {one.slug for one in in_order(circle)} == {"a", "b", "c"}
    assert what_is_next(circle[:2], ()) is not None


@pytest.mark.parametrize(
    ("passed", "slug"),
    [
        ((), "first"),
        (("first",), "alone"),
        (("first", "alone"), "middle"),
        (("alone", "last", "unknown"), "first"),
        (("first", "alone", "middle"), "last"),
    ],
)
def test_the_next_is_the_first_that_was_not_passed(passed, slug):
    assert what_is_next(PACK, passed).slug == slug


def test_when_all_were_passed_nothing_is_next():
    assert what_is_next(PACK, [one.slug for one in PACK]) is None


def test_every_exercise_of_the_pack_comes_after_exercises_that_exist():
    found = catalogue.exercises()
    known = {one.slug for one in found}

    assert {name for one in found for name in one.after} <= known
    assert what_is_next(found, ()).slug == "shared-volume"


def test_full_marks_are_remembered_with_the_first_day(state):
    record.remember(full_marks())
    (state / "passed.json").write_text('{"passed": {"sidecar": "2026-01-01"}}', encoding="utf-8")
    record.remember(full_marks())

    assert record.passed() == {"sidecar": "2026-01-01"}


def test_less_than_full_marks_are_not_remembered():
    record.remember(failed())
    record.remember(replace(full_marks(), missing=1))

    assert record.passed() == {}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"passed": []}'])
def test_a_record_that_cannot_be_read_counts_for_nothing_and_is_written_anew(state, text):
    state.mkdir()
    (state / "passed.json").write_text(text, encoding="utf-8")
    assert record.passed() == {}

    record.remember(full_marks())
    assert list(record.passed()) == ["sidecar"]


def test_a_record_that_cannot_be_written_is_done_without(state):
    state.write_text("a file where the folder should be")
    record.remember(full_marks())

    assert record.passed() == {}


def test_what_was_graded_by_the_command_is_remembered(monkeypatch):
    monkeypatch.setattr("podgrade.cli.grade.listen", lambda *_: Grading([full_marks()]))
    grade(catalogue.exercise("sidecar"), Submission("pod.yaml", ()), (), "en")

    assert list(record.passed()) == ["sidecar"]


def test_the_command_names_the_next_exercise_and_how_to_begin():
    record.remember(replace(full_marks(), exercise="shared-volume"))
    answer = CliRunner().invoke(main, ["next"])

    assert answer.exit_code == 0
    assert answer.stdout.splitlines()[0].startswith("Passed so far: 1 of ")
    assert "podgrade start " in answer.stdout


def test_the_command_says_when_nothing_is_left():
    for one in catalogue.exercises():
        record.remember(replace(full_marks(), exercise=one.slug))
    answer = CliRunner().invoke(main, ["next", "--lang", "ko"])

    assert "모든 연습 문제를 통과했습니다" in answer.stdout
