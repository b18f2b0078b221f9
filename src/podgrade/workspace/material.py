"""Values that are fresh for each workspace, and their places in the exercise's own objects."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from podgrade.model.submission import Document

Material = Mapping[str, str]

_PLACE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")


def fresh(names: Iterable[str]) -> Material:
    """A word of 16 hexadecimal digits for each name; nobody could know it."""
    return {name: secrets.token_hex(8) for name in names}


def filled(document: Document, material: Material) -> Document:
    """The object with each `${NAME}` in its strings replaced; names of no material stay."""
    body = _filled(document.body, material)
    return replace(document, body=body)


def _filled(value: Any, material: Material) -> Any:
    if isinstance(value, str):
        return _PLACE.sub(lambda place: material.get(place[1], place[0]), value)
    if isinstance(value, Mapping):
        return {key: _filled(part, material) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(part, material) for part in value]
    return value
