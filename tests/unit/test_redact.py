"""What is taken out of verdicts, reports and evidence, and what stays as it is."""

from __future__ import annotations

import base64
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podgrade.grading.redact import Redaction, redaction_of
from podgrade.model.reason import Reason
from podgrade.model.submission import Document, Position, SourceFile
from podgrade.model.text import Text, say

PASSWORD = "correct horse battery"
MARK = "[Secret/mine:password]"


def secret(name="mine", **fields):
    body = {"kind": "Secret", "metadata": {"name": name}, **fields}
    return Document(body, Position("-", 1))


def pod(**spec):
    body = {"kind": "Pod", "metadata": {"name": "web"}, "spec": spec}
    return Document(body, Position("-", 1))


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def hiding(value, *others, **more):
    """The redaction of one Secret with this password, among other objects."""
    return redaction_of([secret(stringData={"password": value}), *others], **more)


@pytest.mark.parametrize(
    "fields", [{"stringData": {"password": PASSWORD}}, {"data": {"password": encoded(PASSWORD)}}]
)
def test_values_of_secrets_say_which_they_were(fields):
    redaction = redaction_of([secret(**fields)])

    assert redaction.text(f"a {PASSWORD} b") == f"a {MARK} b"
    assert redaction.text(f"a {encoded(PASSWORD)} b") == "a [Secret/mine:password:base64] b"


def test_a_mark_is_one_word():
    """So a check that takes a line apart finds the same parts in evidence."""
    assert len(hiding("hunter22").text("user hunter22 host").split()) == 3


@pytest.mark.parametrize(
    "shown",
    [
        base64.b64encode(b"hunter22\n").decode(),
        base64.b64encode(b"kim:hunter22").decode(),
        base64.b64encode(b"mark:hunter22@db").decode(),
    ],
)
def test_base64_of_more_than_the_value_hides_it_too(shown):
    told = hiding("hunter22").text(shown)

    assert "[Secret/mine:password:base64]" in told
    assert "dW50ZXIy" not in told


@pytest.mark.parametrize(
    "form",
    [
        json.dumps('pa"ss\\wört\tx')[1:-1],
        json.dumps('pa"ss\\wört\tx', ensure_ascii=False)[1:-1],
        repr('pa"ss\\wört\tx')[1:-1],
        "pa&quot;ss\\wört\tx",
        "pa%22ss%5Cw%C3%B6rt%09x",
        'pa"ss\\wört x',
        'pa"ss\\wo\u0308rt\tx',
    ],
)
def test_a_value_in_the_spelling_of_another_language(form):
    assert hiding('pa"ss\\wört\tx').text(f"<{form}>") == f"<{MARK}>"


def test_lines_of_a_secret_by_themselves():
    redaction = redaction_of([secret(stringData={"conf": "user=kim\n  password=hunter2\n"})])

    assert redaction.text("+ password=hunter2") == "+ [Secret/mine:conf:2]"
    assert redaction.text("user=kim\n  password=hunter2\n") == (
        "[Secret/mine:conf:1]\n  [Secret/mine:conf:2]\n"
    )


def test_a_long_value_is_one_mark_also_where_base64_breaks_it_into_lines():
    value = "".join(chr(33 + number * 7 % 90) for number in range(400))
    redaction = hiding(value)

    assert redaction.text(f"<{value}>") == f"<{MARK}>"
    told = redaction.text(base64.encodebytes(value.encode()).decode())
    assert set(told.split()) == {"[Secret/mine:password:base64]"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("seen: hunt…", f"seen: {MARK}…"),
        ("seen: hunter2… and more", f"seen: {MARK}… and more"),
        ("…er22 was seen", f"…{MARK} was seen"),
        ("a hun…", "a hun…"),
        ("go on…", "go on…"),
    ],
)
def test_a_value_that_was_cut_off(text, told):
    assert hiding("hunter22").text(text) == told


