"""With `--lf`, what depends on a check that runs again runs again, too."""

from __future__ import annotations

from collections.abc import Callable, Generator

import pytest


class LastFailed:
    """Registered after pytest's own --lf, so that it sees what that left."""

    def __init__(self, take_along: Callable[[list[pytest.Item]], None]) -> None:
        self._take_along = take_along

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, items: list[pytest.Item]
    ) -> Generator[None, None, None]:
        yield
        self._take_along(items)
