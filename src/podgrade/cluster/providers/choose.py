"""Which provider a cluster comes from, where the user did not say."""

from __future__ import annotations

from collections.abc import Sequence

from podgrade.cluster.providers import Provider
from podgrade.model.errors import ClusterUnavailableError
from podgrade.model.text import Words, say

Named = tuple[Provider, str]
"""A provider, and the name its cluster has or is to have."""


def that_has_one(candidates: Sequence[Named]) -> Named | None:
    """The first with a cluster of that name, in whatever state."""
    return next((one for one in candidates if one[0].status(one[1]).phase != "absent"), None)


def first_that_works(candidates: Sequence[Named]) -> tuple[Named, Words]:
    """The first that can work here, and why it is that one.

    Raises ClusterUnavailableError with the reason of each where none can.
    """
    reasons: list[Words] = []
    for provider, name in candidates:
        reason = provider.available()
        if reason is None:
            return (provider, name), _why(provider.name, reasons)
        reasons.append(reason)
    raise ClusterUnavailableError(_none(reasons))


def _why(name: str, reasons: Sequence[Words]) -> Words:
    if not reasons:
        return say("Provider {name}: this machine has all that it needs.", name=name)
    return say("Provider {name}, as the one before it cannot: {why}", name=name, why=reasons[-1])


def _none(reasons: Sequence[Words]) -> Words:
    told: Words = reasons[-1]
    for reason in reversed(reasons[:-1]):
        told = say("{one} Or: {other}", one=reason, other=told)
    return say("No cluster can be started here. {reasons}", reasons=told)
