"""Where in the files stands what a verdict is about."""

from __future__ import annotations

import pytest
from tests.unit.results import READY

from podgrade.grading.places import places
from podgrade.model.exercise import Target
from podgrade.model.reason import Reason
from podgrade.model.submission import Position, SourceFile
from podgrade.model.text import say
from podgrade.model.verdict import Outcome, Result, Verdict
from podgrade.reports.positions import position_of
from podgrade.workspace.acceptance import Refusal
from podgrade.workspace.read import parse

TARGET = Target("app")
POD = """\
apiVersion: v1
kind: Service
metadata: {name: other}
---
apiVersion: v1
kind: Pod
metadata:
  name: app
spec:
  initContainers:
  - name: wait
    image: busybox
  containers:
  - name: web
    image: nginx
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  template:
    spec:
      containers:
      - name: web
"""


def manifest(text):
    return parse((SourceFile("app.yaml", text.encode()),))


def lines(text, *refusals):
    return {name: at.line for name, at in places(manifest(text), refusals, TARGET).items()}


def test_containers_of_a_pod():
    assert lines(POD) == {"": 5, "wait": 11, "web": 14}


def test_containers_of_a_template():
    assert lines(DEPLOYMENT)["web"] == 8


def test_a_refusal_says_where_the_rest_stands():
    refusal = Refusal(Reason("unknown-field"), Position("app.yaml", 12))

    assert lines(POD, refusal)[""] == 12
    assert places(None, [refusal], TARGET) == {"": refusal.position}
    assert places(None, [], TARGET) == {}


@pytest.mark.parametrize(
    ("why", "line"),
    [
        (say("container `{container}`: gone", container="web"), 14),
        (say("{text}", text=say("container `{container}`: gone", container="wait")), 11),
        (say("container `{container}`: gone", container="unknown"), 5),
        (None, 5),
    ],
)
def test_a_reason_that_names_a_container_is_about_its_place(why, line):
    verdict = Verdict(READY, Outcome.FAILED, reason=Reason("silent", why=why))
    result = Result("app", "app.yaml", (verdict,), places=places(manifest(POD), [], TARGET))

    assert position_of(result, verdict).line == line


def test_what_passed_has_no_place():
    result = Result("app", "app.yaml", (), places=places(manifest(POD), [], TARGET))

    assert position_of(result, Verdict(READY, Outcome.PASSED)) is None
