"""The `@check` and `@probe` decorators: all that a grader needs to import."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from podgrade.model.text import Text
from podgrade.model.verdict import CheckLine

CheckFunction = Callable[..., None]
_F = TypeVar("_F", bound=CheckFunction)

CHECK_ATTRIBUTE = "podgrade_check"
PROBE_ATTRIBUTE = "podgrade_probe"
BUILT_IN_ATTRIBUTE = "podgrade_built_in"


@dataclass(frozen=True)
class Check:
    """A line of a marking scheme with what the conductor needs to know about it."""

    line: CheckLine
    changes: bool = False


def check(
    title: str,
    *,
    ko: str,
    points: float,
    needs: CheckFunction | Iterable[CheckFunction] = (),
    changes: bool = False,
) -> Callable[[_F], _F]:
    """Make a test function one line of the marking scheme.

    `title` and `ko` are the learner's line in English and Korean, `points` what it is worth,
    `needs` the check or checks that must pass first, `changes` says that it replaces Pods or
    crashes containers, so that it comes last. Raises ValueError for a need that is no check.
    """
    needed = (needs,) if callable(needs) else tuple(needs)

    def mark(function: _F) -> _F:
        names = tuple(_name_of_needed(other, function) for other in needed)
        line = CheckLine(function.__name__, Text(title, ko), points, names)
        setattr(function, CHECK_ATTRIBUTE, Check(line, changes))
        return function

    return mark


def _name_of_needed(needed: CheckFunction, function: CheckFunction) -> str:
    if check_of(needed) is None:
        raise ValueError(f"{function.__name__} needs {needed!r}, which is not a check")
    return needed.__name__


def check_of(function: object) -> Check | None:
    """The Check that `@check` put on the function, or None."""
    found = getattr(function, CHECK_ATTRIBUTE, None)
    return found if isinstance(found, Check) else None


def probe(function: Callable[..., Any]) -> Any:
    """Make a word of a pack's own from other probes.

    The function's arguments are probes; what it returns is what a check receives under the
    function's name. It is a pytest fixture in the replay and is called the same way in the
    rehearsal, so it must ask the cluster through its probes only. Raises ValueError for a
    function with `yield`.
    """
    import inspect

    import pytest

    if inspect.isgeneratorfunction(function):
        raise ValueError(f"{function.__name__} is a probe: it returns its answer, and has no yield")
    setattr(function, PROBE_ATTRIBUTE, function)
    return pytest.fixture(function)
