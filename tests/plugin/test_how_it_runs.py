"""Design, "How it runs": what is collected, asked of the cluster and reported, and when."""

from __future__ import annotations

pytest_plugins = "pytester"

TWO_CHECKS = """
    @check("It is Ready", ko="준비되었다", points=2)
    def test_ready(pod):
        assert pod.ready == "1/1"

    @check("It answers", ko="응답한다", points=3, needs=test_ready)
    def test_answers(curl):
        assert curl("/").status == 200
"""


def test_a_submission_is_graded(pack):
    pack.grader(TWO_CHECKS)
    pack.submission("kim")
    pack.run().assert_outcomes(passed=3)
    assert pack.result().score == 5
