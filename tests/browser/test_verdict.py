"""The verdict's page in a browser."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.browser.test_sheet import NARROW, assert_accessible, unfold
from tests.unit.results import LANES, erroneous, failed, full_marks, graded, hostile

from podgrade.reports.html import render

DRAWN = replace(hostile(), lanes=LANES)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("result", "language"),
    [(full_marks(), "en"), (failed(), "ko"), (erroneous(), "en"), (DRAWN, "ko")],
)
def test_it_is_accessible_and_fits_a_telephone(opened, result, language, scheme):
    page = opened(render(graded(result, language)), NARROW, color_scheme=scheme)
    unfold(page)

    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    assert_accessible(page)


def test_the_language_is_switched_with_the_keyboard(opened):
    page = opened(render(graded(failed(), "en")))
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")

    assert page.get_by_text("합계 0/10점").is_visible()
    assert not page.get_by_text("Total 0/10").is_visible()


def test_nothing_of_a_learners_runs_or_is_fetched(opened):
    page = opened(render(graded(DRAWN)))
    unfold(page)

    assert page.evaluate("document.scripts.length + document.images.length") == 0
    assert page.get_by_text("<script>alert(1)</script>").first.is_visible()


def test_on_paper_the_switch_is_gone_and_the_words_are_there(opened):
    page = opened(render(graded(DRAWN)))
    page.emulate_media(media="print")

    assert not page.get_by_text("한국어").first.is_visible()
    assert page.get_by_text("ended (Error 1) 3.0–4.0 s").is_visible()
