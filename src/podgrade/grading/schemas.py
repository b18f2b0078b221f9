"""The JSON Schemas that are published with the package."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def published(package: str, name: str) -> dict[str, Any]:
    """The schema in the file NAME of a package; read once."""
    found: dict[str, Any] = json.loads(files(package).joinpath(name).read_text(encoding="utf-8"))
    return found
