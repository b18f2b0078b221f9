"""Pods for every control of the Pod Security Standards, made from data/controls.yaml."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data" / "controls.yaml"

BARE = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "main", "image": "busybox"}]},
}
HARDENED = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [
            {
                "name": "main",
                "image": "busybox",
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "capabilities": {"drop": ["ALL"]},
                },
            }
        ],
    },
}
BASES = {"baseline": BARE, "restricted": HARDENED}


@dataclass(frozen=True)
class Case:
    """One Pod, and whether a level refuses it for one control's sake."""

    level: str
    control: str
    number: int
    refused: bool
    pod: Mapping[str, Any]

    def __str__(self) -> str:
        verdict = "refused" if self.refused else "allowed"
        return f"{self.level}, {self.control}, {verdict} {self.number}"


def cases(*, refused: bool) -> list[Case]:
    """All Pods that are refused, or all that are let in."""
    return list(_cases(refused))


def _cases(refused: bool) -> Iterator[Case]:
    levels = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    for level, controls in levels.items():
        for control, sides in controls.items():
            parts = sides.get("refused" if refused else "allowed", ())
            for number, part in enumerate(parts, start=1):
                yield Case(level, control, number, refused, pod_with(BASES[level], part))


def pod_with(base: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The Pod with `pod`, `container` and `metadata` of the part merged into it."""
    pod = copy.deepcopy(dict(base))
    _merge(pod["metadata"], part.get("metadata", {}))
    _merge(pod["spec"], part.get("pod", {}))
    _merge(pod["spec"]["containers"][0], part.get("container", {}))
    return pod


def _merge(into: dict[str, Any], part: Mapping[str, Any]) -> None:
    for key, value in part.items():
        if value is None:
            into.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value
