"""A course's table and page: a total over the weights, and why there is none."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from tests.unit.results import EVIL, erroneous, failed, full_marks, graded, hostile
from tests.unit.test_result_html import OURS, Page

from podgrade.grading.catalogue import exercise
from podgrade.model.text import Text
from podgrade.reports import course_page
from podgrade.reports.course import Mark, Part, Person, Report, table


def mark(found, language="en"):
    return Mark(graded(found, language), "sidecar/pages/x.html")


def half():
    """Two of ten points, at another exercise's scale."""
    accepted, ready, _ = full_marks().verdicts
    return replace(full_marks(), verdicts=(accepted, ready, failed().verdicts[2]))


def report(language="en"):
    parts = (
        Part(exercise("sidecar"), 3, "sidecar/index.html"),
        Part(exercise("service"), 1, "service/index.html"),
    )
    people = {
        "kim": (full_marks(), full_marks()),
        "이 민수": (full_marks(), half()),
        "park": (failed(), None),
        "choi": (None, erroneous()),
        EVIL: (hostile(), full_marks()),
    }
    told = [
        Person(name, tuple(mark(one, language) if one else None for one in found))
        for name, found in people.items()
    ]
    late = Person("late", (mark(None, language), mark(full_marks(), language)))
    return Report(Text("The course", "과정"), parts, (*told, late), language, "0.1.0")


def rows(found):
    return {
        row["learner"]: row for row in csv.DictReader(io.StringIO(found.removeprefix("\ufeff")))
    }


def test_totals():
    found = rows(table(report()))

    assert found["kim"] == {
        "learner": "kim",
        "sidecar": "10",
        "service": "10",
        "total": "100",
        "full marks": "100",
        "missing": "",
    }
    assert (found["이 민수"]["service"], found["이 민수"]["total"]) == ("2", "80")
    assert found["park"]["total"] == "0"
    assert found["park"]["missing"] == "service: not handed in"
    assert (found["choi"]["total"], found["choi"]["sidecar"]) == ("", "")
    assert "service: an error: nobody's fault" in found["choi"]["missing"]
    assert (found["late"]["total"], found["late"]["missing"]) == ("", "sidecar: not graded yet")


def test_no_cell_is_a_formula():
    cells = [cell for row in csv.reader(io.StringIO(table(report()))) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_is_well_formed_and_of_known_tags_only(language):
    page = Page(course_page.render(report(language)))

    assert page.tags <= {*OURS, "a", "table", "thead", "tbody", "tr", "th", "td"}
    names = {name for name, _ in page.attributes}
    assert not {name for name in names if name.startswith("on")} | names & {"style", "src"}
    links = {value for name, value in page.attributes if name == "href"}
    assert links == {"sidecar/index.html", "service/index.html", "sidecar/pages/x.html"}


def test_what_the_page_says():
    text = Page(course_page.render(report())).text

    assert "6 learners, 2 exercises" in text
    assert "full marks 2, less 2, not handed in 1, errors or not graded 1" in text
    assert "full marks 3, less 1, not handed in 1, errors or not graded 1" in text
    assert "not handed in" in text
