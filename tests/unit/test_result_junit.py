"""JUnit XML: what consumers of it take, and harmless."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.unit.results import erroneous, failed, full_marks, graded, hostile

from podgrade.model.text import Text
from podgrade.reports.junit import render

RULES = json.loads((Path(__file__).parent / "data" / "junit-10.json").read_text("utf-8"))


def parsed(result, **more):
    return ET.fromstring(render(graded(result, **more)).encode("utf-8"))


def follows_the_rules(element):
    rule = RULES[element.tag]
    assert set(element.keys()) <= set(rule.get("attributes", ()))
    assert set(rule.get("required", ())) <= set(element.keys())
    for child in element:
        assert child.tag in rule.get("children", ())
        follows_the_rules(child)


@pytest.mark.parametrize("result", [full_marks(), failed(), erroneous(), hostile()])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_fits_the_schema(result, language):
    follows_the_rules(parsed(result, language=language))


def outcomes(suites):
    return [
        next((part.tag for part in case if part.tag != "properties"), "passed")
        for case in suites.iter("testcase")
    ]


def test_a_failure_is_the_learners_and_what_was_not_reached_is_skipped():
    suites = parsed(failed())
    suite = suites.find("testsuite")

    assert outcomes(suites) == ["passed", "failure", "skipped"]
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == [*"3101"]
    assert suites.find(".//failure").get("type") == "image-not-found"
    assert "Why: image busyboxx was not found" in suites.find(".//failure").text


def test_an_error_is_the_clusters_and_has_no_points():
    suites = parsed(erroneous())

    assert outcomes(suites) == ["passed", "error", "error"]
    assert properties(suites.find("testsuite")) == {"learner": "pod.yaml", "possible": "10"}


def properties(element):
    return {one.get("name"): one.get("value") for one in element.find("properties")}


def test_properties_carry_points_and_learner():
    ready = parsed(full_marks()).findall(".//testcase")[1]

    assert properties(ready) == {
        "learner": "pod.yaml",
        "check": "test_ready",
        "points": "2",
        "possible": "2",
    }


def test_what_came_from_a_learner_is_text():
    failure = parsed(hostile()).find(".//failure")

    assert len(failure) == 0
    assert "]]> <script>alert(1)</script>" in failure.text
    assert "\\x1b[31mred\\x07\\x00" in failure.text


def test_a_run_without_a_result_is_an_error():
    suites = parsed(None, problem=Text("no cluster", "클러스터 없음"))

    assert outcomes(suites) == ["error"]
    assert suites.find(".//error").text == "no cluster"
    follows_the_rules(suites)
