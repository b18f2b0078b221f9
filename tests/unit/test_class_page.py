"""The page of a class: well-formed, who is stuck where, nothing of a learner's is markup."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.unit.results import EVIL, erroneous, failed, full_marks, graded, hostile
from tests.unit.test_result_html import OURS, Page

from podgrade.grading.corrections import Row
from podgrade.reports.class_page import render
from podgrade.reports.corrected import corrected


def row(name, result, language="en"):
    return replace(graded(result, language), submission=name), f"pages/{name}.html"


def a_class(language="en"):
    return [
        row("kim", full_marks(), language),
        row("이 민수", failed(), language),
        row("park", corrected(failed(), [Row(2, "park", "test_ready", 2, "x")]), language),
        row("choi", erroneous(), language),
        row("late", None, language),
        row(EVIL, hostile(), language),
    ]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_is_well_formed_and_of_known_tags_only(language):
    page = Page(render(a_class(language)))

    assert page.tags <= {*OURS, "a"}
    names = {name for name, _ in page.attributes}
    assert not {name for name in names if name.startswith("on")} | names & {"style", "src"}
    links = [value for name, value in page.attributes if name == "href"]
    assert "pages/%EC%9D%B4%20%EB%AF%BC%EC%88%98.html" in links
    assert all(link.startswith("pages/") for link in links)


def test_each_check_and_who_is_stuck():
    text = Page(render(a_class())).text

    assert "6 learners: 1 with full marks, 3 without, 1 with an error, 1 not graded" in text
    assert "passed 2, failed 2, not checked 0, errors 1" in text
    assert groups(a_class()) == [
        ("not graded yet", "1"),
        ("an error: nobody&#39;s fault, to be graded again", "1"),
        ("The Pod shows 2/2 Ready", "2"),
        ("nginx answers", "1"),
        ("full marks", "1"),
    ]


def groups(rows):
    """The headings in English, each with how many there are."""
    heading = r'<h3 class="group"><span class="en" lang="en">(.*?)</span>.*?\((\d+)\)</h3>'
    return re.findall(heading, render(rows))


def test_nobody_is_graded_yet():
    assert groups([row("kim", None)]) == [("not graded yet", "1")]
