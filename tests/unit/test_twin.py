"""A twin is what was submitted, under a name and labels of its own, with what is to differ."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from podgrade.model.submission import Document, Position
from podgrade.workspace.toolbox import TOOLBOX_IMAGE
from podgrade.workspace.twin import LABEL, Changes, fresh_name, twin


def body(spec: dict[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:
    spec = spec or {"containers": [{"name": "app", "image": "nginx"}]}
    return {"kind": "Pod", "metadata": {"name": "web", **metadata}, "spec": spec}


def of(document: dict[str, Any], name: str = "x", changes: Changes | None = None) -> Any:
    """The body of the twin."""
    made = twin(Document(document, Position("pod.yaml", 1)), name, changes or Changes())
    return made.body


def one(container: dict[str, Any], changes: Changes, **spec: Any) -> dict[str, Any]:
    """The only container of a twin of a Pod that has this one."""
    made = of(body({"containers": [container], **spec}), "other", changes)
    found: dict[str, Any] = made["spec"]["containers"][0]
    return found


def test_it_has_nothing_that_a_selector_or_an_owner_could_know_it_by() -> None:
    document = body(labels={"app": "web"}, namespace="mine", annotations={"note": "x"})
    made = of(document, "web-x7")
    assert made["metadata"] == {
        "name": "web-x7",
        "labels": {LABEL: "web-x7"},
        "annotations": {"note": "x"},
    }
    assert made["spec"] == document["spec"]


@pytest.mark.parametrize("kind", ["Deployment", "Job"])
def test_a_template_is_taken_out_of_what_makes_pods_of_it(kind: str) -> None:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": body()["spec"]}
    document = {"kind": kind, "metadata": {"name": "web"}, "spec": {"template": template}}
    made = of(document, "other")
    assert made["kind"] == "Pod"
    assert made["metadata"]["labels"] == {LABEL: "other"}
    assert made["spec"] == template["spec"]


def test_a_host_name_is_a_name() -> None:
    spec = {"hostname": "web", "subdomain": "sub", "containers": [{"name": "app"}]}
    assert of(body(spec))["spec"] == {
        "subdomain": "sub",
        "containers": [{"name": "app"}],
    }


def test_the_submission_stays_as_it_is() -> None:
    document = body({"initContainers": [{"name": "a"}], "containers": [{"name": "b"}]})
    before = deepcopy(document)
    of(document, "x", Changes(env={"a": {"K": "v"}}, images={"b": "x"}, idle={"b"}))
    assert document == before


def test_a_variable_is_replaced_in_its_place_and_another_added() -> None:
    container = {
        "name": "app",
        "env": [{"name": "A", "valueFrom": {"fieldRef": {}}}, {"name": "B", "value": "$(A)"}],
    }
    changed = one(container, Changes(env={"app": {"C": "3", "A": "1"}}))
    assert changed["env"] == [
        {"name": "A", "value": "1"},
        {"name": "B", "value": "$(A)"},
        {"name": "C", "value": "3"},
    ]


def test_another_image_keeps_the_command() -> None:
    container = {"name": "app", "image": "busybox", "command": ["sleep", "9"]}
    changed = one(container, Changes(images={"app": "nginx"}))
    assert changed == {"name": "app", "image": "nginx", "command": ["sleep", "9"]}


def test_init_containers_are_changed_by_their_names() -> None:
    spec = {"initContainers": [{"name": "a"}, {"name": "b"}], "containers": [{"name": "app"}]}
    made = of(body(spec), "x", Changes(env={"b": {"K": "v"}}))
    assert made["spec"]["initContainers"] == [
        {"name": "a"},
        {"name": "b", "env": [{"name": "K", "value": "v"}]},
    ]


def test_an_idle_container_runs_nothing_of_the_submission() -> None:
    container = {
        "name": "app",
        "image": "nginx",
        "command": ["sh"],
        "args": ["-c", "x"],
        "lifecycle": {"postStart": {}},
        "env": [{"name": "K", "value": "v"}],
        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
        "securityContext": {"runAsUser": 1000},
    }
    idle = one(container, Changes(idle={"app"}))
    assert idle.pop("command")[0] == "sh"
    assert idle == {
        "name": "app",
        "image": TOOLBOX_IMAGE,
        "volumeMounts": container["volumeMounts"],
        "securityContext": {"runAsUser": 1000},
    }


@pytest.mark.parametrize(
    ("of_pod", "of_container", "expected"),
    [
        ({}, {}, {"runAsUser": 0}),
        ({"runAsUser": 7}, {}, None),
        ({"runAsNonRoot": True}, {}, None),
        ({"runAsNonRoot": True}, {"runAsNonRoot": False}, {"runAsNonRoot": False, "runAsUser": 0}),
        ({}, {"runAsUser": 9}, {"runAsUser": 9}),
    ],
)
def test_an_idle_container_has_the_user_of_the_submitted_one(
    of_pod: dict[str, Any], of_container: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    container = {"name": "app", "image": "busybox", "securityContext": of_container}
    idle = one(container, Changes(idle={"app"}), securityContext=of_pod)
    assert idle.get("securityContext") == expected


def test_what_differs_is_known_by_container() -> None:
    changes = Changes(env={"a": {}}, images={"b": "x"}, idle=["c", "a"])
    assert changes.containers == {"a", "b", "c"}


def test_a_name_is_new_each_time_and_short_enough_for_a_host_name() -> None:
    names = {fresh_name("x" * 80) for _ in range(20)}
    assert len(names) == 20
    assert all(len(name) < 64 for name in names)
    assert fresh_name("web").startswith("web-")
