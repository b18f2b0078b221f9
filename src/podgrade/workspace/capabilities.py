"""A capability that an exercise allows beyond its Pod Security level, and nothing else beyond it.

Pod Security knows no exceptions: such a workspace cannot enforce the level. So the API server is
asked first (a dry run, with the level as a warning) about the object without the allowed
capabilities, and what it would refuse is refused.
https://kubernetes.io/docs/concepts/security/pod-security-admission/
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from podgrade.cluster.connection import Connection
from podgrade.model.submission import Document
from podgrade.workspace.acceptance import Refusal
from podgrade.workspace.apply import Send, create
from podgrade.workspace.refusals import insecure

_WOULD = "would violate PodSecurity"


def beyond(
    connection: Connection,
    namespace: str,
    document: Document,
    allowed: Collection[str],
    send: Send = create,
) -> Refusal | None:
    """What the level forbids of the object besides the allowed capabilities. Raises ApiRefusal."""
    plain = replace(document, body=without(document.body, allowed))
    said = send(connection, namespace, plain, dry_run=True)
    return next((insecure(document, text) for text in said if _WOULD in text), None)


def about_other_things(warnings: Collection[str]) -> tuple[str, ...]:
    """The warnings without Pod Security's about what the exercise allows."""
    return tuple(text for text in warnings if _WOULD not in text)


def without(value: Any, allowed: Collection[str], name: str = "") -> Any:
    """A copy in which no `capabilities.add` lists an allowed capability."""
    if isinstance(value, Mapping):
        return {
            key: without(inner, allowed, _place(name, str(key))) for key, inner in value.items()
        }
    if not isinstance(value, list):
        return value
    if name == _ADDED:
        return [one for one in value if one not in allowed]
    return [without(one, allowed) for one in value]


_ADDED = "capabilities.add"


def _place(around: str, key: str) -> str:
    return f"capabilities.{key}" if around == "capabilities" else key
