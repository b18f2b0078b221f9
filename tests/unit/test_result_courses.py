"""What course platforms read: Gradescope, PrairieLearn, GitHub Classroom, spreadsheets."""

from __future__ import annotations

import base64
import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from tests.unit.results import erroneous, failed, full_marks, graded, hostile, result

from podgrade.model.reason import Reason
from podgrade.model.submission import Position
from podgrade.model.text import Text
from podgrade.model.verdict import CheckLine, Outcome, Verdict
from podgrade.reports.csv import cell, table
from podgrade.reports.forms import render

DATA = Path(__file__).parent / "data"
TROUBLE = Text("no cluster", "클러스터 없음")


def data_of(form, found, language="en"):
    text = render(form, graded(found, language, None if found else TROUBLE))
    return json.loads(base64.b64decode(text) if form == "classroom" else text)


@pytest.mark.parametrize("form", ["gradescope", "prairielearn", "classroom"])
@pytest.mark.parametrize("found", [full_marks(), failed(), erroneous(), hostile(), None])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_is_as_the_consumer_documents_it(form, found, language):
    schema = json.loads((DATA / f"{form}.schema.json").read_text("utf-8"))

    Draft202012Validator(schema).validate(data_of(form, found, language))


def strings(data):
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for part in data.values() if isinstance(data, dict) else data:
            yield from strings(part)


@pytest.mark.parametrize("form", ["gradescope", "prairielearn", "classroom"])
def test_nothing_in_it_acts(form):
    found = data_of(form, hostile())

    assert not [text for text in strings(found) if set(text) & {*"\x00\x07\x1b\u202e\ud800"}]


def test_gradescope_adds_points_up():
    data = data_of("gradescope", full_marks())

    assert data["score"] == 10
    assert [(test["score"], test["max_score"]) for test in data["tests"]] == [
        (0, 0),
        (2, 2),
        (8, 8),
    ]
    assert (
        "Why: image busyboxx was not found" in data_of("gradescope", failed())["tests"][1]["output"]
    )


@pytest.mark.parametrize("found", [erroneous(), None])
def test_gradescope_has_no_score_after_an_error(found):
    data = data_of("gradescope", found)

    assert not {"score", "tests"} & data.keys()
    assert data["output"].splitlines()[0] in {
        "No score: the grading environment failed. This is not your fault.",
        "no cluster",
    }


def test_prairielearn_takes_a_share():
    assert data_of("prairielearn", full_marks())["score"] == 1
    assert data_of("prairielearn", failed())["score"] == 0
    nothing = CheckLine("test_nothing", Text("nothing", "없음"), 0)
    assert data_of("prairielearn", result(Verdict(nothing, Outcome.PASSED)))["score"] == 1
    assert data_of("prairielearn", result(Verdict(nothing, Outcome.FAILED)))["score"] == 0


@pytest.mark.parametrize("found", [erroneous(), replace(failed(), missing=1), None])
def test_prairielearn_does_not_grade_an_error(found):
    data = data_of("prairielearn", found)

    assert (data["gradable"], "score" in data) == (False, False)
    assert data["format_errors"]


def test_prairielearn_stays_below_a_megabyte():
    long = Reason("silent", why=Text("한" * 600_000, ""), seen=Text("\\" * 600_000, ""))
    verdict = failed(long).verdicts[1]

    assert len(render("prairielearn", graded(result(*[verdict] * 30))).encode()) < 1_000_000


def test_classroom_adds_the_scores_of_tests_up():
    data = data_of("classroom", full_marks())

    assert (data["status"], data["max_score"]) == ("pass", 10)
    assert sum(test["score"] for test in data["tests"]) == 10
    assert [test["status"] for test in data_of("classroom", failed())["tests"]] == [
        "pass",
        "fail",
        "fail",
    ]


def test_classroom_is_told_the_line():
    placed = replace(failed(), places={"": Position("pod.yaml", 12)})
    tests = data_of("classroom", placed)["tests"]

    assert [(test["filename"], test["line_no"]) for test in tests] == [
        ("", 0),
        ("pod.yaml", 12),
        ("", 0),
    ]


@pytest.mark.parametrize("found", [erroneous(), replace(failed(), missing=1), None])
def test_classroom_is_given_no_points_after_an_error(found):
    data = data_of("classroom", found)

    assert (data["status"], data["max_score"]) == ("error", 0)
    assert sum(test["score"] for test in data["tests"]) == 0


def test_what_the_classroom_reporter_prints_is_no_command():
    test = data_of("classroom", hostile())["tests"][1]
    lines = [*test["name"].splitlines(), *test["message"].splitlines()]

    assert len(lines) > 3
    assert not [line for line in lines if line.strip().startswith("::") or "##[" in line]


def rows(found, language="en"):
    text = render("csv", graded(found, language, None if found else TROUBLE))
    assert text.startswith("\ufeff")
    return [*csv.reader(io.StringIO(text.removeprefix("\ufeff")))]


def test_a_row_of_the_table():
    heading, row = rows(failed(), "ko")

    assert heading[:2] == ["제출물", "실습"]
    assert heading[-4:] == ["합계", "만점", "판정", "이유"]
    assert row[:5] == ["pod.yaml", "sidecar", "0", "0", "0"]
    assert row[5:8] == ["0", "10", "실패"]
    assert "이유: 이미지 `busyboxx`: 찾을 수 없습니다" in row[8]


@pytest.mark.parametrize("found", [erroneous(), None])
def test_an_error_leaves_its_cell_empty_and_says_why(found):
    heading, row = rows(found)

    assert row[heading.index("total")] == ""
    assert row[-1]


def test_rows_have_the_columns_of_the_first_with_checks():
    text = table([graded(None, problem=TROUBLE), graded(failed()), graded(full_marks())])
    found = [*csv.reader(io.StringIO(text))]

    assert {len(row) for row in found} == {9}
    assert found[3][2:6] == ["0", "2", "8", "10"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\n=", " =", "\uff1d", "\uff20"])
def test_no_cell_is_a_formula(sign):
    assert cell(f"{sign}cmd|'/C calc'!A0").startswith("'")
    assert cell("pod-1.yaml") == "pod-1.yaml"


def test_hostile_cells_stay_in_their_row():
    found = rows(hostile())

    assert len(found) == 2
    assert {len(row) for row in found} == {9}
    assert not [text for text in found[1] if text.startswith(("=", "@", "+", "-"))]
