"""What curl(1) is called with and what is read out of what it prints."""

from __future__ import annotations

import json

import pytest

from podgrade.cluster.connection import ExecAnswer
from podgrade.model.failure import Failure
from podgrade.probes import http
from podgrade.probes.http import Request


def ran(code=0, out=b"", verbose="", **told):
    err = f"{verbose}\n" + json.dumps(told)
    return ExecAnswer(code, out, err.encode())


def test_a_reply_is_read_past_interim_answers():
    out = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nX-A: b: c\r\n\r\nno\r\n\r\nway"
    reply = http.reply("http://x/", ran(out=out, verbose="* Trying …\n< {", http_code=404))

    assert (reply.status, reply.body) == (404, "no\r\n\r\nway")
    assert reply.headers == {"x-a": "b: c"}


def test_without_curls_own_words_the_status_line_counts():
    reply = http.reply("http://x/", ExecAnswer(-1, b"HTTP/1.1 200 OK\r\n\r\nlong", b"cut off"))

    assert (reply.status, reply.body) == (200, "long")


@pytest.mark.parametrize(
    ("code", "verbose", "refused"),
    [
        (7, "* connect to 10.0.0.9 port 81 failed: Connection refused", True),
        (7, "* connect to 10.0.0.9 port 81 failed: No route to host", False),
        (28, "* connect to 10.0.0.9 port 81 failed: Connection refused", False),
        (0, "", False),
    ],
)
def test_only_a_refusal_is_refused(code, verbose, refused):
    assert http.refused(ran(code, verbose=verbose)) is refused


@pytest.mark.parametrize(
    ("code", "connected", "waiting"), [(28, 0.001, True), (28, 0, False), (7, 0.001, False)]
)
def test_a_connection_without_a_reply_is_known(code, connected, waiting):
    assert http.kept_waiting(ran(code, time_connect=connected)) is waiting


@pytest.mark.parametrize(
    ("code", "connected", "again"),
    [(28, 0, True), (28, 0.001, True), (7, 0, True), (52, 0.1, True), (0, 0.1, False)],
)
def test_what_got_no_answer_is_asked_again(code, connected, again):
    assert http.may_answer_soon(http.Request("/"), ran(code, time_connect=connected)) is again


def test_a_server_that_took_what_may_change_something_is_not_asked_again():
    post = http.Request("/", method="POST")
    assert not http.may_answer_soon(post, ran(28, time_connect=0.001))


def test_a_body_is_read_as_json():
    reply = http.reply("http://x/", ran(out=b'HTTP/1.1 200 OK\r\n\r\n[{"a": 1}]', http_code=200))
    assert reply.json == [{"a": 1}]

    page = http.reply("http://x/", ran(out=b"HTTP/1.1 200 OK\r\n\r\n<html>", http_code=200))
    with pytest.raises(Failure) as caught:
        _ = page.json
    assert caught.value.reason.code == "not-json"
    assert str(caught.value.reason.seen) == "the page http://x/: <html>"


def test_trouble_is_told_in_curls_words():
    assert http.trouble(ran(7, errormsg="Couldn't connect to server")).startswith("Couldn't")
    assert http.trouble(ran(7)) == "curl exit code 7"
    assert http.trouble(ExecAnswer(127, b"", b"sh: curl: not found")) == "sh: curl: not found"


def test_localhost_is_both_loopback_addresses_and_no_curlrc_is_read():
    words = http.arguments("http://localhost:8080/", Request("/", 8080, inside="web"), 8.0)

    assert words[0] == "--disable"
    assert "localhost:8080:127.0.0.1,[::1]" in words
    assert words[-1] == "http://localhost:8080/"


def test_a_question_names_only_what_was_asked():
    assert "inside" not in Request("/").question()
    assert '"inside": "web"' in Request("/", inside="web").question("curl.refused")


@pytest.mark.parametrize("truncated", [True, False])
def test_more_than_is_read_is_an_answer_even_if_it_goes_on_until_the_time_is_up(truncated):
    cut = ExecAnswer(28, b"HTTP/1.1 200 OK\r\n\r\nxxx", b"", truncated)

    assert http.answered(cut) is truncated
