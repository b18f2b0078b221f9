"""Settings of hypothesis: a busy machine may take its time over an example."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("podgrade", deadline=None)
settings.load_profile("podgrade")
