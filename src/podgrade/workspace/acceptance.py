"""What became of a manifest that was handed in."""

from __future__ import annotations

from dataclasses import dataclass

from podgrade.model.reason import Reason
from podgrade.model.submission import Position
from podgrade.model.text import Words


@dataclass(frozen=True)
class Refusal:
    """One thing that was not accepted, and where it stands in the submission."""

    reason: Reason
    position: Position | None = None


@dataclass(frozen=True)
class Acceptance:
    """Refusals, the API server's warnings (as kubectl prints them), and notes of ours."""

    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[Words, ...] = ()
    notes: tuple[Words, ...] = ()

    @property
    def accepted(self) -> bool:
        """True if everything was created."""
        return not self.refusals
