"""The API server's refusals in words; the messages were collected from Kubernetes v1.36.3
(creation as a dry run with fieldValidation=Strict).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from podgrade.cluster.connection import ApiRefusal
from podgrade.locale import in_language
from podgrade.model.errors import InfrastructureError
from podgrade.model.submission import SourceFile
from podgrade.workspace.read import parse
from podgrade.workspace.refusals import refusals_of, wrong_kind
from podgrade.workspace.schema import advice_on

COLLECTED = json.loads(
    (Path(__file__).parent / "data" / "api_refusals.json").read_text(encoding="utf-8")
)
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: c, image: i}]}"


def document(text):
    return parse([SourceFile("a.yaml", text.encode())]).documents[0]


def refused(status, reason, message):
    return refusals_of(ApiRefusal(status, reason, message), document(POD))


@pytest.mark.parametrize("name", COLLECTED)
def test_a_collected_refusal_is_said_as_agreed(name):
    case = COLLECTED[name]
    refusal = ApiRefusal(case["status"], case["reason"], case["message"], case["details"])
    said = [
        {
            "code": one.reason.code,
            "at": f"{one.position.line}:{one.position.column}",
            "why": str(one.reason.why),
            "look": None if one.reason.look is None else str(one.reason.look),
        }
        for one in refusals_of(refusal, document(case["manifest"]))
    ]
    assert said == case["refusals"]


@pytest.mark.parametrize("name", COLLECTED)
def test_every_refusal_is_also_said_in_korean(name):
    case = COLLECTED[name]
    refusal = ApiRefusal(case["status"], case["reason"], case["message"], case["details"])
    for one in refusals_of(refusal, document(case["manifest"])):
        assert in_language(one.reason.why, "ko") != str(one.reason.why)


def test_most_refusals_have_advice():
    every = [one for case in COLLECTED.values() for one in case["refusals"]]
    advised = [one for one in every if one["look"]]
    assert len(advised) / len(every) > 0.75


@pytest.mark.parametrize(
    ("path", "name", "place"),
    [
        ("spec.container", "containers", None),
        ("spec.Containers", "containers", None),
        ("spec.containers[0].volumeMount", "volumeMounts", None),
        ("spec.volumeMounts", None, "spec.containers"),
        ("spec.containers[0].volumes", None, "spec"),
        ("spec.name", None, "metadata"),
        ("spec.nonsense", None, None),
    ],
)
def test_an_unknown_field_was_probably_meant_otherwise(path, name, place):
    advice = advice_on("Pod", path)
    assert (advice.name, advice.place) == (name, place)


def test_a_field_of_the_pod_in_the_deployment_itself():
    assert advice_on("Deployment", "spec.containers").place == "spec.template.spec"


@pytest.mark.parametrize(
    ("head", "why", "look"),
    [
        ("apiVersion: v1\nkind: pod", "knows no kind `pod`", "did you mean `Pod`?"),
        ("apiVersion: v1\nkind: Wurst", "knows no kind `Wurst`", None),
        (
            "apiVersion: v1\nkind: Deployment",
            "kind `Deployment` is not in apiVersion `v1`",
            "write `apiVersion: apps/v1`",
        ),
    ],
)
def test_a_kind_that_is_not_there(head, why, look):
    refusal = wrong_kind(document(head + "\nmetadata: {name: a}"))
    assert refusal is not None
    assert refusal.reason.code == "wrong-kind"
    assert why in str(refusal.reason.why)
    assert refusal.reason.look == look or str(refusal.reason.look) == look


def test_a_right_kind_is_not_refused():
    assert wrong_kind(document(POD)) is None


@pytest.mark.parametrize(
    ("status", "reason", "message", "code"),
    [
        (403, "Forbidden", 'pods "a" is forbidden: exceeded quota: q, x', "refused-by-server"),
        (409, "AlreadyExists", 'pods "a" already exists', "already-exists"),
        (
            403,
            "Forbidden",
            'nodes is forbidden: User "u" cannot create resource "nodes"',
            "refused-by-policy",
        ),
        (418, "", "I am a teapot", "refused-by-server"),
    ],
)
def test_refusals_of_the_whole_object(status, reason, message, code):
    assert [one.reason.code for one in refused(status, reason, message)] == [code]


@pytest.mark.parametrize(
    "message",
    [
        "pods is forbidden: unable to create new content in namespace a because it is being "
        "terminated",
        'namespaces "podgrade-x-1" not found',
        'pods "a" is forbidden: error looking up service account a/default: not found',
        'pods "a" is forbidden: status unknown for quota: podgrade, resources: pods',
        'Internal error occurred: failed calling webhook "x"',
    ],
)
def test_what_is_not_the_manifests_fault_is_no_refusal(message):
    with pytest.raises(InfrastructureError):
        refused(403, "Forbidden", message)


def test_a_limit_that_is_the_workspaces_own_is_said():
    text = POD.replace("image: i", "image: i, resources: {requests: {memory: 1Gi}}")
    cause = {
        "field": "spec.containers[0].resources.requests",
        "reason": "FieldValueInvalid",
        "message": 'Invalid value: "1Gi": must be less than or equal to memory limit of 512Mi',
    }
    refusal = ApiRefusal(422, "Invalid", "…", {"causes": [cause]})
    [one] = refusals_of(refusal, document(text))
    assert "states no limit" in str(one.reason.look)
