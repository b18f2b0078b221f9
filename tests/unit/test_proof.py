"""What a fixture should come out as, and what it came out as."""

from __future__ import annotations

from pathlib import Path

import pytest

from podgrade.grading.proof import (
    Expectation,
    came_out,
    decided_by,
    expectation,
    should_come_out,
    waits_for_a_limit,
)
from podgrade.model.errors import UsageProblem
from podgrade.model.reason import Reason
from podgrade.model.submission import Submission
from podgrade.model.text import Text, say
from podgrade.model.verdict import CheckLine, Outcome, Result, Verdict


def verdict(name: str, outcome: Outcome, code: str | None = None) -> Verdict:
    reason = Reason(code, why=say("because")) if code else None
    return Verdict(CheckLine(name, Text("", ""), 1), outcome, name, reason)


RESULT = Result(
    "demo",
    "kim",
    (
        verdict("a", Outcome.PASSED),
        verdict("b", Outcome.FAILED, "crash-loop"),
        verdict("c", Outcome.NOT_REACHED),
    ),
)


def test_the_whole_map_of_verdicts_and_reasons_is_compared() -> None:
    expected = Expectation({"b": "crash-loop"}, frozenset({"c"}))
    assert came_out(RESULT) == should_come_out(expected)
    assert came_out(RESULT) == {"b": "failed: crash-loop", "c": "not reached"}


def test_an_error_is_never_expected() -> None:
    result = Result("demo", "kim", (verdict("a", Outcome.ERROR, "error"),))
    assert came_out(result) == {"a": "error: because"}


@pytest.mark.parametrize(
    ("codes", "by"),
    [((), None), (("crash-loop",), "evidence"), (("crash-loop", "silent"), "limit")],
)
def test_a_reason_that_only_a_limit_can_tell_is_known_as_such(
    codes: tuple[str, ...], by: str | None
) -> None:
    verdicts = tuple(verdict(code, Outcome.FAILED, code) for code in codes)
    assert decided_by(Result("demo", "kim", verdicts)) == by


def test_a_reference_needs_no_expectation_and_a_mistake_does(tmp_path: Path) -> None:
    assert expectation(tmp_path, Submission("a", (), "reference/pod")) == Expectation()
    with pytest.raises(UsageProblem, match=r"expect\.yaml is missing"):
        expectation(tmp_path, Submission("a", (), "broken/typo"))


def test_an_expectation_is_read_from_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "broken" / "typo"
    folder.mkdir(parents=True)
    (folder / "expect.yaml").write_text(
        "mistake: a typo\nfailed: {test_a: code}\nnot_reached: [test_b]\ndecided_by: limit\n"
    )
    found = expectation(tmp_path, Submission("a", (), "broken/typo"))
    assert found == Expectation({"test_a": "code"}, frozenset({"test_b"}), "limit")


def test_only_mistakes_that_a_limit_decides_wait_for_one(tmp_path: Path) -> None:
    for name, by in (("late", "limit"), ("typo", "evidence")):
        folder = tmp_path / "broken" / name
        folder.mkdir(parents=True)
        (folder / "expect.yaml").write_text(f"failed: {{test_a: code}}\ndecided_by: {by}\n")
    (tmp_path / "broken" / "unsaid").mkdir()
    fixtures = ("broken/late", "broken/typo", "broken/unsaid", "reference/pod")
    waits = {one: waits_for_a_limit(tmp_path, Submission("a", (), one)) for one in fixtures}
    assert waits == {one: one == "broken/late" for one in fixtures}
