"""The policy refuses what Pod Security would, each control by itself, in words with a place."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.controls import Case, cases

from podgrade.locale import in_language
from podgrade.model.exercise import Exercise, Target
from podgrade.model.submission import SourceFile
from podgrade.model.text import Text
from podgrade.workspace.policy import refusals
from podgrade.workspace.read import parse

NOWHERE = Path("nowhere")
TITLE = Text("t", "t")


def said_of(case: Case):
    exercise = Exercise("x", TITLE, TITLE, Target("web"), NOWHERE, NOWHERE, pod_security=case.level)
    text = yaml.safe_dump(dict(case.pod), sort_keys=False)
    return refusals(parse([SourceFile("pod.yaml", text.encode())]), exercise)


@pytest.mark.parametrize("case", cases(refused=True), ids=str)
def test_what_a_level_refuses_is_refused_before_it_is_sent(case):
    found = said_of(case)

    assert {one.reason.code for one in found} == {"refused-by-policy"}
    for one in found:
        assert one.position.line > 0
        assert in_language(one.reason.why, "en") != in_language(one.reason.why, "ko")
        assert in_language(one.reason.look, "ko")


@pytest.mark.parametrize("case", cases(refused=False), ids=str)
def test_what_a_level_lets_in_is_not_refused(case):
    assert said_of(case) == ()


def test_a_deployment_is_held_to_the_same():
    [case] = [c for c in cases(refused=True) if c.control == "user 0" and c.number == 2]
    template = {"metadata": {"labels": {"a": "b"}}, "spec": case.pod["spec"]}
    body = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template},
    }

    assert said_of(Case(case.level, case.control, 0, True, body))
