"""The pack agrees with itself: sheets, graders and fixtures say the same."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from podgrade.grading import catalogue

ROOT = Path(__file__).parents[2]
SLUGS = [exercise.slug for exercise in catalogue.exercises(ROOT)]
FIRST = "test_manifest_is_accepted"


def checks_of(slug):
    """(function, English title, Korean title, points) of each check, read without importing."""
    tree = ast.parse(catalogue.exercise(slug, ROOT).grader.read_text(encoding="utf-8"))
    for node in tree.body:
        for call in getattr(node, "decorator_list", ()):
            values = {word.arg: word.value for word in call.keywords}
            title, ko, points = call.args[0], values["ko"], values["points"]
            yield node.name, title.value, ko.value, points.value


def rows(slug, language):
    """The marking scheme's rows in a sheet: title and points."""
    sheet = catalogue.sheet(catalogue.exercise(slug, ROOT), language)
    return re.findall(r"^\| (.+?) \| (\d+) \|$", sheet, re.MULTILINE)


@pytest.mark.parametrize("slug", SLUGS)
def test_points_add_up_to_ten(slug):
    assert sum(points for *_, points in checks_of(slug)) == 10


@pytest.mark.parametrize("slug", SLUGS)
def test_sheets_show_the_marking_scheme(slug):
    scheme = list(checks_of(slug))

    assert rows(slug, "en") == [(en, str(points)) for _, en, _, points in scheme]
    assert rows(slug, "ko") == [(ko, str(points)) for _, _, ko, points in scheme]


@pytest.mark.parametrize("slug", SLUGS)
def test_hints_are_for_failures_that_a_mistake_has(slug):
    files = ROOT.glob(f"fixtures/{slug}/broken/*/expect.yaml")
    bodies = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    told = {(name, code) for body in bodies for name, code in body["failed"].items()}
    hints = catalogue.exercise(slug, ROOT).hints

    assert {why for hint in hints for why in hint.fits} <= told
    assert any(hint.fits for hint in hints)


@pytest.mark.parametrize("slug", SLUGS)
def test_starter_is_no_answer_but_a_manifest(slug):
    exercise = catalogue.exercise(slug, ROOT)
    objects = list(yaml.safe_load_all(catalogue.starter(exercise)))

    assert exercise.target.name in [body["metadata"]["name"] for body in objects]


@pytest.mark.parametrize("slug", SLUGS)
def test_starter_of_what_runs_already_is_what_runs(slug):
    exercise = catalogue.exercise(slug, ROOT)
    if exercise.target.exists:
        assert yaml.safe_load(catalogue.starter(exercise)) in standing(exercise)


def standing(exercise):
    """The objects of the exercise's setup."""
    files = (exercise.folder / "setup").glob("*.yaml")
    return [body for file in files for body in yaml.safe_load_all(file.read_text("utf-8"))]


@pytest.mark.parametrize("slug", SLUGS)
def test_enough_fixtures(slug):
    folder = ROOT / "fixtures" / slug
    mistakes = [path.name for path in (folder / "broken").iterdir()]

    assert len(list((folder / "reference").iterdir())) >= 3
    assert len(mistakes) >= 6
    assert any(name.startswith("fake-") for name in mistakes)


@pytest.mark.parametrize(
    "expect", sorted(ROOT.glob("fixtures/*/broken/*")), ids=lambda path: f"{path.name}"
)
def test_expectations_name_checks_of_the_grader(expect):
    body = yaml.safe_load((expect / "expect.yaml").read_text(encoding="utf-8"))
    names = {FIRST, *(name for name, *_ in checks_of(expect.parents[1].name))}

    assert set(body) == {"mistake", "failed", "not_reached", "decided_by"}
    assert body["failed"]
    assert {*body["failed"], *body["not_reached"]} <= names
    assert body["decided_by"] in {"evidence", "limit"}
