"""What a killed command's shards left is found by the one that goes on, and by nobody else's."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from tests.unit.results import full_marks

from podgrade.cli import class_note
from podgrade.cli.class_note import leave, take_in
from podgrade.cli.class_results import NOTE
from podgrade.cluster.connection import ApiRefusal
from podgrade.model.errors import ClusterUnavailableError
from podgrade.reports.json import as_data
from podgrade.workspace.run import Run
from podgrade.workspace.shards.letters import Letter
from podgrade.workspace.shards.share import id_of

RUN_ = Run("abcdef")
HERE = SimpleNamespace(host="https://here")


class Journal:
    """As far as the note asks it: where it lies, and how long it is."""

    def __init__(self, folder):
        self.path = folder / "journal.jsonl"
        self.end = 100


class Book:
    """A class of which this is known by place in the journal; `entered` is what is written down."""

    rules = "marking"

    def __init__(self, journal, digests, known=None):
        self.journal = journal
        self.exercise = SimpleNamespace(slug="sidecar")
        self.everyone = [
            SimpleNamespace(identity=f"name:{name}", learner=name, digest=digest)
            for name, digest in digests.items()
        ]
        self.known = {
            f"name:{name}": SimpleNamespace(place=place) for name, place in (known or {}).items()
        }
        self.entered = []

    def enter(self, one, result, data):
        assert result.possible == sum(check["possible"] for check in data["results"])
        self.entered.append(one.learner)


@pytest.fixture
def cluster(monkeypatch):
    """Verdicts of kim, lee and park; `done` is what was done with the namespace."""
    found = SimpleNamespace(done=[], trouble=None)
    data = as_data(full_marks(), "en", "1")
    verdicts = [
        Letter(id_of("sidecar", f"name:{name}"), {"result": data})
        for name in ("kim", "lee", "park")
    ]

    class Hall:
        def __init__(self, connection, order, run):
            self.connection, self.namespace = connection, run.namespace("shards")

        def stop(self):
            if found.trouble:
                raise found.trouble
            found.done.append("stop")

        def clear(self):
            found.done.append(f"clear {self.namespace}")

    def every(connection, namespace):
        assert namespace == "podgrade-abcdef-shards"
        yield Letter("0", {"trouble": {"en": "x", "ko": "x"}})
        yield from verdicts

    monkeypatch.setattr(class_note, "Hall", Hall)
    monkeypatch.setattr(class_note.letters, "every", every)
    return found


def begun(folder, digests, known=None):
    """The book of a command that left a note about these learners and was killed."""
    book = Book(Journal(folder), digests, known)
    groups = [(one,) for one in book.everyone]
    work = SimpleNamespace(book=book, plan=SimpleNamespace(groups=groups))
    leave(SimpleNamespace(run=RUN_, connection=HERE), [work])
    return book


def test_what_was_graded_is_written_down_and_the_rest_ended(tmp_path, cluster):
    book = begun(tmp_path, {"kim": "1", "lee": "2", "choi": "3"})
    (told,) = take_in(book.journal, [book], lambda: HERE)

    assert book.entered == ["kim", "lee"]
    assert cluster.done == ["stop", "clear podgrade-abcdef-shards"]
    assert str(told).startswith("2 results")
    assert not (tmp_path / NOTE).exists()


def test_what_the_command_wrote_itself_is_not_written_again(tmp_path, cluster):
    begun(tmp_path, {"kim": "1", "lee": "2"})
    again = Book(Journal(tmp_path), {"kim": "1", "lee": "2"}, known={"kim": 100, "lee": 99})
    list(take_in(again.journal, [again], lambda: HERE))

    assert again.entered == ["lee"]  # of whom an older result is known


@pytest.mark.parametrize("changed", ["work", "marking"])
def test_a_verdict_of_other_work_is_none(tmp_path, cluster, changed):
    begun(tmp_path, {"kim": "1", "lee": "2"})
    again = Book(Journal(tmp_path), {"kim": "1", "lee": "9" if changed == "work" else "2"})
    again.rules = "marking" if changed == "work" else "another"
    list(take_in(again.journal, [again], lambda: HERE))

    assert again.entered == (["kim"] if changed == "work" else [])
    assert cluster.done[-1].startswith("clear")


def test_on_another_cluster_nothing_is_touched(tmp_path, cluster):
    book = begun(tmp_path, {"kim": "1"})

    assert not list(take_in(book.journal, [book], lambda: SimpleNamespace(host="https://there")))
    assert not cluster.done
    assert (tmp_path / NOTE).exists()


def test_without_an_answer_it_is_tried_again_the_next_time(tmp_path, cluster):
    book = begun(tmp_path, {"kim": "1"})
    cluster.trouble = ApiRefusal(403, "Forbidden", "not allowed")
    (told,) = take_in(book.journal, [book], lambda: HERE)
    assert "not allowed" in str(told)

    def nobody():
        raise ClusterUnavailableError("no cluster")

    (told,) = take_in(book.journal, [book], nobody)
    assert "no cluster" in str(told)
    assert (tmp_path / NOTE).exists()


@pytest.mark.parametrize("text", ["", "[]", json.dumps({"run": "abcdef"})])
def test_what_is_no_note_is_left_alone(tmp_path, cluster, text):
    book = Book(Journal(tmp_path), {"kim": "1"})
    (tmp_path / NOTE).write_text(text)

    assert not list(take_in(book.journal, [book], lambda: HERE))
    assert not cluster.done
