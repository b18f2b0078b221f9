"""The page of a class in a browser."""

from __future__ import annotations

import pytest
from tests.browser.test_sheet import NARROW, assert_accessible
from tests.unit.test_class_page import a_class

from podgrade.reports.class_page import render


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_is_accessible_and_fits_a_telephone(opened, language, scheme):
    page = opened(render(a_class(language)), NARROW, color_scheme=scheme)

    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    assert_accessible(page)
