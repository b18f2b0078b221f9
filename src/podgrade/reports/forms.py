"""An output by its name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from podgrade.reports.graded import Graded
from podgrade.reports.names import FORMS


def render(form: str, graded: Graded) -> str:
    """The output of that name as text."""
    module = import_module(f"podgrade.reports.{FORMS[form]}")
    make: Callable[[Graded], str] = module.render
    return make(graded)
