"""Under pytest-xdist everything is correct, if not faster."""

from __future__ import annotations

import pytest

pytest_plugins = "pytester"
pytest.importorskip("xdist")

CHECKS = """
    @check("It is Ready", ko="준비되었다", points=2)
    def test_ready(pod):
        assert pod.ready == "1/1"

    @check("It answers", ko="응답한다", points=3, needs=test_ready)
    @pytest.mark.parametrize("path", ["/", "/a"])
    def test_answers(curl, path):
        assert curl(path).status == 200

    def test_ordinary():
        pass
"""


def run(pack, *arguments):
    return pack.run("-p", "xdist.plugin", "-n2", *arguments, process=True)


def test_every_submission_is_rehearsed_once_and_by_one_worker(pack):
    pack.grader(CHECKS)
    names = ["kim", "lee", "team-1", "team-1-2", "김민수"]
    for name in names:
        pack.submission(name)
    run(pack).assert_outcomes(passed=4 * len(names) + 1)
    assert sorted(call["pod"] for call in pack.calls("create")) == sorted(names)
    assert len({call["pid"] for call in pack.calls("create")}) == 2
    for name in names:
        assert len({call["pid"] for call in pack.calls() if call["pod"] == name}) == 1
        assert pack.results()[f"{name}.yaml"].score == 8
    assert len(pack.calls("close")) == 2


def test_the_points_stand_at_the_end(pack):
    pack.grader(CHECKS)
    pack.submission("lee", doomed="crash-loop")
    pack.submission("kim")
    pack.submission("nobody", dead="true")
    run(pack).stdout.fnmatch_lines(
        ["*= podgrade =*", "demo kim.yaml: 8/8", "demo lee.yaml: 0/8", "demo nobody.yaml: -/8"]
    )


def test_failures_and_errors_are_what_they_are_without_it(pack):
    pack.grader(CHECKS)
    pack.submission("kim", doomed="crash-loop")
    pack.submission("lee", dead="true")
    run(pack).assert_outcomes(passed=3, failed=1, skipped=2, errors=3)


def test_where_there_is_no_cluster_every_check_is_an_error(pack):
    pack.grader(CHECKS)
    pack.submission("kim")
    pack.file("no-cluster", "")
    result = run(pack)
    result.assert_outcomes(passed=1, errors=4)
    result.stdout.fnmatch_lines(["*there is no cluster*"])


def test_standard_input_is_the_controllers(pack):
    pack.grader(CHECKS)
    words = ["--disable-plugin-autoload", "-p", "podgrade.plugin", "-p", "xdist.plugin", "-n2"]
    text = pack.manifest("piped").encode()
    import sys

    pack.pytester.run(
        sys.executable, "-m", "pytest", *words, "--submission", "-", stdin=text, timeout=60
    ).assert_outcomes(passed=5)


def test_a_submission_that_does_not_exist_is_still_a_usage_error(pack):
    pack.grader(CHECKS)
    assert run(pack, "--submission", "nobody.yaml").ret == pytest.ExitCode.USAGE_ERROR


def test_without_submissions_xdist_is_as_ever(pack):
    pack.file("test_ordinary.py", "def test_one():\n    pass\n\ndef test_two():\n    pass\n")
    run(pack).assert_outcomes(passed=2)
