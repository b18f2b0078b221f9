"""A teacher's corrections: how they are read, and what they do to a result."""

from __future__ import annotations

from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator
from tests.unit.results import LANES, erroneous, failed, full_marks, graded, hostile

from podgrade.grading.corrections import Row, parse
from podgrade.model.errors import UsageProblem
from podgrade.model.text import Text
from podgrade.model.verdict import Outcome
from podgrade.reports.corrected import corrected, objections
from podgrade.reports.csv import Column, table
from podgrade.reports.from_json import result_of
from podgrade.reports.html import render
from podgrade.reports.json import as_data, schema
from podgrade.reports.plain import render as plain

HEAD = "learner,check,points,why\n"


@pytest.mark.parametrize(
    "data",
    [
        (HEAD + "김민수,test_ready,1.5,it was right\n\n").encode(),
        ("\ufeff" + HEAD + "김민수,test_ready,1.5,it was right\n").encode(),
        ("학습자,항목,점수,이유\r\n김민수,test_ready,1.5,it was right\r\n").encode("cp949"),
        ("why\tpoints\tcheck\tlearner\nit was right\t1.5\ttest_ready\t김민수\n").encode(),
        ('Learner, Check,Points,Why,Who\n김민수,test_ready," 1.5","it was right",me\n').encode(),
    ],
)
def test_tables_are_read_as_spreadsheets_write_them(data):
    assert parse(data) == (Row(2, "김민수", "test_ready", 1.5, "it was right"),)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "missing: learner, check, points, why"),
        (b"learner,check,points\n", "missing: why"),
        (HEAD.encode() + b"kim,test_ready,two,x\n", "line 2: `two` is no number of points"),
        (HEAD.encode() + b"kim,test_ready,nan,x\n", "line 2: `nan` is no number of points"),
        (HEAD.encode() + b"kim,test_ready,-1,x\n", "line 2: `-1` is no number of points"),
        (HEAD.encode() + b"a,b,1,x\nkim,test_ready,1\n", "line 3: the column why is empty"),
        (HEAD.encode() + b",test_ready,1,x\n", "line 2: the column learner is empty"),
        (b"\xff\xfe\x00\xff", "no text"),
    ],
)
def test_a_table_that_cannot_be_read(data, problem):
    with pytest.raises(UsageProblem, match=problem):
        parse(data)


def row(check="test_ready", points=2.0):
    return Row(2, "kim", check, points, "I saw it")


@pytest.mark.parametrize(
    "name", ["test_ready", "The Pod shows 2/2 Ready", "파드가 2/2 Ready 상태이다"]
)
def test_a_correction_gives_the_teachers_points(name):
    result = corrected(failed(), [row(name, 1.5)])

    assert (result.score, result.passed) == (1.5, False)
    assert [verdict.points for verdict in result.verdicts] == [0, 1.5, 0]
    assert result.verdicts[1].outcome is Outcome.FAILED


def test_full_points_for_all_that_failed_is_full_marks():
    result = corrected(failed(), [row(), row("test_answers", 8)])

    assert (result.score, result.passed, graded(result).outcome) == (10, True, Outcome.PASSED)


def test_a_decided_error_leaves_nothing_open():
    half = corrected(erroneous(), [row()])
    whole = corrected(erroneous(), [row(), row("test_answers", 0)])

    assert (half.score, half.erroneous) == (None, True)
    assert (whole.score, whole.erroneous) == (2, False)


def test_corrections_are_taken_back():
    assert corrected(corrected(failed(), [row()]), []) == failed()


def test_what_does_not_fit_is_told():
    told = [str(words) for words in objections(failed(), [row("test_redy"), row(points=3), row()])]

    assert len(told) == 2
    assert "there is no check `test_redy`; checks are: test_manifest_is_accepted" in told[0]
    assert "`test_ready` is worth 2 points at most" in told[1]


def test_a_correction_is_marked_everywhere():
    result = corrected(failed(), [row(points=1)])
    data = as_data(result, "en", "0.1.0")

    Draft202012Validator(schema()).validate(data)
    assert data["results"][1]["correction"] == {"points": 1, "why": "I saw it"}
    assert (data["results"][1]["points"], data["results"][1]["verdict"]) == (1, "failed")
    assert "Corrected by the teacher: I saw it" in plain(graded(result))
    assert "I saw it" in render(graded(result))
    assert "교사의 정정" in render(graded(result))


# Out of JSON and back


@pytest.mark.parametrize(
    "result",
    [full_marks(), failed(), erroneous(), hostile(), corrected(failed(), [row()])],
)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_result_comes_back_out_of_its_json(result, language):
    data = as_data(result, language, "0.1.0")

    assert as_data(result_of(data), language, "0.1.0") == data
    assert result_of(data).score == result.score
    assert table([graded(result_of(data))]) == table([graded(result)])
    light = result_of(data, whole=False)
    assert not any(verdict.evidence for verdict in light.verdicts)


def test_the_timeline_comes_back():
    result = replace(failed(), lanes=LANES)
    assert result_of(as_data(result, "en", "0.1.0")).lanes == LANES


def test_columns_behind_the_others():
    rows = [graded(full_marks()), graded(None, problem=Text("not yet", "아직"))]
    told = table(rows, [Column(Text("from", "어디"), ["=a", "b"])], Text("learner", "학습자"))
    first, *others = told.removeprefix("\ufeff").splitlines()

    assert first.startswith("learner,")
    assert first.endswith(",reason,from")
    assert others[0].endswith(",'=a")
    assert others[1].endswith(",not yet,b")
