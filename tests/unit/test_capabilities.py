"""What is asked about an object without the capabilities that an exercise allows."""

from __future__ import annotations

from copy import deepcopy

from podgrade.workspace import capabilities

POD = {
    "kind": "Pod",
    "metadata": {"labels": {"add": "SYS_PTRACE"}},
    "spec": {
        "containers": [
            {"name": "a", "securityContext": {"capabilities": {"add": ["SYS_PTRACE", "CHOWN"]}}},
            {"name": "b", "args": ["SYS_PTRACE"], "securityContext": {"capabilities": {}}},
        ]
    },
}


def test_only_added_capabilities_that_are_allowed_are_left_out():
    expected = deepcopy(POD)
    expected["spec"]["containers"][0]["securityContext"]["capabilities"]["add"] = ["CHOWN"]

    assert capabilities.without(POD, ["SYS_PTRACE"]) == expected


def test_in_a_template_as_well():
    job = {"kind": "Job", "spec": {"template": POD}}
    plain = capabilities.without(job, ["SYS_PTRACE", "CHOWN"])

    container = plain["spec"]["template"]["spec"]["containers"][0]
    assert container["securityContext"]["capabilities"]["add"] == []


def test_the_learner_is_told_other_warnings():
    said = ["would violate PodSecurity x", "deprecated"]

    assert capabilities.about_other_things(said) == ("deprecated",)
