"""Answers explain themselves, and come back from a tape as what they were."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podgrade.model.reason import Reason
from podgrade.model.text import Message, say
from podgrade.model.text import Text as Words
from podgrade.probes.codec import reason_from_json, reason_to_json, words_from_json, words_to_json
from podgrade.probes.values import (
    About,
    Flag,
    Happening,
    Names,
    Number,
    Ran,
    Reply,
    Text,
    Witness,
    answers,
    explain,
)

CODEC = answers()
SUBJECT = About(say("the thing"))

names = st.text("abcdef_", min_size=1, max_size=6)
sentences = st.recursive(
    st.builds(Words, st.text(), st.text()),
    lambda inner: st.builds(
        Message,
        st.text(),
        st.dictionaries(names, inner | st.text() | st.integers() | st.booleans()),
    ),
    max_leaves=4,
)
maybe = st.none() | sentences
reasons = st.builds(Reason, st.text(), maybe, maybe, maybe, maybe)
abouts = st.builds(About, sentences, st.none() | reasons, maybe)
texts = st.builds(Text, st.text(), abouts)
numbers = st.builds(Number, st.integers(), abouts)
seen = (
    texts
    | numbers
    | st.builds(Flag, st.booleans(), abouts)
    | st.builds(Names, st.sets(st.text()), abouts)
)
parts = (
    st.builds(Ran, numbers, texts, texts)
    | st.builds(Reply, numbers, texts, st.dictionaries(st.text(), st.text()))
    | st.builds(Happening, st.text(), st.text(), st.text(), st.text(), st.integers())
)
plain = st.none() | st.booleans() | st.integers() | st.text()
given_answers = st.recursive(seen | parts | plain, lambda inner: st.lists(inner, max_size=3))


def told(value: Any) -> Any:
    """Everything that can be known of an answer, in plain values."""
    if isinstance(value, list | tuple):
        return [told(part) for part in value]
    if isinstance(value, Reply):
        return ["reply", told(value.status), told(value.body), dict(value.headers)]
    if isinstance(value, Ran):
        return ["ran", told(value.code), told(value.out), told(value.err)]
    if isinstance(value, Flag):
        return ["flag", value.value, value.about]
    if isinstance(value, Text | Number | Names):
        return [type(value).__name__, json.loads(json.dumps(plainly(value))), value.about]
    return value


def plainly(value: Any) -> Any:
    return sorted(value) if isinstance(value, Names) else value


@given(given_answers)
def test_an_answer_comes_back_from_its_json_as_it_was(answer: Any) -> None:
    again = CODEC.decode(json.loads(json.dumps(CODEC.encode(answer))), Witness())
    assert told(again) == told(answer)


@given(reasons)
def test_a_reason_comes_back_from_its_json_as_it_was(reason: Reason) -> None:
    assert reason_from_json(json.loads(json.dumps(reason_to_json(reason)))) == reason


@given(maybe)
def test_words_come_back_from_their_json_as_they_were(words: Words | Message | None) -> None:
    assert words_from_json(json.loads(json.dumps(words_to_json(words)))) == words


def test_sequences_come_back_as_tuples_so_that_an_answer_cannot_change() -> None:
    assert CODEC.decode(CODEC.encode([1, [2]]), Witness()) == (1, (2,))


def test_a_kind_of_answer_that_nobody_registered_is_refused() -> None:
    with pytest.raises(TypeError, match="a probe's answer cannot be a set"):
        CODEC.encode({1})


def test_answers_are_what_they_stand_for() -> None:
    """Comparisons, `in`, len, hash and formatting are those of the plain value."""
    assert Text("2/2", SUBJECT) == "2/2"
    assert "2" in Text("2/2", SUBJECT)
    assert Number(200, SUBJECT) == 200
    assert Names({"a", "b"}, SUBJECT) == {"a", "b"}
    assert {Text("a", SUBJECT): 1}["a"] == 1
    assert Flag(True, SUBJECT)
    assert Flag(False, SUBJECT) == False  # noqa: E712 - the comparison is what is tested
    assert Flag(True, SUBJECT) == Flag(True, SUBJECT)
    assert Flag(True, SUBJECT) != 1


DOOM = Reason("crash-loop", why=say("it ends again and again"))


@pytest.mark.parametrize(
    ("operator", "left", "right", "expected"),
    [
        ("==", Text("1/2", SUBJECT), "2/2", "the thing: 2/2"),
        ("==", "2/2", Text("1/2", SUBJECT), "the thing: 2/2"),
        ("!=", Number(0, SUBJECT), 0, "the thing: anything but 0"),
        (">", Number(0, SUBJECT), 1, "the thing > 1"),
        ("in", "x", Text("abc", SUBJECT), "the thing: contains `x`"),
        ("not in", "a", Text("abc", SUBJECT), "the thing: does not contain `a`"),
        ("in", "x", Names({"a"}, SUBJECT), "the thing: contains `x`"),
        ("==", Names({"a"}, SUBJECT), {"a", "b"}, "the thing: a, b"),
        ("==", Names({"a"}, SUBJECT), set(), "the thing: -"),
        ("==", Flag(False, SUBJECT), True, "the thing: True"),
    ],
)
def test_a_comparison_says_what_was_expected(
    operator: str, left: Any, right: Any, expected: str
) -> None:
    reason = explain(operator, left, right)
    assert reason is not None
    assert str(reason.expected) == expected


@pytest.mark.parametrize(
    ("found", "wanted", "why"),
    [
        ({"a"}, {"a", "b", "c"}, "missing: b, c"),
        ({"a", "b"}, {"a"}, "not asked for: b"),
        ({"a", "b"}, {"a", "c"}, "missing: c; not asked for: b"),
    ],
)
def test_names_that_differ_say_which(found: set[str], wanted: set[str], why: str) -> None:
    reason = explain("==", Names(found, SUBJECT), wanted)
    assert reason is not None
    assert (reason.code, str(reason.why)) == ("names-differ", why)


def test_an_answers_own_reason_is_the_why_of_every_comparison() -> None:
    about = About(say("READY"), DOOM, say("READY: 0/1"))
    for reason in (
        explain("==", Text("0/1", about), "1/1"),
        explain("==", Names((), about), {"a"}),
    ):
        assert reason is not None
        assert (reason.code, reason.why, str(reason.seen)) == ("crash-loop", DOOM.why, "READY: 0/1")


def test_nothing_is_explained_where_no_answer_is_compared() -> None:
    assert explain("==", 1, 2) is None
    assert explain("in", "a", "b") is None


def test_long_values_are_clipped() -> None:
    reason = explain("==", Text("x" * 10_000, SUBJECT), "y" * 10_000)
    assert reason is not None
    assert len(str(reason.expected)) < 400
    assert len(str(reason.seen)) < 400


def test_a_false_flag_leaves_its_reason_with_the_witness() -> None:
    witness = Witness()
    assert not Flag(False, About(say("it is steady"), DOOM, say("restarts: 2"), witness))
    assert witness.reason is not None
    assert witness.reason.code == "crash-loop"
    assert str(witness.reason.expected) == "it is steady"
    assert str(witness.reason.seen) == "restarts: 2"


def test_a_true_flag_leaves_nothing() -> None:
    witness = Witness()
    assert Flag(True, About(say("it is steady"), witness=witness))
    assert witness.reason is None
