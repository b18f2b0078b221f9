"""A verdict as a pytest report, which JUnit, --lf and every other plugin then see."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from podgrade.grading.makers import SUBMISSION
from podgrade.grading.redact import Redaction
from podgrade.grading.wording import Wording
from podgrade.model.verdict import Outcome, Verdict


def not_run(item: pytest.Item, verdict: Verdict) -> None:
    """Put points and learner on an item whose setup is about to be skipped or to fail."""
    item.user_properties.extend(_properties(item, verdict))


def finished(
    item: pytest.Item, report: pytest.TestReport, verdict: Verdict, wording: Wording
) -> pytest.TestReport:
    """The report of an item that was replayed, changed into that of its verdict.

    Errors belong to the setup phase, failures to the call phase (JUnit: error, failure).
    """
    properties = _properties(item, verdict)
    item.user_properties.extend(properties)  # the report of the teardown takes them to JUnit
    report.user_properties.extend(properties)
    report.duration = verdict.seconds
    if verdict.outcome is Outcome.ERROR:
        report.outcome, report.when = "failed", "setup"
        if report.longrepr is None or isinstance(report.longrepr, tuple):
            report.longrepr = wording.verdict(verdict)
    elif verdict.outcome is Outcome.FAILED:
        report.when = "call"
    if verdict.outcome is not Outcome.PASSED:
        report.sections.append(("podgrade", wording.verdict(verdict)))
    return report


def discreet(
    item: pytest.Item, report: pytest.TestReport, redaction: Redaction
) -> pytest.TestReport:
    """The report with nothing in it that nobody is to read: values in failures, what was printed.

    Lines of the grader itself stay as they are.
    """
    own = _lines_of(item.path)

    def is_own(line: str) -> bool:
        return line.strip(" >\n") in own

    def told(text: str) -> str:
        parts = itertools.groupby(text.splitlines(keepends=True), is_own)
        return "".join(
            "".join(lines) if stay else redaction.of_pytest("".join(lines)) for stay, lines in parts
        )

    if isinstance(report.longrepr, tuple):  # skipped: where, and why
        report.longrepr = (*report.longrepr[:2], told(report.longrepr[2]))
    else:
        report.longrepr = _told(report.longrepr, told)
    report.sections = _told(report.sections, told)
    return report


@cache
def _lines_of(grader: Path) -> frozenset[str]:
    try:
        text = grader.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return frozenset()
    return frozenset(line.strip() for line in text.splitlines())


def _told(part: Any, told: Callable[[str], str]) -> Any:
    """Any part of a report; pytest's objects (`ExceptionChainRepr` and others) are changed."""
    if isinstance(part, str):
        return told(part)
    if isinstance(part, list | tuple):
        return type(part)(_told(one, told) for one in part)
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        for name, value in vars(part).items():
            if name not in _OF_PYTEST:
                setattr(part, name, _told(value, told))
    return part


_OF_PYTEST = frozenset({"path", "lineno", "style", "sep"})


def _properties(item: pytest.Item, verdict: Verdict) -> list[tuple[str, object]]:
    key = item.callspec.params[SUBMISSION] if isinstance(item, pytest.Function) else item.name
    return [
        ("learner", str(key)),
        ("points", f"{verdict.points:g}"),
        ("possible", f"{verdict.possible:g}"),
    ]
