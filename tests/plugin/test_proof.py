"""A pack proves itself: each fixture of an exercise is one item of its grader."""

from __future__ import annotations

import pytest
from tests.plugin.conftest import CHECKS

pytest_plugins = "pytester"

PROVING = """
    from podgrade.grading.proof import sides

    def pytest_podgrade_prove(submission, result):
        expected, seen = sides(Path(__file__).with_name("fixtures"), submission, result)
        assert seen == expected
"""

DOOMED = "failed: {test_ready: crash-loop}\nnot_reached: [test_answers]\ndecided_by: evidence\n"


@pytest.fixture
def proving(pack):
    """A pack with a right answer and two mistakes."""
    pack.conftest(PROVING)
    pack.grader(CHECKS)
    fixture(pack, "reference/pod")
    fixture(pack, "broken/crashes", DOOMED, doomed="crash-loop")
    words = "failed: {test_answers: different}\ndecided_by: evidence\n"
    fixture(pack, "broken/other-page", words, page="bye")
    return pack


def fixture(pack, name, expect="", **script):
    pack.file(f"fixtures/demo/{name}/pod.yaml", pack.manifest(name, **script))
    if expect:
        pack.file(f"fixtures/demo/{name}/expect.yaml", expect)


def test_each_fixture_is_one_item(proving):
    result = proving.run("-v")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines_random(
        [
            "graders/test_demo.py::reference/pod PASSED*",
            "graders/test_demo.py::broken/crashes PASSED*",
            "graders/test_demo.py::broken/other-page PASSED*",
        ]
    )
    assert len(proving.calls("create")) == 3


def test_fixtures_are_selected_by_name(proving):
    proving.run("-k", "crashes").assert_outcomes(passed=1, deselected=2)
    assert [call["pod"] for call in proving.calls("create")] == ["broken/crashes"]


@pytest.mark.parametrize(
    "wrong",
    [
        "failed: {test_ready: image-not-found}\nnot_reached: [test_answers]\ndecided_by: evidence",
        "failed: {test_ready: crash-loop}\ndecided_by: evidence",
        "failed: {test_ready: crash-loop}\nnot_reached: [test_answers]\ndecided_by: limit",
        "failed: {test_answers: crash-loop}\nnot_reached: [test_ready]\ndecided_by: evidence",
        "failed: {}",
    ],
)
def test_a_wrong_expectation_fails(proving, wrong):
    fixture(proving, "broken/crashes", wrong + "\n", doomed="crash-loop")
    proving.run().assert_outcomes(passed=2, failed=1)


def test_a_mistake_without_an_expectation_fails(proving):
    fixture(proving, "broken/new", doomed="crash-loop")
    proving.run().assert_outcomes(passed=3, failed=1)


def test_a_reference_that_does_not_get_full_marks_fails(proving):
    fixture(proving, "reference/slow", page="bye")
    result = proving.run()
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*test_answers*failed: different*"])


def test_an_error_fails_the_proof(proving):
    fixture(proving, "broken/crashes", DOOMED, dead="true")
    proving.run().assert_outcomes(passed=2, failed=1)


def test_a_submission_is_graded_instead_where_one_is_named(proving):
    proving.submission("kim")
    proving.run().assert_outcomes(passed=3)
    assert set(proving.results()) == {"kim.yaml"}


def test_only_looking_at_a_proof_asks_nothing_of_the_cluster(proving):
    result = proving.run("--collect-only", "-q")
    assert "graders/test_demo.py::broken/crashes" in result.outlines
    assert proving.calls() == []


def test_under_xdist_each_fixture_is_rehearsed_once(proving):
    pytest.importorskip("xdist")
    proving.run("-p", "xdist.plugin", "-n2", process=True).assert_outcomes(passed=3)
    assert len(proving.calls("create")) == 3
