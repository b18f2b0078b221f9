"""What a check's arguments are, and how its probes are made outside of pytest's fixtures."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from _pytest.python import get_direct_param_fixture_func  # no public way to know

from podgrade.grading.checks import BUILT_IN_ATTRIBUTE, PROBE_ATTRIBUTE
from podgrade.probes import built_in
from podgrade.probes.tape import Stage

Fixtures = Mapping[str, Sequence[Any]]
Made = dict[Any, Any]
Making = Callable[[Stage, Made], Any]
"""Makes a probe on a stage; what was made already in this run of the check is made once."""

SUBMISSION = "submission"
"""The parameter that pytest's items carry."""

_CURE = (
    "use one of podgrade's probes, a value of @pytest.mark.parametrize, "
    "or make a word of your own with @podgrade.probe"
)


def arguments(function: Any) -> tuple[str, ...]:
    """The names of a function's arguments."""
    return tuple(inspect.signature(function).parameters)


def argument_problem(item: pytest.Function) -> str | None:
    """What is wrong with a check's arguments, in a sentence that names the cure, or None."""
    wanted = arguments(item.function)
    for name in wanted:
        known = _direct(item, name) if name in item.callspec.params else making_of(item, name)
        if name == SUBMISSION or not known:
            return f"the argument {name!r} is no probe and no parametrised value; {_CURE}"
    for name in item.callspec.params:
        if name != SUBMISSION and name not in wanted:
            return f"the fixture {name!r} has params, which would run the check several times over"
    return None


def values_of(item: pytest.Function) -> dict[str, Any]:
    """The parametrised values among a check's arguments."""
    return {name: value for name, value in item.callspec.params.items() if name != SUBMISSION}


def making_of(item: pytest.Function, name: str) -> Making | None:
    """What makes the probe of that name for this item, by pytest's own overriding rules."""
    return _making(_fixtures(item), name, ())


def _fixtures(item: pytest.Function) -> Fixtures:
    found: Fixtures = item._fixtureinfo.name2fixturedefs  # no public way to look them up
    return found


def _direct(item: pytest.Function, name: str) -> bool:
    """True for a value that goes to the function itself, not to a fixture of that name."""
    definitions = _fixtures(item).get(name, ())
    return all(definition.func is get_direct_param_fixture_func for definition in definitions)


def _making(fixtures: Fixtures, name: str, chain: tuple[str, ...]) -> Making | None:
    """A word that asks for its own name gets the one that it overrides."""
    definitions = fixtures.get(name, ())
    index = len(definitions) - 1 - chain.count(name)
    if index < 0:
        return None
    function = definitions[index].func
    ours = getattr(function, BUILT_IN_ATTRIBUTE, None)
    if ours is not None:
        return lambda stage, _: built_in()[ours](stage)
    if not hasattr(function, PROBE_ATTRIBUTE):
        return None
    return _word(fixtures, function, (*chain, name))


def _word(fixtures: Fixtures, function: Any, chain: tuple[str, ...]) -> Making | None:
    parts: dict[str, Making] = {}
    for name in arguments(function):
        part = _making(fixtures, name, chain)
        if part is None:
            return None
        parts[name] = part

    def make(stage: Stage, made: Made) -> Any:
        if function not in made:
            made[function] = function(**{name: part(stage, made) for name, part in parts.items()})
        return made[function]

    return make
