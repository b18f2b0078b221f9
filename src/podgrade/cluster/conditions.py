"""The conditions by which an object of the API says how it is (status.conditions)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Thing = Mapping[str, Any]


def condition(thing: Thing, kind: str, status: str = "True") -> Thing | None:
    """The condition of that type, if it has that status: `True`, `False` or `Unknown`."""
    for one in (thing.get("status") or {}).get("conditions") or ():
        if one.get("type") == kind and one.get("status") == status:
            return dict(one)
    return None


def is_ready(thing: Thing) -> bool:
    """True if the Ready condition of the Pod, or of the node, is true."""
    return condition(thing, "Ready") is not None
