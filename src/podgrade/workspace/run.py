"""One run of podgrade, and the names of what it makes on the cluster."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

MANAGED_BY = "app.kubernetes.io/managed-by"
MANAGER = "podgrade"
RUN = "podgrade.io/run"
EXPIRES = "podgrade.io/expires"
ROLE = "podgrade.io/role"

_LIFETIME = 2 * 3600  # seconds after which `podgrade clean` may delete what a run left
_LETTERS = "bcdfghjkmnpqrstvwxz23456789"  # no vowels: no words by accident


@dataclass(frozen=True)
class Run:
    """`id` is in every name and label; `expires` is in seconds since the epoch."""

    id: str
    expires: int
    keep: bool = False

    @classmethod
    def new(cls, *, keep: bool = False, lifetime: int = _LIFETIME) -> Run:
        """A run that nobody else has; what it leaves may be deleted after `lifetime` seconds."""
        letters = "".join(secrets.choice(_LETTERS) for _ in range(6))
        return cls(letters, int(time.time()) + lifetime, keep)

    def namespace(self, part: str) -> str:
        """The name of one of the run's namespaces."""
        return f"podgrade-{self.id}-{part}"

    def labels(self) -> Mapping[str, str]:
        """What marks an object as this run's."""
        return {MANAGED_BY: MANAGER, RUN: self.id, EXPIRES: str(self.expires)}
