"""Reads plain mappings that may have any shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podgrade.reports.safe import visible


def child(body: object, *path: str) -> Mapping[str, Any]:
    """The mapping at this path, an empty one where there is none."""
    for name in path:
        body = body.get(name) if isinstance(body, Mapping) else None
    return body if isinstance(body, Mapping) else {}


def children(value: object) -> tuple[Mapping[str, Any], ...]:
    """The mappings in a list; nothing where it is none."""
    found = value if isinstance(value, list | tuple) else ()
    return tuple(one for one in found if isinstance(one, Mapping))


def text(value: object) -> str:
    """A scalar as one harmless line; nothing for anything else."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    return visible(str(value)).replace("\n", "\\n")
