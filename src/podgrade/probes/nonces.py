"""The probe `nonces`: words that nobody could know before they are asked for."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta

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

    def moments(self, count: int) -> tuple[datetime, ...]:
        """`count` points in time from 2000 to 2037, in whole seconds, that nobody could know.

        The first has a day of the month past 12, the next one not, and so on in turn; day and
        month always differ, so that one taken for the other shows.
        """
        made: tuple[str, ...] = self._stage.ask(
            f"nonces.moments({count})", lambda _: [one.isoformat() for one in _moments(count)]
        )
        return tuple(map(datetime.fromisoformat, made))


def _moments(count: int) -> Iterator[datetime]:
    for number in range(count):
        some = _FIRST + timedelta(seconds=secrets.randbelow(_SPAN))
        small = [day for day in range(1, 13) if day != some.month]
        yield some.replace(day=secrets.choice(small if number % 2 else range(13, 29)))


_FIRST = datetime(2000, 1, 1)
_SPAN = 37 * 365 * 24 * 3600  # seconds; before 2038, which some clocks do not reach