def test_pytest_cuts_with_three_dots():
    redaction = hiding("hunter22")

    assert redaction.of_pytest("'my hunt...22 is'") == f"'my {MARK}...22 is'"
    assert redaction.text("wait for the hunt...") == "wait for the hunt..."


def test_the_longest_is_replaced_as_a_whole():
    redaction = Redaction({"abcd": "[1]", "abcdef": "[2]"})

    assert redaction.text("abcdef abcd") == "[2] [1]"


@given(st.text(st.characters(exclude_characters="[]"), min_size=4), st.text(), st.text())
def test_what_was_redacted_stays_as_it_is(value, before, after):
    redaction = hiding(value)
    told = redaction.text(f"{before}{value}{after}")

    assert redaction.text(told) == told


def test_only_secrets_and_only_values_that_can_be_told_apart():
    config = Document({"kind": "ConfigMap", "data": {"a": PASSWORD}}, Position("-", 1))
    odd = secret(data={"n": encoded("1"), "o": "%%% no base64"}, stringData=[1])
    redaction = redaction_of([config, odd, secret(stringData=None)])

    assert redaction.text(f"{PASSWORD} 1") == f"{PASSWORD} 1"
    assert redaction.text("%%% no base64") == "[Secret/mine:o:base64]"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("redis", "container redis: image redis:7 and predis"),
        ("redis", "Service redis-shard"),
        ("web", "web"),
        ("8080", "http://10.0.0.1:8080/"),
        ("true", "it is true"),
        ("http", "http://x"),
        ("cache", "docker.io/library/cache:7"),
    ],
)
def test_names_in_the_objects_and_everyday_words_stay(value, text):
    """By them nobody learns a secret, and without them nobody understands what was wrong."""
    containers = [
        {"name": "redis", "image": "docker.io/library/cache:7", "ports": [{"containerPort": 8080}]}
    ]

    assert hiding(value, pod(containers=containers)).text(text) == text


def test_a_name_that_holds_a_secret_stays_where_it_stands_as_a_name():
    redaction = hiding("swordfish", pod(containers=[{"name": "swordfish-app"}]))

    assert redaction.text("swordfish-app: swordfish") == f"swordfish-app: {MARK}"
    assert redaction.text("swordfish-apple") == f"{MARK}-apple"


def test_no_value_is_a_name_because_it_stands_in_a_place_for_values():
    documents = [
        secret(stringData={"username": "hunter22"}),
        pod(containers=[{"env": [{"name": "P", "value": "hunter22"}], "args": ["hunter22"]}]),
        Document({"kind": "ConfigMap", "data": {"name": "hunter22"}}, Position("-", 1)),
    ]
    assert redaction_of(documents).text("hunter22") == "[Secret/mine:username]"


def test_a_word_of_the_sheet_stays():
    def sheet():
        return "The app logs `LEVEL=info`, to redis를"

    for value in ("info", "redis"):
        assert hiding(value, sheet=sheet).text(f"seen {value}") == f"seen {value}"
    assert hiding("LEVE", sheet=sheet).text("LEVE") == MARK


@pytest.mark.parametrize(
    ("value", "text"),
    [("info", "information"), ("prod", "nonproductive"), ("2026", "20261"), ("user", "Username")],
)
def test_a_short_word_or_number_is_no_part_of_a_longer_one(value, text):
    redaction = hiding(value)

    assert redaction.text(text) == text
    assert redaction.text(f"-{value}_") == f"-{MARK}_"


def test_templates_codes_and_titles_stay():
    redaction = hiding("passed")
    reason = Reason("passed", seen=say("passed {passed}", passed=say("it passed: {n}", n="passed")))

    told = redaction.reason(reason)
    assert told.code == "passed"
    assert str(told.seen) == f"passed it passed: {MARK}"
    assert told.seen.template == "passed {passed}"


def test_words_in_two_languages_and_values_that_are_no_text():
    redaction = hiding("hunter22")
    words = say("{a} {b} {c}", a=Text("hunter22", "hunter22 값"), b=12, c=["hunter22"])

    told = redaction.words(words)
    assert told.values == {"a": Text(MARK, f"{MARK} 값"), "b": 12, "c": f"['{MARK}']"}


