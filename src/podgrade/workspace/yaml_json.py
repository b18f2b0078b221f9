"""A value that was written as JSON, bounded and made equal to what kubectl makes of it."""

from __future__ import annotations

from typing import Any

from podgrade.workspace.yaml_limits import MAX_DEPTH, Budget, LimitError
from podgrade.workspace.yaml_scalars import ScalarError, for_json
from podgrade.workspace.yaml_tree import TreeError


def meant(value: Any, budget: Budget, depth: int = 0) -> Any:
    """The value with Go's numbers and without lone surrogates. Raises LimitError, TreeError."""
    budget.spend(nodes=1)
    if isinstance(value, dict | list) and depth >= MAX_DEPTH:
        raise LimitError("depth", MAX_DEPTH, 0, 0)
    if isinstance(value, dict):
        return {_text(key): meant(item, budget, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [meant(item, budget, depth + 1) for item in value]
    return _text(value) if isinstance(value, str) else _number(value)


def _text(value: str) -> str:
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _number(value: Any) -> Any:
    try:
        if isinstance(value, int) and not -(1 << 63) <= value < (1 << 64):
            value = float(value)
        return for_json(value)
    except (ScalarError, OverflowError) as error:
        raise TreeError("number", str(value)[:40], (0, 0)) from error
