"""The verdict's page in a browser."""

from __future__ import annotations

import pytest
from tests.browser.test_sheet import NARROW, assert_accessible, unfold
from tests.unit.results import erroneous, failed, full_marks, graded, hostile

from podgrade.reports.html import render


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("result", "language"),
    [(full_marks(), "en"), (failed(), "ko"), (erroneous(), "en"), (hostile(), "ko")],
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
