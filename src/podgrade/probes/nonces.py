"""The probe `nonces`: words that nobody could know before they are asked for."""

from __future__ import annotations

import secrets

from podgrade.probes.tape import Stage


class NoncesProbe:
    """Makes values for one proof; the same ones come back in the replay."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, count: int) -> tuple[str, ...]:
        """`count` different words of 16 hexadecimal digits (64 random bits each)."""
        made: tuple[str, ...] = self._stage.ask(
            f"nonces({count})", lambda _: [secrets.token_hex(8) for _ in range(count)]
        )
        return made
