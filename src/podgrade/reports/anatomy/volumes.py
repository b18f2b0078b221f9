"""The volumes of a Pod, each with the word for where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from podgrade.model.text import Words, say
from podgrade.reports.anatomy.plain import child, children, text

# Always mounted read-only: https://kubernetes.io/docs/concepts/storage/volumes/
_READ_ONLY = frozenset({"configMap", "secret", "projected", "downwardAPI", "image"})

# Sources that name another object: the word for it, and the field with its name.
_NAMED = {
    "configMap": ("ConfigMap", "name"),
    "secret": ("Secret", "secretName"),
    "persistentVolumeClaim": ("PersistentVolumeClaim", "claimName"),
    "hostPath": ("hostPath", "path"),
    "image": ("image", "reference"),
}


@dataclass(frozen=True)
class Volume:
    """One volume of the Pod; `source` says what it is, as `kubectl explain` names it."""

    name: str
    source: Words | str
    read_only: bool = False


def volumes_of(spec: Mapping[str, Any], mounted: Iterable[str]) -> tuple[Volume, ...]:
    """The declared volumes, then those that are mounted without being declared."""
    declared = {
        name: _volume(name, body)
        for body in children(spec.get("volumes"))
        if (name := text(body.get("name")))
    }
    missing = [name for name in dict.fromkeys(mounted) if name not in declared]
    return (*declared.values(), *(Volume(name, say("not declared")) for name in missing))


def _volume(name: str, body: Mapping[str, Any]) -> Volume:
    # An emptyDir is what a volume without any source is.
    kind = next((text(key) for key in body if key != "name"), "emptyDir")
    return Volume(name, _source(kind, child(body, kind)), kind in _READ_ONLY)


def _source(kind: str, body: Mapping[str, Any]) -> str:
    if kind == "emptyDir":
        details = (text(body.get("medium")), text(body.get("sizeLimit")))
        return ", ".join(("emptyDir", *filter(None, details)))
    word, field = _NAMED.get(kind, (kind, ""))
    return " ".join(filter(None, (word, text(body.get(field)))))
