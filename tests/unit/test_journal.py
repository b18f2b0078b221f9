"""Tapes on disk: they come back as they were, whatever a learner's log holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.exercises import EXERCISE

from podgrade.grading.case import Case
from podgrade.grading.journal import Journal
from podgrade.grading.play import Played
from podgrade.grading.rehearsal import Rehearsed
from podgrade.model.submission import Submission
from podgrade.model.verdict import Outcome
from podgrade.probes.tape import Tape


def rehearsed(*answers: str) -> Rehearsed:
    case = Case(EXERCISE, Submission("kim", ()), ())
    entries = [{"question": "q", "at": 0.0, "seconds": 0.0, "answer": text} for text in answers]
    return Rehearsed(case, {"test_it": Played(Outcome.PASSED, Tape(entries))})


@given(st.lists(st.text(st.characters(), max_size=20)))
def test_every_text_comes_back(answers: list[str]) -> None:
    journal = Journal()
    journal.open()
    light = journal.write(0, rehearsed(*answers))
    assert [e["answer"] for e in journal.read(light)["test_it"].tape.entries] == answers
    journal.close()


@pytest.mark.parametrize("text", ["a\u2028b", "a\x85b", "a\nb", "\ud800", "김\x00"])
def test_separators_and_halves_of_surrogate_pairs_do_no_harm(tmp_path: Path, text: str) -> None:
    journal = Journal(tmp_path)
    journal.open()
    light = journal.write(0, rehearsed(text))
    assert journal.read(light)["test_it"].tape.entries[0]["answer"] == text


def test_what_was_written_holds_no_tapes(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.open()
    assert journal.write(0, rehearsed("a")).played["test_it"].tape.entries == []


def test_a_folder_of_its_own_is_removed_at_the_end_and_a_given_one_stays(tmp_path: Path) -> None:
    own, given_one = Journal(), Journal(tmp_path / "journal")
    for journal in (own, given_one):
        journal.open()
        journal.write(0, rehearsed("a"))
        journal.close()
    assert [path.name for path in (tmp_path / "journal").iterdir()] == ["0.jsonl"]


def test_what_could_not_be_written_has_no_tape() -> None:
    found = Rehearsed(rehearsed().case, {"test_it": Played(Outcome.ERROR)})
    assert Journal().read(found)["test_it"].tape.entries == []
