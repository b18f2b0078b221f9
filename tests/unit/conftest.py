"""Settings of hypothesis: always the same examples, and no clock decides.

`--hypothesis-profile explore` looks further, each time elsewhere.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("podgrade", deadline=None, derandomize=True, database=None)
settings.register_profile("explore", deadline=None, max_examples=5000)
settings.load_profile("podgrade")
