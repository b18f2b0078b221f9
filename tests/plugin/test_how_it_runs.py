"""Design, "How it runs": what is collected, asked of the cluster and reported, and when."""

from __future__ import annotations

from tests.plugin.conftest import CHECKS

pytest_plugins = "pytester"


def test_a_submission_is_graded(pack):
    pack.grader(CHECKS)
    pack.submission("kim")
    pack.run().assert_outcomes(passed=3)
    assert pack.result().score == 5
