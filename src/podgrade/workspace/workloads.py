"""What the documents of an exercise's own workloads and Services say of each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from podgrade.cluster.conditions import is_ready
from podgrade.model.submission import Document
from podgrade.workspace.read import load, parse

Pod = Mapping[str, Any]

RUNS = frozenset({"Pod", "Deployment", "StatefulSet", "ReplicaSet"})
ENDS = frozenset({"Job"})
SCALES = frozenset({"Deployment", "StatefulSet", "ReplicaSet"})


def documents_in(path: Path) -> tuple[Document, ...]:
    """The objects in a folder or file of the exercise, as written; none where it is not there."""
    return parse(load([str(path)])).documents if path.exists() else ()


def selects(service: Document, workload: Document) -> bool:
    """True if the Service's selector chooses the workload's Pods."""
    if service.kind != "Service":
        return False
    selector = (service.body.get("spec") or {}).get("selector") or {}
    labels = _labels(workload)
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


def _labels(document: Document) -> Mapping[str, Any]:
    """The labels that the workload's Pods have."""
    if document.kind not in RUNS:
        return {}
    return (template_of(document).get("metadata") or {}).get("labels") or {}


def template_of(document: Document) -> Mapping[str, Any]:
    """What a workload's Pods are made of: the Pod itself, else spec.template (empty if missing)."""
    return template_of_body(document.body)


def template_of_body(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same of an object that is no document."""
    if body.get("kind") == "Pod":
        return body
    return (body.get("spec") or {}).get("template") or {}


def replicas(document: Document) -> int:
    """How many Pods the workload has."""
    wanted = (document.body.get("spec") or {}).get("replicas")
    return 1 if wanted is None else int(wanted)


def is_called(name: str, document: Document) -> bool:
    """True for the workload's name, and for those that a StatefulSet's Pods have (`web-0`)."""
    if name == document.name:
        return True
    return document.kind == "StatefulSet" and name in _members(document)


def _members(document: Document) -> Iterator[str]:
    return (f"{document.name}-{number}" for number in range(replicas(document)))


def is_done(document: Document, pod: Pod) -> bool:
    """True for a Pod that became what the workload is for: Ready, or Succeeded for a Job's."""
    if document.kind in ENDS:
        return bool(pod.get("status", {}).get("phase") == "Succeeded")
    return is_ready(pod)
