"""The cluster is asked when checks really run, and never before."""

from __future__ import annotations

import pytest

pytest_plugins = "pytester"

ONE_CHECK = """
    @check("It is Ready", ko="준비되었다", points=2)
    def test_ready(pod):
        assert pod.ready == "1/1"
"""


@pytest.mark.parametrize("option", ["--collect-only", "--setup-plan", "--setup-only", "--fixtures"])
def test_options_that_only_look_ask_nothing_of_the_cluster(pack, option):
    pack.grader(ONE_CHECK)
    pack.submission("kim")
    assert pack.run(option).ret == pytest.ExitCode.OK
    assert pack.calls() == []
    assert pack.results() == {}


def test_after_a_collection_error_nothing_is_asked_of_the_cluster(pack):
    pack.grader(ONE_CHECK)
    pack.grader("import no_such_module", slug="other")
    pack.submission("kim")
    assert pack.run().ret == pytest.ExitCode.INTERRUPTED
    assert pack.calls() == []


def test_collection_errors_can_be_overruled(pack):
    pack.grader(ONE_CHECK)
    pack.grader("import no_such_module", slug="other")
    pack.submission("kim")
    pack.run("--continue-on-collection-errors").assert_outcomes(passed=2, errors=1)


def test_a_run_without_submissions_asks_nothing_of_the_cluster(pack):
    pack.grader(ONE_CHECK)
    pack.run().assert_outcomes(skipped=2)
    assert pack.calls() == []


def test_nothing_is_asked_of_the_cluster_where_every_check_was_deselected(pack):
    pack.grader(ONE_CHECK)
    pack.file("test_ordinary.py", "def test_ordinary():\n    pass\n")
    pack.submission("kim")
    pack.run("-k", "ordinary").assert_outcomes(passed=1, deselected=2)
    assert pack.calls() == []


def test_only_submissions_that_were_selected_are_rehearsed(pack):
    pack.grader(ONE_CHECK)
    pack.submission("kim")
    pack.submission("lee")
    pack.run("-k", "kim").assert_outcomes(passed=2, deselected=2)
    assert [call["pod"] for call in pack.calls("create")] == ["kim"]


def test_where_there_is_no_cluster_one_sentence_says_so(pack):
    pack.grader(ONE_CHECK)
    pack.submission("kim")
    pack.file("no-cluster", "")
    result = pack.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: there is no cluster"])
    assert (pack.root / "trouble").read_text() == "there is no cluster"


def test_that_sentence_is_korean_if_asked_for(pack):
    pack.grader(ONE_CHECK)
    pack.submission("kim")
    pack.file("no-cluster", "")
    pack.run("--lang=ko").stderr.fnmatch_lines(["ERROR: 클러스터가 없습니다"])


def test_a_submission_that_does_not_exist_is_a_usage_error_in_one_sentence(pack):
    pack.grader(ONE_CHECK)
    result = pack.run("--submission", "nobody.yaml")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: there is no file or folder `nobody.yaml`"])
    assert "Traceback" not in result.stderr.str()
    assert (pack.root / "trouble").exists()


def test_a_folder_of_submissions_that_does_not_exist_is_a_usage_error(pack):
    pack.grader(ONE_CHECK)
    result = pack.run("--submissions", "nowhere")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: nowhere is no folder of submissions"])


def test_a_grader_without_an_exercise_is_a_collection_error_in_one_sentence(pack):
    pack.grader(ONE_CHECK)
    (pack.root / "exercises/demo/exercise.yaml").unlink()
    pack.submission("kim")
    result = pack.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*test_demo.py has no exercise*"])
    assert "Traceback" not in result.stdout.str()


def test_fewer_than_one_submission_at_once_is_a_usage_error(pack):
    assert pack.run("--in-flight=0").ret == pytest.ExitCode.USAGE_ERROR


def test_unused_the_plugin_imports_next_to_nothing(pack):
    """A pytest run without checks pays for neither kubernetes, yaml nor the grading machinery."""
    (pack.root / "conftest.py").unlink()
    pack.file(
        "test_ordinary.py",
        """
import sys

def test_ordinary(request):
    assert "podgrade.plugin" in sys.modules
    heavy = {"kubernetes", "yaml", "jsonschema", "babel", "podgrade.grading.run",
             "podgrade.probes.tape", "podgrade.cluster", "podgrade.workspace"}
    assert heavy & set(sys.modules) == set()
""",
    )
    result = pack.run(process=True)
    result.assert_outcomes(passed=1)