@pytest.mark.parametrize(
    "text",
    [
        "kind: Secret\nmetadata: {name: mine}\nstringData:\n  password: hunter22\n bad: [",
        "kind: Secret\nmetadata: {name: mine}\ndata:\n  password: aHVudGVyMjI=  # it\n\tx",
        '{"kind": "Secret", "metadata": {"name": "mine"}, "stringData": {"password": "hunter22",}',
        "kind: Pod\n---\nmetadata:\n  name: mine\nkind: Secret\nstringData:\n  type: x\n"
        "  password: 'hunter22'\n",
    ],
)
def test_a_file_that_cannot_be_read_has_secrets_too(text):
    redaction = redaction_of((), [SourceFile("a.yaml", text.encode())])

    assert redaction.text("hunter22") == MARK
    assert encoded("hunter22") not in redaction.text(text)


def test_a_secret_folded_over_lines_is_hidden_in_the_file_itself():
    text = "kind: Secret\nstringData:\n  p: >-\n    hunter22 is\n    no password\n"

    told = redaction_of((), [SourceFile("a.yaml", text.encode())]).text(text)
    assert "hunter22" not in told
    assert "no password" not in told


def test_what_stands_beside_a_secret_is_not_taken_for_one():
    text = (
        "kind: List\nitems:\n- kind: ConfigMap\n  data:\n    level: everything\n"
        "- kind: Secret\n  metadata: {name: mine}\n  stringData:\n    password: hunter22\n"
    )
    redaction = hiding("hunter22", files=[SourceFile("a.yaml", text.encode())])

    assert redaction.text(text) == text.replace("hunter22", MARK)


def test_what_no_secret_says_is_not_hidden():
    text = "kind: ConfigMap\nmetadata: {name: a}\ndata:\n  level: everything\n"

    assert redaction_of((), [SourceFile("a.yaml", text.encode())]).text(text) == text


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0aaaa.c2lnbmF0dXJl", "[token]"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "[private-key]"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE cut off here", "[private-key]"),
    ],
)
def test_what_is_known_by_its_form(text, mark):
    assert Redaction().text(f"before {text}") == f"before {mark}"


def test_credentials_of_a_kubeconfig():
    lines = [
        "server: https://10.0.0.1",
        "client-key-data: TFMwdExTMUN",
        "token: abcdefghijklmnopqrstuvwx",
        "Authorization: Bearer abcdefghijklmnop",
    ]

    assert Redaction().text("\n".join(lines)).splitlines() == [
        lines[0],
        "client-key-data: [kubeconfig]",
        "token: [token]",
        "Authorization: Bearer [token]",
    ]


@pytest.mark.parametrize(
    "text", ["token: 0123456789abcdef", "the token: is short", "한글 로그", "eyJ.a.b"]
)
def test_nonces_and_other_words_stay(text):
    assert Redaction().text(text) == text


def test_names_and_our_own_words_of_evidence_stay():
    data = {"say": "{text} abcd", "with": {"text": "abcd"}, "id": "abcd", "n": [1, None, "abcd"]}

    assert Redaction({"abcd": "[1]"}).data(data) == {
        "say": "{text} abcd",
        "with": {"text": "[1]"},
        "id": "abcd",
        "n": [1, None, "[1]"],
    }


def test_a_learners_header_or_error_output_is_not_taken_for_our_own_words():
    data = {"headers": {"id": "abcd"}, "code": {"value": [1, {"shown": "abcd"}]}}

    assert "abcd" not in str(Redaction({"abcd": "[1]"}).data(data))


def test_a_secret_of_a_megabyte_holds_nobody_up():
    lines = "\n".join(f"aaaa{'a' * (number % 60)}{number}" for number in range(15_000))
    redaction = hiding(lines)

    began = time.process_time()
    redaction.text("aaaa" * 5_000)
    assert time.process_time() - began < 5
