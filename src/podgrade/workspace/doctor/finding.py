"""What an examination of a cluster found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from podgrade.model.text import Words


class State(StrEnum):
    """How it stands: BAD keeps exercises from being graded, a WARNING does not."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what was seen, and what to do where it is not good."""

    subject: Words
    state: State
    seen: Words
    cure: Words | None = None
