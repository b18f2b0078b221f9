"""The page of a verdict: one file, both languages, nothing of a learner's is markup."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from tests.unit.results import EVIL, LANES, erroneous, failed, full_marks, graded, hostile

from podgrade.model.text import Text
from podgrade.reports.html import render

OURS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "fieldset"),
    *("legend", "label", "input", "section", "h1", "h2", "h3", "p", "ol", "ul", "li", "dl", "dt"),
    *("dd", "div", "span", "strong", "code", "pre", "details", "summary", "svg", "rect"),
}
DRAWN = replace(hostile(), lanes=LANES)
EMPTY = {"meta", "input"}


class Page(HTMLParser):
    """Tags, attributes and text of a page; complains about tags that are not closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text, self.open = set(), [], "", []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += attributes
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("result", [full_marks(), failed(), erroneous(), DRAWN, None])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_is_well_formed_and_of_known_tags_only(result, language):
    page = Page(render(graded(result, language, None if result else Text("x", "y"))))

    assert page.tags <= OURS
    names = {name for name, _ in page.attributes}
    assert not {name for name in names if name.startswith("on")} | names & {"style", "src", "href"}


def test_the_policy_allows_our_style_and_nothing_else():
    text = render(graded(failed()))
    style = re.search("<style>(.*)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = re.search('Content-Security-Policy" content="([^"]*)"', text)[1]

    assert policy.replace("&#39;", "'") == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert "url(" not in style
    assert "@import" not in style


def test_both_languages_are_in_it():
    text = Page(render(graded(failed(), "ko"))).text

    for word in ("Expected", "기대값", "failed", "실패", "Total 0/10", "합계 0/10점"):
        assert word in text


def test_the_switch_begins_with_the_reports_language():
    korean = render(graded(failed(), "ko"))

    assert '<html lang="ko">' in korean
    assert 'id="in-ko" checked' in korean
    assert 'id="in-en" checked' in render(graded(failed(), "en"))


def test_what_came_from_a_learner_is_shown_as_it_is():
    text = render(graded(hostile()))

    assert "\x1b" not in text
    assert "alert(1)</script>" in Page(text).text
    assert "{{ 7*7 }}" in Page(text).text
    assert text.encode("utf-8")
    assert EVIL not in text


def test_commands_are_set_apart():
    assert "<code>busyboxx</code>" in render(graded(failed(), "ko"))


def test_without_a_result_it_says_why():
    text = Page(render(graded(None, problem=Text("no cluster", "클러스터 없음")))).text

    assert "no cluster" in text
    assert "클러스터 없음" in text


def test_the_timeline_is_drawn_and_told():
    text = render(graded(replace(failed(), lanes=LANES)))

    for kind in ("waiting", "running", "ready", "ended", "broken"):
        assert f'<rect class="{kind}" x="' in text
    told = Page(text).text
    assert "wait (init container)" in told
    assert "running and Ready 2.5–3.0 s, ended (Error 1) 3.0–4.0 s, restarts: 2" in told
    assert "초기화 컨테이너" in told
    assert "0.0–0.0" not in told


def test_without_containers_there_is_no_timeline():
    assert "<svg" not in render(graded(failed()))
