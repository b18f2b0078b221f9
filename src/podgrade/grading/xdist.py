"""Under pytest-xdist, all checks of one submission go to one worker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xdist.scheduler import LoadScopeScheduling


def make_scheduler(config: Any, log: Any, keys: Sequence[str]) -> LoadScopeScheduling | None:
    """A scheduler whose scope is the submission; None (xdist's own) where none was named."""
    if not keys:
        return None
    scheduler = SubmissionScheduling(config, log)
    scheduler.keys = tuple(sorted(keys, key=len, reverse=True))
    return scheduler


class SubmissionScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist is untyped here
    """Keeps `file::check[key]` and `file::other[key-parameter]` together."""

    keys: tuple[str, ...] = ()

    def _split_scope(self, nodeid: str) -> str:
        path, _, name = nodeid.partition("::")
        inside = name.partition("[")[2].removesuffix("]")
        for key in self.keys:
            if inside == key or inside.startswith(f"{key}-"):
                return f"{path}::{key}"
        return str(super()._split_scope(nodeid))
