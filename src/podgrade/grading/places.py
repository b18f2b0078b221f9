"""Where in the submitted files the things stand that a verdict may be about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from podgrade.model.exercise import Target
from podgrade.model.submission import Document, Manifest, Position
from podgrade.workspace.acceptance import Refusal

_TEMPLATES = ("spec", "spec.template.spec", "spec.jobTemplate.spec.template.spec")


def places(
    manifest: Manifest | None, refusals: Sequence[Refusal], target: Target
) -> dict[str, Position]:
    """Containers of the target by name, and under "" the place of everything else.

    That is the first refusal's, else that of the target's own object.
    """
    found: dict[str, Position] = {}
    document = _target(manifest, target)
    if document is not None:
        found |= {"": document.position, **dict(_containers(document))}
    refused = next((one.position for one in refusals if one.position), None)
    return found | ({"": refused} if refused else {})


def _target(manifest: Manifest | None, target: Target) -> Document | None:
    documents = manifest.documents if manifest else ()
    named = (one for one in documents if one.name == target.name and one.kind in target.kinds)
    return next(named, documents[0] if documents else None)


def _containers(document: Document) -> Iterator[tuple[str, Position]]:
    for path in _TEMPLATES:
        for field in ("initContainers", "containers"):
            for number, container in enumerate(_at(document.body, f"{path}.{field}")):
                if isinstance(container, Mapping) and container.get("name"):
                    where = document.locate(f"{path}.{field}[{number}]")
                    yield str(container["name"]), where


def _at(body: Mapping[str, Any], path: str) -> Sequence[Any]:
    """The list at the path of plain keys; nothing where there is none."""
    found: Any = body
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, list | tuple) else ()
