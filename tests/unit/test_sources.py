"""What a container takes values from is read out of its spec, whichever way it is written."""

from __future__ import annotations

from typing import Any

import pytest

from podgrade.probes import sources

VOLUMES = [
    {"name": "data", "emptyDir": {}},
    {"name": "base", "configMap": {"name": "base"}},
    {"name": "key", "secret": {"secretName": "key"}},
    {
        "name": "all",
        "projected": {"sources": [{"configMap": {"name": "c"}}, {"secret": {"name": "s"}}]},
    },
    {"name": "token", "projected": {"sources": [{"configMap": {"name": "kube-root-ca.crt"}}]}},
]


def env(name: str, **source: Any) -> dict[str, Any]:
    return {"name": name, "valueFrom": source}


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ({}, set()),
        ({"env": [{"name": "A", "value": "1"}]}, {"env A"}),
        ({"env": [env("A", secretKeyRef={"name": "s", "key": "k"})]}, {"env A", "Secret/s"}),
        ({"env": [env("A", configMapKeyRef={"name": "c", "key": "k"})]}, {"env A", "ConfigMap/c"}),
        ({"env": [env("A", fieldRef={"fieldPath": "metadata.name"})]}, {"env A"}),
        ({"envFrom": [{"secretRef": {"name": "s"}}, {"configMapRef": {"name": "c"}}]},
         {"Secret/s", "ConfigMap/c"}),
    ],
)  # fmt: skip
def test_variables(container: dict[str, Any], expected: set[str]) -> None:
    assert set(sources._of_env(container)) == expected


@pytest.mark.parametrize(
    ("volume", "path", "expected"),
    [
        ("data", "/data", set()),
        ("base", "/base", {"ConfigMap/base"}),
        ("key", "/key", {"Secret/key"}),
        ("all", "/in", {"ConfigMap/c", "Secret/s"}),
        ("token", "/var/run/secrets/kubernetes.io/serviceaccount", set()),
    ],
)
def test_mounts(volume: str, path: str, expected: set[str]) -> None:
    container = {"volumeMounts": [{"name": volume, "mountPath": path}]}
    assert set(sources._of_mounts(container, {"volumes": VOLUMES})) == expected
