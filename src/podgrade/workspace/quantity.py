"""Kubernetes quantities as numbers.

Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import re

_FORM = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)")
_POWERS = {"n": -3, "u": -2, "m": -1, "k": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}


def parse_quantity(text: str | int | float) -> float:
    """The number behind `500m`, `64Mi` or `2e3`. Raises ValueError."""
    match = _FORM.fullmatch(str(text).strip())
    if match is None:
        raise ValueError(f"{text!r} is no quantity")
    number, exponent, suffix = match.groups()
    if exponent:
        return float(number + exponent)
    if not suffix:
        return float(number)
    binary = suffix.endswith("i")
    power = _POWERS["k" if suffix == "Ki" else suffix[0]]
    return float(number) * float((1024 if binary else 1000) ** power)
