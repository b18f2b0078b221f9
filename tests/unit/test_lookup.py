"""What is asked of the cluster while a Pod is judged."""

from __future__ import annotations

import pytest

from podgrade.cluster.connection import ApiRefusal, Stopped
from podgrade.model.errors import InfrastructureError
from podgrade.model.text import say
from podgrade.workspace.lookup import ClusterLookup

GONE = ApiRefusal(404, "NotFound", "not found")


class Server:
    """Answers with the next of these, the last of them again and again; counts."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = 0

    def request(self, *_, **__):
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def lookup(*answers):
    server = Server(*answers)
    return server, ClusterLookup(server, "ns")


@pytest.mark.parametrize(
    ("answer", "key", "absent"),
    [
        (GONE, None, True),
        (GONE, "a", True),
        ({"data": {"a": ""}}, None, False),
        ({"data": {"a": ""}}, "a", False),
        ({"binaryData": {"a": ""}}, "a", False),
        ({"data": {"a": ""}}, "b", True),
        ({}, "a", True),
    ],
)
def test_a_get_says_what_is_not_there(answer, key, absent):
    assert lookup(answer)[1].absent("ConfigMap", "x", key) is absent


@pytest.mark.parametrize(
    "trouble",
    [ApiRefusal(403, "Forbidden", "no"), InfrastructureError(say("the cluster does not answer"))],
)
def test_what_cannot_be_asked_is_not_said_to_be_absent(trouble):
    assert lookup(trouble)[1].absent("Secret", "x") is False


def test_a_run_that_ends_is_not_judged():
    with pytest.raises(Stopped):
        lookup(Stopped())[1].absent("Secret", "x")


@pytest.fixture
def at(monkeypatch):
    """Sets the time, in seconds."""

    def set_to(now):
        monkeypatch.setattr("podgrade.workspace.lookup.time.monotonic", lambda: now)

    return set_to


def test_what_is_there_is_not_asked_for_at_each_judgement(at):
    server, known = lookup({"data": {"a": ""}}, GONE)
    for now in (0.0, 2.0, 9.0):
        at(now)
        assert not known.absent("ConfigMap", "x")
        assert not known.absent("ConfigMap", "x", "a")
    assert server.asked == 1
    at(11.0)
    assert known.absent("ConfigMap", "x")


def test_what_is_not_there_is_asked_for_again(at):
    _, known = lookup(GONE, {"data": {"a": ""}})
    at(0.0)
    assert known.absent("ConfigMap", "x", "a")
    at(2.0)
    assert not known.absent("ConfigMap", "x", "a")
