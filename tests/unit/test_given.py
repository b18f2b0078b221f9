"""Where a submission differs from what the sheet gives; what is said in other words is the same."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from typing import Any

import pytest

from podgrade.model.exercise import Exercise, Target
from podgrade.model.text import Text
from podgrade.probes import manifest, nonces
from podgrade.workspace.given import Difference, differences, given, without

MOUNT = {"name": "logs", "mountPath": "/var/log"}
SPEC: dict[str, Any] = {
    "restartPolicy": "Always",
    "initContainers": [{"name": "prepare", "image": "busybox", "lifecycle": {"preStop": {}}}],
    "containers": [
        {"name": "app", "image": "nginx", "command": ["sh", "-c", "run"], "volumeMounts": [MOUNT]},
        {"name": "helper", "image": "busybox", "env": [{"name": "A", "value": "1"}]},
    ],
    "volumes": [{"name": "logs", "emptyDir": {}}],
}


def changed(**app: Any) -> dict[str, Any]:
    spec = deepcopy(SPEC)
    spec["containers"][0] |= app
    return spec


def paths(spec: dict[str, Any]) -> list[str]:
    return [one.path for one in differences(SPEC, spec)]


@pytest.mark.parametrize(
    "spec",
    [
        SPEC,
        changed(command=["/bin/sh", "-c"], args=["run"]),
        changed(command=None, args=["sh", "-c", "run"]),
        changed(resources={"limits": {"memory": "1Gi"}}, env=[]),
        SPEC | {"containers": SPEC["containers"][::-1]},
        SPEC | {"volumes": [*SPEC["volumes"], {"name": "kube-api-access-x2x", "projected": {}}]},
    ],
    ids=["itself", "split", "args", "resources", "order", "token"],
)
def test_other_words_for_the_same_are_no_difference(spec):
    assert paths(spec) == []


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        (changed(command=["sh", "-c", "walk"]), "containers[app].command"),
        (changed(image="httpd"), "containers[app].image"),
        (changed(volumeMounts=[]), "containers[app].volumeMounts"),
        (changed(readinessProbe={"periodSeconds": 1}), "containers[app].readinessProbe"),
        (changed(volumeMounts=[MOUNT | {"readOnly": True}]), None),
        (SPEC | {"containers": SPEC["containers"][:1]}, "containers[helper]"),
        (SPEC | {"restartPolicy": "Never"}, "restartPolicy"),
    ],
)
def test_a_difference_is_named_by_its_outermost_field(spec, path):
    assert paths(spec) == [path or "containers[app].volumeMounts[/var/log].readOnly"]


def test_a_difference_shows_both_sides():
    (found,) = differences(SPEC, changed(image="httpd"))

    assert found == Difference("containers[app].image", '"nginx"', '"httpd"')


@pytest.mark.parametrize("kind", ["Pod", "Deployment"])
def test_what_the_sheet_gives_may_be_of_another_kind(tmp_path, kind):
    manifest = f"{{apiVersion: v1, kind: {kind}, metadata: {{name: web}}}}\n"
    service = "---\n{apiVersion: v1, kind: Service, metadata: {name: web}}\n"
    (tmp_path / "starter.yaml").write_text(service + "---\n" + manifest)
    target = Target("web", ("Deployment",))

    assert given(Exercise("s", text := Text("", ""), text, target, tmp_path, tmp_path)).kind == kind


def test_what_may_change_is_taken_out_of_both():
    rest = without(SPEC, ["initContainers[prepare].lifecycle", "containers[app].command"])

    assert "lifecycle" not in rest["initContainers"][0]
    assert "command" not in rest["containers"][0]
    assert "lifecycle" in SPEC["initContainers"][0]


def test_a_whole_container_or_what_is_not_there_may_be_left_out():
    rest = without(SPEC, ["containers[helper]", "containers[other].image", "hostAliases[x].ip"])

    assert [container["name"] for container in rest["containers"]] == ["app"]


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("containers[app].command", True),
        ("containers[app]", True),
        ("containers[app].command[0]", True),
        ("containers[app].image", False),
        ("containers[app2].command", False),
    ],
)
def test_only_the_named_parts_count(path, counts):
    assert manifest._within(path, ["containers[app].command"]) is counts


def test_moments_cannot_be_taken_for_each_other():
    some: list[datetime] = list(nonces._moments(40))

    assert all(one.day != one.month and 2000 <= one.year <= 2037 for one in some)
    assert all((one.day > 12) is (number % 2 == 0) for number, one in enumerate(some))
    assert len(set(some)) == 40


def test_of_long_values_the_place_is_shown_where_they_part():
    same = "print(1)\\n" * 100
    before, now = manifest._where_they_differ(same + "stop()" + same, same + "go_on()" + same)

    assert before.startswith("…")
    assert "stop()" in before[:60]
    assert "go_on()" in now[:60]
    assert max(len(before), len(now)) <= 202
    assert manifest._where_they_differ("stop()", None) == ("stop()", None)
    assert manifest._where_they_differ("stop()", "go_on()") == ("stop()", "go_on()")
