"""What is taken out of evidence, and what stays as it is."""

from __future__ import annotations

import base64

import pytest

from podgrade.grading.redact import Redaction, secrets_of
from podgrade.model.submission import Document, Position

PASSWORD = "correct horse battery"


def secret(**fields):
    return Document({"kind": "Secret", "metadata": {"name": "key"}, **fields}, Position("-", 1))


def encoded(text):
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "fields", [{"stringData": {"p": PASSWORD}}, {"data": {"p": encoded(PASSWORD)}}]
)
def test_values_of_secrets_in_every_form(fields):
    redaction = Redaction(secrets_of([secret(**fields)]))

    assert redaction.text(f"a {PASSWORD} b") == "a [redacted 2] b"
    assert redaction.text(f"a {encoded(PASSWORD)} b") == "a [redacted 1] b"


def test_lines_of_a_secret_by_themselves():
    known = secrets_of([secret(stringData={"conf": "user=kim\npassword=hunter2\n"})])

    assert "hunter2" not in Redaction(known).text("+ password=hunter2")


def test_the_longest_is_replaced_as_a_whole():
    redaction = Redaction({"abcd", "abcdef"})

    assert redaction.text("abcdef abcd") == "[redacted 1] [redacted 2]"


def test_only_secrets_and_only_values_that_can_be_told_apart():
    config = Document({"kind": "ConfigMap", "data": {"a": PASSWORD}}, Position("-", 1))

    assert secrets_of([config, secret(data={"n": encoded("1")}, stringData=None)]) <= {encoded("1")}
    assert secrets_of([secret(data={"n": "%%% no base64"}, stringData=[1])]) == {"%%% no base64"}
    assert secrets_of([secret(data={"n": encoded("x") + "\n"})]) == {encoded("x")}


@pytest.mark.parametrize(
    "text",
    [
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0aaaa.c2lnbmF0dXJl",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIE cut off here",
    ],
)
def test_what_is_known_by_its_form(text):
    assert Redaction(()).text(f"before {text}") == "before [redacted]"


def test_credentials_of_a_kubeconfig():
    lines = [
        "server: https://10.0.0.1",
        "client-key-data: TFMwdExTMUN",
        "token: abcdefghijklmnopqrstuvwx",
        "Authorization: Bearer abcdefghijklmnop",
    ]

    assert Redaction(()).text("\n".join(lines)).splitlines() == [
        lines[0],
        "client-key-data: [redacted]",
        "token: [redacted]",
        "Authorization: Bearer [redacted]",
    ]


@pytest.mark.parametrize(
    "text", ["token: 0123456789abcdef", "the token: is short", "한글 로그", "eyJ.a.b"]
)
def test_nonces_and_other_words_stay(text):
    assert Redaction(()).text(text) == text


def test_names_and_our_own_words_stay():
    data = {"say": "{text} abcd", "with": {"text": "abcd"}, "id": "abcd", "n": [1, None, "abcd"]}

    assert Redaction({"abcd"}).data(data) == {
        "say": "{text} abcd",
        "with": {"text": "[redacted 1]"},
        "id": "abcd",
        "n": [1, None, "[redacted 1]"],
    }
