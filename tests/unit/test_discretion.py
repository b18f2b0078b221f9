"""What a rehearsal learns of Secrets on its way, and tells nobody meanwhile."""

from __future__ import annotations

import threading
from dataclasses import replace

from podgrade.grading.case import Case, Instance
from podgrade.grading.catalogue import exercise
from podgrade.grading.checks import Check
from podgrade.grading.discretion import Discretion
from podgrade.grading.rehearsal import rehearse
from podgrade.model.errors import InfrastructureError
from podgrade.model.submission import Document, Position, SourceFile, Submission
from podgrade.model.text import Text, say
from podgrade.model.verdict import CheckLine

TEXT = "apiVersion: v1\nkind: Secret\nmetadata: {name: mine}\nstringData: {password: hunter22}\n"


def case(text=TEXT, title="It runs"):
    line = CheckLine("test_it", Text(title, "된다"), 1)
    instance = Instance("test_it", Check(line), lambda: None, {}, {})
    submission = Submission("kim.yaml", (SourceFile("kim.yaml", text.encode()),))
    return Case(exercise("sidecar"), submission, (instance,))


def secret(value, name="other"):
    body = {"kind": "Secret", "metadata": {"name": name}, "stringData": {"key": value}}
    return Document(body, Position("-", 1))


def test_progress_tells_no_value_that_is_known_by_then():
    told = []
    discretion = Discretion(case())
    progress = discretion.about(lambda *what: told.append(str(what[1])))

    progress("kim.yaml", say("waiting for {what}", what="hunter22 0f7eef62c05d"), 0.0)
    discretion.learn([secret("0f7eef62c05d")])
    progress("kim.yaml", say("waiting for {what}", what="0f7eef62c05d"), 0.0)

    assert told == [
        "waiting for [Secret/mine:password] 0f7eef62c05d",
        "waiting for [Secret/other:key]",
    ]


def test_words_of_the_sheet_and_of_the_checks_are_no_secrets():
    discretion = Discretion(case(title="It says swordfish"))
    discretion.learn([secret("swordfish"), secret("nginx-sidecar", "a"), secret("busybox", "b")])

    for word in ("swordfish", "nginx-sidecar", "busybox"):
        assert discretion.redaction.text(f"seen {word}") == f"seen {word}"


def test_an_exercise_without_a_sheet_is_no_obstacle(tmp_path):
    one = case()
    one = replace(one, exercise=replace(one.exercise, folder=tmp_path))

    assert Discretion(one).redaction.text("hunter22") == "[Secret/mine:password]"


class Lost:
    """A rig whose cluster says no, quoting what it was sent."""

    def __init__(self, stop):
        self.stop = stop

    def require(self, exercise):
        raise InfrastructureError(say("no: {text}", text="password=hunter22"))


def test_what_was_learned_counts_also_where_the_rehearsal_failed():
    found = rehearse(case(), Lost(threading.Event()), lambda *_: None)

    words = found.played["test_it"].words
    assert str(found.redaction.words(words)) == "no: password=[Secret/mine:password]"
