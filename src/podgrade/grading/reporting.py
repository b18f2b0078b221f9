"""A verdict as a pytest report, which JUnit, --lf and every other plugin then see."""

from __future__ import annotations

import pytest

from podgrade.grading.makers import SUBMISSION
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


def _properties(item: pytest.Item, verdict: Verdict) -> list[tuple[str, object]]:
    key = item.callspec.params[SUBMISSION] if isinstance(item, pytest.Function) else item.name
    return [
        ("learner", str(key)),
        ("points", f"{verdict.points:g}"),
        ("possible", f"{verdict.possible:g}"),
    ]
