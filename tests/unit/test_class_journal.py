"""A class's journal: whatever is torn off its end, what was whole is known."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, replace
from types import SimpleNamespace

import pytest
from jsonschema import Draft202012Validator
from tests.unit.results import EVIL, failed, full_marks, hostile

from podgrade.grading.class_journal import ClassJournal, Entry, schema
from podgrade.model.errors import UsageProblem
from podgrade.reports.json import as_data

SLUG = "sidecar"


def entry(identity="name:kim", result=None, **more):
    data = as_data(result or full_marks(), "en", "0.1.0")
    whole = Entry(
        podgrade="0.1.0",
        at="2026-05-01T10:00:00+00:00",
        exercise=SLUG,
        marking="m",
        learner=identity.partition(":")[2],
        identity=identity,
        sources=("kim.yaml",),
        handed_in=None,
        digest="d",
        same_as=None,
        result=data,
    )
    return replace(whole, **more)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "grades" / "journal.jsonl"


def written(path, *entries):
    with ClassJournal(path) as journal:
        for one in entries:
            journal.add(one)
    return path.read_bytes()


def known(path):
    with ClassJournal(path) as journal:
        return {identity: journal.entry(SLUG, identity) for identity in journal.known(SLUG)}


def test_what_was_written_is_read(path):
    kim, lee = entry(), entry("name:이", failed(), same_as="kim")
    written(path, kim, lee)

    assert known(path) == {"name:kim": kim, "name:이": lee}
    for line in path.read_text("ascii").splitlines():
        Draft202012Validator(schema()).validate(json.loads(line))


def test_the_last_line_of_a_learner_counts(path):
    written(path, entry(), entry("name:lee"), entry(result=failed()))

    with ClassJournal(path) as journal:
        assert journal.known(SLUG)["name:kim"].verdict == "failed"
        assert journal.known(SLUG)["name:lee"].verdict == "passed"


def test_a_learner_has_a_line_for_each_exercise(path):
    one, other = entry(), entry(result=failed(), exercise="service")
    written(path, one, other)

    with ClassJournal(path) as journal:
        assert journal.entry(SLUG, "name:kim") == one
        assert journal.entry("service", "name:kim") == other
        assert journal.known("localhost") == {}


def test_hostile_words_come_back_as_they_were(path):
    one = entry(result=hostile(), learner=EVIL)
    written(path, one)

    assert known(path)["name:kim"] == one


def test_torn_off_anywhere_only_the_last_line_is_lost(path):
    first = written(path, entry())
    whole = first + written(path, entry("name:lee"))[len(first) :]
    for cut in range(len(first), len(whole)):
        path.write_bytes(whole[:cut])
        with ClassJournal(path) as journal:
            assert set(journal.known(SLUG)) == {"name:kim"}
    path.write_bytes(whole[:-1])
    written(path, entry("name:park"))

    assert set(known(path)) == {"name:kim", "name:park"}
    assert all(json.loads(line) for line in path.read_text().splitlines())


@pytest.mark.parametrize("line", [b"\0\0\0\n", b"{}\n", b"[1]\n", b'{"learner": "kim"}\n', b"\n"])
def test_a_line_that_cannot_be_read_is_counted_and_left_out(path, line):
    whole = written(path, entry())
    path.write_bytes(line + whole)

    with ClassJournal(path) as journal:
        assert (set(journal.known(SLUG)), journal.unread) == ({"name:kim"}, 1)
        assert journal.entry(SLUG, "name:kim") == entry()


def test_what_came_on_disk_before_an_interrupt_is_caught_up_with(path):
    line = json.dumps(asdict(entry("name:lee"))).encode() + b"\n"
    with ClassJournal(path) as journal:
        journal.add(entry())
        with path.open("ab") as stream:
            stream.write(line)
        journal.catch_up()
        assert set(journal.known(SLUG)) == {"name:kim", "name:lee"}
        journal.add(entry("name:park"))

    assert set(known(path)) == {"name:kim", "name:lee", "name:park"}


def test_only_one_run_at_a_time(path):
    with (
        ClassJournal(path),
        pytest.raises(UsageProblem, match="another run"),
        ClassJournal(path),
    ):
        pass
    assert known(path) == {}


def test_only_one_run_at_a_time_on_windows(path, monkeypatch):
    """Windows has no flock: a byte that no line reaches is locked."""
    held = set()

    def locking(descriptor, mode, length):
        assert (mode, length) == (2, 1)
        at = os.lseek(descriptor, 0, os.SEEK_CUR)
        assert at > 2 * 10**9
        if at in held:
            raise PermissionError(13, "Permission denied")
        held.add(at)

    fake = SimpleNamespace(LK_NBLCK=2, locking=locking)
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    monkeypatch.setattr(sys, "platform", "win32")
    with ClassJournal(path) as journal:
        journal.add(entry())
        with pytest.raises(UsageProblem, match="another run"), ClassJournal(path):
            pass
    held.clear()

    assert known(path) == {"name:kim": entry()}


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "grades").write_text("")
    with pytest.raises(UsageProblem, match="cannot be written"):
        written(tmp_path / "grades/journal.jsonl")
