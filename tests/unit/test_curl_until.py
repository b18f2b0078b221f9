"""A page that is asked for until it says something: what is too early, what came too late."""

from __future__ import annotations

import json
import threading
from types import SimpleNamespace

import pytest

from podgrade.cluster.connection import ExecAnswer
from podgrade.model.exercise import Limits, Target
from podgrade.probes import curl as module
from podgrade.probes.curl import CurlProbe
from podgrade.probes.http import Request
from podgrade.probes.tape import Recording


def page(text):
    out = f"HTTP/1.1 200 OK\r\n\r\n{text}".encode()
    return ExecAnswer(0, out, b"\n" + json.dumps({"http_code": 200}).encode())


SILENT = ExecAnswer(28, b"", b"\n" + json.dumps({"time_connect": 0.001}).encode())
REFUSED = ExecAnswer(7, b"", b"\n" + json.dumps({"http_code": 0}).encode())


@pytest.fixture
def asked(monkeypatch):
    """A curl whose server gives these answers in turn, the last one for ever."""

    def make(*answers, answer=10.0):
        given = iter(answers)
        last = answers[-1]
        ask = lambda words: next(given, last)  # noqa: E731
        monkeypatch.setattr(module, "_way", lambda bench, request: ("http://x/", ask))
        exercise = SimpleNamespace(limits=Limits(answer=answer), target=Target("front"))
        bench = SimpleNamespace(
            exercise=exercise,
            stop=threading.Event(),
            doing=lambda words: None,
            workspace=SimpleNamespace(pod=lambda: {"metadata": {"name": "front"}}),
            in_vain=lambda since: None,
        )
        return CurlProbe(Recording(bench))

    return make


def test_the_reply_is_the_first_that_says_so(asked):
    curl = asked(REFUSED, page("old"), page("new 1"), page("new 2"))

    assert curl("/", until="new").body == "new 1"


def test_without_that_the_first_reply_counts(asked):
    assert asked(REFUSED, page("old"), page("new"))("/").body == "old"


def test_a_server_that_lost_the_first_request_is_asked_again(asked):
    assert asked(SILENT, page("now"))("/").body == "now"


def test_what_did_not_come_in_time_is_told(asked):
    body = asked(page("old"), answer=0.2)("/", until="new").body

    assert (body, body.about.reason.code) == ("old", "not-served")
    assert "did not appear" in str(body.about.reason.why)
    assert str(body.about.reason.look) == "Look at `kubectl logs front --all-containers`"


def test_a_question_says_what_it_waits_for():
    assert '"until": "x"' in Request("/", until="x").question()
    assert "until" not in Request("/").question()
