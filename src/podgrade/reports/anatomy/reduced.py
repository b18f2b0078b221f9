"""Takes from a right answer only what its picture shows: `exercises/<slug>/anatomy.yaml`.

    python -m podgrade.reports.anatomy.reduced fixtures/my-web/reference/pod

prints it. What is not known here to be shown is left out, so commands, scripts and configuration
never come along: exercises are handed out, fixtures are not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from podgrade.reports.anatomy.parts import TEMPLATES, Body
from podgrade.reports.anatomy.plain import child
from podgrade.workspace.read import load, parse

_CONTAINER = {
    "name": True,
    "image": True,
    "restartPolicy": True,
    "ports": {"name": True, "containerPort": True, "protocol": True},
    "volumeMounts": {"name": True, "mountPath": True, "subPath": True, "readOnly": True},
}
_VOLUME = {
    "name": True,
    "emptyDir": {"medium": True, "sizeLimit": True},
    "configMap": {"name": True},
    "secret": {"secretName": True},
    "persistentVolumeClaim": {"claimName": True},
    "hostPath": {"path": True},
    "projected": {},
    "downwardAPI": {},
}
_POD_SPEC = {
    "shareProcessNamespace": True,
    "initContainers": _CONTAINER,
    "containers": _CONTAINER,
    "volumes": _VOLUME,
}
_POD = {"metadata": {"name": True, "labels": True}, "spec": _POD_SPEC}
_SERVICE = {
    "metadata": {"name": True},
    "spec": {
        "type": True,
        "selector": True,
        "ports": {"name": True, "port": True, "targetPort": True},
    },
}
_HEAD = {"apiVersion": True, "kind": True}


def reduced(objects: Iterable[Body]) -> Iterator[dict[str, Any]]:
    """The workloads and Services among the objects, with nothing but what a picture shows."""
    for body in objects:
        kind = str(body.get("kind"))
        if kind == "Service":
            yield _kept(body, {**_HEAD, **_SERVICE})
        elif kind in TEMPLATES:
            yield _kept(body, {**_HEAD, **_workload(kind)})


def _workload(kind: str) -> Mapping[str, Any]:
    shape: dict[str, Any] = _POD
    for name in reversed(TEMPLATES[kind]):
        shape = {name: shape}
    if kind == "Pod":
        return shape
    return {"metadata": {"name": True}, "spec": {"replicas": True, **shape["spec"]}}


def _kept(value: Any, shape: Any) -> Any:
    """What of the value the shape names; True stands for all of it, a list has one shape."""
    if shape is True:
        return value
    if isinstance(value, list):
        return [_kept(one, shape) for one in value]
    there = child(value)
    return {
        name: _kept(there[name], inner)
        for name, inner in shape.items()
        if there.get(name) is not None
    }


def main(paths: list[str]) -> None:
    documents = parse(load(paths)).documents
    bodies = list(reduced(document.body for document in documents))
    yaml.safe_dump_all(bodies, sys.stdout, sort_keys=False, allow_unicode=True)


if __name__ == "__main__":
    main(sys.argv[1:])
