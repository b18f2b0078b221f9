"""Settings of hypothesis: always the same examples, and no clock decides.

`--hypothesis-profile explore` looks further, each time elsewhere.
"""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider


class SameEverywhere(HypothesisProvider):
    """Draws without the constants of the modules that happen to be imported by then: with them,
    examples would depend on which tests ran before in the same process.
    """

    def _maybe_draw_constant(self, *_: Any, **__: Any) -> None:
        return None


AVAILABLE_PROVIDERS["same-everywhere"] = f"{__name__}.{SameEverywhere.__name__}"

settings.register_profile(
    "podgrade", deadline=None, derandomize=True, database=None, backend="same-everywhere"
)
settings.register_profile("explore", deadline=None, max_examples=5000)
settings.load_profile("podgrade")
