"""The verdict for programs fits its published schema and has both languages inside."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator
from tests.unit.results import LANES, erroneous, failed, full_marks, graded, hostile

from podgrade.model.submission import Position
from podgrade.model.text import Text
from podgrade.reports.json import as_data, render, schema, text

PLACED = replace(failed(), lanes=LANES, places={"": Position("pod.yaml", 3)})


@pytest.mark.parametrize("result", [full_marks(), failed(), erroneous(), PLACED])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_fits_the_schema(result, language):
    Draft202012Validator.check_schema(schema())
    Draft202012Validator(schema()).validate(json.loads(text(as_data(result, language, "0.1.0"))))


def test_it_is_a_superset_of_check50s():
    data = as_data(failed(), "en", "0.1.0")
    _, ready, answers = data["results"]

    assert (data["slug"], data["version"]) == ("sidecar", "0.1.0")
    assert (ready["name"], ready["passed"]) == ("test_ready", False)
    assert ready["description"] == "The Pod shows 2/2 Ready"
    assert ready["cause"]["rationale"] == "image busyboxx was not found"
    assert (ready["cause"]["expected"], ready["cause"]["actual"]) == ("READY: 2/2", "READY: 1/2")
    assert ready["cause"]["help"] == "Check the image's name"
    assert (answers["passed"], answers["dependency"]) == (None, "test_ready")


def test_main_strings_follow_the_language():
    ready = as_data(failed(), "ko", "0.1.0")["results"][1]

    assert ready["description"] == "파드가 2/2 Ready 상태이다"
    assert ready["languages"]["en"]["description"] == "The Pod shows 2/2 Ready"
    assert ready["languages"]["ko"]["cause"] == ready["cause"]


def test_an_error_leaves_the_score_open():
    data = as_data(erroneous(), "en", "0.1.0")

    assert (data["verdict"], data["score"]) == ("error", None)
    assert data["results"][1]["cause"]["error"] == "the API server does not answer"
    assert data["results"][1]["points"] is None


def test_a_run_without_a_result_is_an_error_that_fits_the_schema():
    found = json.loads(render(graded(None, problem=Text("no cluster", "클러스터 없음"))))

    Draft202012Validator(schema()).validate(found)
    assert (found["verdict"], found["score"], found["results"]) == ("error", None, [])
    assert found["languages"]["ko"]["notes"] == ["클러스터 없음"]


def test_full_marks():
    data = as_data(full_marks(), "en", "0.1.0")

    assert (data["verdict"], data["score"], data["possible"]) == ("passed", 10, 10)
    assert data["results"][1]["cause"] is None
    assert data["results"][1]["log"] == ["pod.ready: 2/2"]


def test_a_failure_has_its_place_and_the_whole_its_timeline():
    data = as_data(PLACED, "en", "0.1.0")

    assert [check["position"] for check in data["results"]] == [
        None,
        {"file": "pod.yaml", "line": 3, "column": 1},
        None,
    ]
    assert data["timeline"][1]["spans"][-1] == {
        "state": "ended",
        "begin": 3.0,
        "end": 4.0,
        "detail": "Error 1",
    }


def test_what_a_stranger_wrote_is_escaped_and_means_the_same():
    found = text(as_data(hostile(), "en", "0.1.0"))

    assert not set(found) & {*"\x7f\u202e\ufffe\U000e0041"}
    assert "한글" in found
    assert "\u202egnp.exe" in json.loads(found)["results"][1]["cause"]["rationale"]
