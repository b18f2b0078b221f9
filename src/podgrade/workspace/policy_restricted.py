"""What Pod Security's level restricted wants a manifest to say, where an exercise asks for it.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from podgrade.model.text import Words, say

_PROFILES = ("RuntimeDefault", "Localhost")


@dataclass(frozen=True)
class Lack:
    """A field (its path in the manifest) that is missing or says something else."""

    path: str
    why: Words
    look: Words


def lacks(spec: Any, path: str) -> Iterator[Lack]:
    """All that a Pod's spec, written at `path`, does not say though restricted wants it."""
    if not isinstance(spec, Mapping):
        return
    shared = _mapping(spec.get("securityContext"))
    if shared.get("runAsUser") == 0:
        yield _lack(f"{path}.securityContext.runAsUser", "runAsUser: 1000", "Pod")
    for name, where, own in _contexts(spec, path):
        for field, line in _wanted(own, shared):
            yield _lack(f"{where}.securityContext.{field}", line, name)


def _contexts(spec: Mapping[str, Any], path: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for group in ("initContainers", "containers"):
        containers = spec.get(group)
        for number, container in enumerate(containers if isinstance(containers, list) else ()):
            if isinstance(container, Mapping):
                own = _mapping(container.get("securityContext"))
                yield str(container.get("name", number)), f"{path}.{group}[{number}]", own


def _wanted(own: Mapping[str, Any], shared: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Field and line of everything one container does not have, by itself or from its Pod."""
    if own.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation", "allowPrivilegeEscalation: false"
    dropped = _mapping(own.get("capabilities")).get("drop")
    if not isinstance(dropped, list) or "ALL" not in dropped:
        yield "capabilities.drop", "capabilities: {drop: [ALL]}"
    if _first(own, shared, "runAsNonRoot") is not True:
        yield "runAsNonRoot", "runAsNonRoot: true"
    if own.get("runAsUser") == 0:
        yield "runAsUser", "runAsUser: 1000"
    if _mapping(_first(own, shared, "seccompProfile")).get("type") not in _PROFILES:
        yield "seccompProfile.type", "seccompProfile: {type: RuntimeDefault}"


def _first(own: Mapping[str, Any], shared: Mapping[str, Any], field: str) -> Any:
    return own[field] if own.get(field) is not None else shared.get(field)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _lack(path: str, line: str, name: str) -> Lack:
    why = say("`{name}` must say `{line}`: this exercise wants it", name=name, line=line)
    return Lack(path, why, say("write `{line}` under `securityContext:`", line=line))
