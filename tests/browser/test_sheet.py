"""The sheet's page as people meet it: by eye, by keyboard, by ear, on a telephone, on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from tests.unit.test_anatomy import LONG, RICH, pod

from podgrade.grading import catalogue
from podgrade.reports.anatomy import parts_of
from podgrade.reports.sheet import render

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = catalogue.exercises_of(ROOT)
NARROW = 320  # pixels: WCAG 2.2, 1.4.10 Reflow

# Texts of the picture that do not lie in a box, measured with the browser's own fonts.
OUTSIDE = """svg => {
  const inside = (one, box) => one.left >= box.left && one.right <= box.right
    && one.top >= box.top - 1 && one.bottom <= box.bottom + 1;
  const boxes = [...svg.querySelectorAll('rect')].map(box => box.getBoundingClientRect());
  return [...svg.querySelectorAll('tspan')].filter(text => {
    const own = text.getBoundingClientRect();
    const around = boxes.filter(box => inside(own, box));
    const touched = boxes.filter(box => !(own.right <= box.left || own.left >= box.right
      || own.bottom <= box.top + 2 || own.top >= box.bottom - 2));
    return !around.length || touched.length > around.length;
  }).map(text => text.textContent);
}"""


def html(exercise, language="en", bodies=None):
    """The exercise's page; with a picture of `bodies` instead of its own, if given."""
    parts = parts_of(bodies if bodies is not None else catalogue.anatomy(exercise))
    ideas = catalogue.ideas(exercise)
    return render(exercise, catalogue.sheets(exercise), parts, language, "1.2.3", ideas)


@pytest.fixture
def sidecar():
    return catalogue.exercise("sidecar")


def unfold(page):
    for summary in page.locator("summary:visible").all():
        summary.click()


def assert_accessible(page):
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.slug)
def test_every_sheet_is_accessible_and_fits_a_telephone(opened, exercise):
    page = opened(html(exercise), NARROW)
    for language in catalogue.sheets(exercise):
        if page.locator("fieldset").count():
            page.locator(f"label[for=in-{language}]").click()
        unfold(page)

        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
        assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_large_picture_is_accessible_in_the_light_and_in_the_dark(
    opened, sidecar, language, scheme
):
    page = opened(html(sidecar, language, yaml.safe_load_all(RICH)), color_scheme=scheme)
    unfold(page)

    assert_accessible(page)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_texts_fit_their_boxes_in_real_fonts(opened, sidecar, language):
    bodies = [*yaml.safe_load_all(RICH), pod(6, 4, 3), pod(2, name="W" * 63), pod(1, name=LONG)]
    page = opened(html(sidecar, language, bodies))
    unfold(page)

    assert page.locator("svg:visible").evaluate(OUTSIDE) == []


def test_the_picture_has_a_name_for_those_who_do_not_see_it(opened, sidecar):
    page = opened(html(sidecar))
    assert page.get_by_role("img").count() == 0
    unfold(page)

    picture = page.get_by_role("img", name="Anatomy of nginx-sidecar")
    assert picture.count() == 1
    assert "Mounts volume logs" in picture.locator("desc").text_content()


def test_the_language_is_switched_with_the_keyboard(opened, sidecar):
    page = opened(html(sidecar))
    english, korean = page.locator("article.en"), page.locator("article.ko")
    assert (english.is_visible(), korean.is_visible()) == (True, False)

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "in-en"
    page.keyboard.press("ArrowRight")

    assert (english.is_visible(), korean.is_visible()) == (False, True)
    assert page.get_by_role("heading", level=1).all_inner_texts() == [sidecar.title.ko]


def test_hints_and_picture_are_unfolded_with_the_keyboard(opened, sidecar):
    page = opened(html(sidecar))
    hint = page.get_by_text(sidecar.hints[0].en)
    assert not hint.is_visible()

    page.locator("summary:visible").first.focus()
    page.keyboard.press("Enter")

    assert hint.is_visible()
    assert not page.get_by_text(sidecar.hints[1].en).is_visible()


def test_it_needs_no_script(opened, sidecar):
    page = opened(html(sidecar), java_script_enabled=False)
    page.locator("label[for=in-ko]").click()
    page.locator("details.after:visible summary").click()

    assert page.locator("article.ko svg").is_visible()


def test_the_policy_holds(browser, tmp_path, sidecar):
    text = html(sidecar).replace("</main>", "<script>document.title = 'taken'</script></main>")
    file = tmp_path / "page.html"
    file.write_text(text, encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())

    assert page.title().startswith(sidecar.title.en)
    page.close()


def test_on_paper_there_is_the_sheet_and_what_was_unfolded(opened, sidecar):
    page = opened(html(sidecar), color_scheme="dark")
    page.locator("summary:visible").first.click()
    page.emulate_media(media="print", color_scheme="dark")

    assert page.get_by_text(sidecar.hints[0].en).is_visible()
    assert not page.locator("fieldset").is_visible()
    assert page.locator("details:visible").count() == 1
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
