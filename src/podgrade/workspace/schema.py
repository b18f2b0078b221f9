"""Which fields Kubernetes has where: from the client library's own description of the API."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from podgrade.workspace.complaint import without_indices

_DEEPEST = 6  # steps from an object's root in which a misplaced field is looked for
_OF_METADATA = ("name", "namespace", "labels", "annotations")
_INNER = re.compile(r"(?:[Ll]ist\[|[Dd]ict[\[(]str, )([^\])]+)[\])]")


@dataclass(frozen=True)
class Advice:
    """What was probably meant: another name here, or another place for the same name."""

    name: str | None = None
    place: str | None = None


def advice_on(kind: str, path: str) -> Advice:
    """What may have been meant by an unknown field (`spec.containers[0].volumeMount`)."""
    parent, _, name = without_indices(path).rpartition(".")
    fields = fields_at(kind, parent)
    near = _nearest(name, fields)
    if near:
        return Advice(name=near)
    return Advice(place=_place_of(kind, name, parent))


def fields_at(kind: str, path: str) -> dict[str, str]:
    """The fields of the object at a path → their types; empty where nothing is known."""
    fields = _fields(f"V1{kind}")
    for step in filter(None, path.split(".")):
        fields = _fields(fields.get(step, ""))
    return fields


def _nearest(name: str, fields: dict[str, str]) -> str | None:
    lower = {field.lower(): field for field in fields}
    near = difflib.get_close_matches(name.lower(), lower, n=1, cutoff=0.75)
    return lower[near[0]] if near else None


def _place_of(kind: str, name: str, parent: str) -> str | None:
    """The place nearest to the root, below what is already right, that has the field."""
    if name in _OF_METADATA:
        return "metadata"
    places = [place for place in _places(kind, name) if place != parent]
    close = [place for place in places if place.startswith(parent) or parent.startswith(place)]
    return next(iter(close), None)


def _places(kind: str, name: str) -> Iterator[str]:
    level = [("", f"V1{kind}")]
    for _ in range(_DEEPEST):
        below: list[tuple[str, str]] = []
        for path, model in level:
            fields = _fields(model)
            if name in fields:
                yield path
            below.extend(
                (f"{path}.{field}" if path else field, inner)
                for field, inner in fields.items()
                if field not in {"ephemeralContainers", "status"}
            )
        level = below


def _fields(model: str) -> dict[str, str]:
    from kubernetes.client import models

    found: Any = getattr(models, _inner(model), None)
    if found is None or not hasattr(found, "attribute_map"):
        return {}
    return {
        name: str(found.openapi_types[attribute]) for attribute, name in found.attribute_map.items()
    }


def _inner(model: str) -> str:
    found = _INNER.fullmatch(model)
    return found[1] if found else model
