"""The document of all messages: both languages, nothing fleeting, and as the code says it today."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from tests.unit.results import NOT_FOUND, erroneous, failed, full_marks
from tests.unit.test_locale import templates
from tests.unit.test_pack import FIRST, SLUGS, checks_of

from podgrade.grading.catalogue import exercise
from podgrade.grading.proof import Compared, mistakes_of
from podgrade.model.submission import Submission
from podgrade.model.text import Text
from podgrade.reports.messages import as_text, document, messages

ROOT = Path(__file__).parents[2]
AGAIN = "run ci/messages, or `podgrade verify --messages docs/messages.md` on a cluster"


def compared(result, name="broken/no-follow", slug="sidecar"):
    result = replace(result, exercise=slug)
    return Compared(Submission(name, (), fixture=name), result, {}, {})


def test_a_mistake_is_told_in_both_languages():
    data = messages([compared(failed())], {("sidecar", "broken/no-follow"): "tail without -f"})
    text = document(data)

    assert "## image-not-found\n\n### sidecar/no-follow: tail without -f\n" in text
    assert "\nThe Pod shows 2/2 Ready\n    Expected: READY: 2/2\n" in text
    assert "    이유: 이미지 `busyboxx`: 찾을 수 없습니다\n" in text
    assert "not checked" not in text
    assert json.loads(as_text(data)) == data


def test_the_same_kind_of_message_is_told_once():
    both = [compared(failed(), "broken/b"), compared(failed(), "broken/a", "service")]
    text = document(messages(both, {}))

    assert text.count("Expected: ") == 1
    assert text.endswith("````\n\nAlso: sidecar/b\n")


def test_right_answers_are_told_nothing_and_errors_are_not_known():
    for result, name in ((full_marks(), "reference/pod"), (erroneous(), "broken/no-follow")):
        assert messages([compared(result, name)], {}) == {"messages": []}


def test_what_differs_from_run_to_run_is_replaced():
    seen = (
        "/4f1c9a0b7e2d3c55 of 10.244.0.17, not 10.244.0.18, Pod web-7d9f8b6c5d-x2x8w, "
        "clone web-qr5xf8zt at 2026-11-21T17:40:12.123Z in podgrade-b7qtfz-51; "
        "/home/kim/pack/fixtures/sidecar/broken/tab/pod.yaml:13:1: Sat Nov 21 18:18:35 UTC 2026, "
        "[21/Nov/2026:18:18:46 +0000], 2026/11/21 18:18:12 Linux 6.18.44-fc after 3 ms, log-sidecar"
    )
    text = document(messages([compared(failed(replace(NOT_FOUND, why=_said(seen))))], {}))

    assert (
        "/1111111111111111 of 10.0.0.1, not 10.0.0.2, Pod web-xxxxxxxxx-xxxxx, "
        "clone web-xxxxxxxx at 2026-01-01T00:00:00Z in podgrade-abcdef-1; "
        "pod.yaml:13:1: Thu Jan  1 00:00:00 UTC 2026, "
        "[01/Jan/2026:00:00:00 +0000], 2026/01/01 00:00:00 Linux 6.1.0 after 0 ms, log-sidecar"
    ) in text


def test_a_value_of_many_lines_is_cut():
    text = document(messages([compared(failed(replace(NOT_FOUND, why=_said("a\nb\nc\nd"))))], {}))

    assert "Why: a\n        b\n        c\n        …\n" in text


def _said(text):
    return Text(text, text)


@pytest.fixture(scope="module")
def kinds():
    return json.loads((ROOT / "docs" / "messages.json").read_text(encoding="utf-8"))["messages"]


def test_the_document_is_made_of_what_came_out(kinds):
    text = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")

    assert text == document({"messages": kinds}), AGAIN


def test_the_document_has_every_failure_of_every_mistake(kinds):
    told = {
        (mistake, kind["reason"]["code"])
        for kind in kinds
        for mistake in (kind["mistake"], *kind["also"])
    }
    files = {path.parent: yaml.safe_load(path.read_text("utf-8")) for path in expectations()}
    expected = {
        (f"{folder.parents[1].name}/{folder.name}", code)
        for folder, body in files.items()
        for code in body["failed"].values()
    }

    assert told == expected, AGAIN


def expectations():
    return ROOT.glob("fixtures/*/broken/*/expect.yaml")


def test_the_document_has_todays_titles_and_mistakes(kinds):
    titles = {slug: {en: ko for _, en, ko, _ in checks_of(slug)} for slug in SLUGS}
    for kind in kinds:
        slug, _, name = kind["mistake"].partition("/")
        title = kind["check"]
        own = title["en"] == "The manifest is accepted"
        assert own or titles[slug].get(title["en"]) == title["ko"], AGAIN
        assert kind["what"] == mistakes_of(exercise(slug))[f"broken/{name}"], AGAIN


def test_the_document_has_no_sentence_that_nobody_says_any_more(kinds):
    today = {node.value for node, _ in templates()}

    assert {said for kind in kinds for said in sentences(kind["reason"])} <= today, AGAIN


def sentences(words):
    if isinstance(words, dict):
        yield from [words["say"]] if "say" in words else []
        for value in words.values():
            yield from sentences(value)


def test_every_mistake_of_the_pack_says_what_it_is():
    sidecar = exercise("sidecar")
    assert all(mistakes_of(sidecar).values())
    assert "broken/no-follow" in mistakes_of(sidecar)
    assert FIRST not in mistakes_of(sidecar)
