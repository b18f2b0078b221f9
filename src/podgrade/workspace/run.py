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
PART_OF = "podgrade.io/part-of"
SHARD = "podgrade.io/shard"

HOUR = 3600
LIFETIME = 2 * HOUR  # seconds for which a workspace is nobody else's to delete
KEPT = 24 * HOUR  # the same for one that is kept for a look
_LETTERS = "bcdfghjkmnpqrstvwxz23456789"  # no vowels: no words by accident


@dataclass(frozen=True)
class Shard:
    """Which part of another run one is: its number, from 0, of so many, and that run's id."""

    run: str
    index: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """`RUN/INDEX/COUNT`, as `str` writes it. Raises ValueError."""
        run, index, count = text.split("/")
        return cls(run, int(index), int(count))

    def __str__(self) -> str:
        return f"{self.run}/{self.index}/{self.count}"

    def labels(self) -> Mapping[str, str]:
        """What marks an object as this shard's."""
        return {PART_OF: self.run, SHARD: str(self.index)}


@dataclass(frozen=True)
class Run:
    """`id` is in every name and label.

    What the run leaves may be deleted by anyone `lifetime` seconds after it was made.
    """

    id: str
    lifetime: int = LIFETIME
    keep: bool = False
    shard: Shard | None = None

    @classmethod
    def new(
        cls, *, keep: bool = False, lifetime: int | None = None, shard: Shard | None = None
    ) -> Run:
        """A run that nobody else has."""
        letters = "".join(secrets.choice(_LETTERS) for _ in range(6))
        usual = KEPT if keep else LIFETIME
        return cls(letters, usual if lifetime is None else lifetime, keep, shard)

    def namespace(self, part: str) -> str:
        """The name of one of the run's namespaces."""
        return f"podgrade-{self.id}-{part}"

    def labels(self) -> Mapping[str, str]:
        """What marks an object that is made now as this run's (seconds since the epoch)."""
        expires = int(time.time()) + self.lifetime
        part = self.shard.labels() if self.shard else {}
        return {MANAGED_BY: MANAGER, RUN: self.id, EXPIRES: str(expires), **part}
