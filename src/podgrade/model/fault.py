"""What is wrong with a manifest that a learner is to mend, as exercise.yaml describes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from podgrade.model.text import Text


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: `put` stands in the place `at` (`spec.containers[web].image`).

    `free` are the parts that may be changed to mend it; `says` tells it to people.
    """

    name: str
    says: Text
    at: str
    put: Any = field(hash=False)
    free: tuple[str, ...]


@dataclass(frozen=True)
class Faults:
    """All faults that an exercise knows; `draw` of them are put into each learner's manifest."""

    draw: int
    of: tuple[Fault, ...]
