"""One item for each check and each submission, under a name that can be read and selected."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from tests.plugin.conftest import READY

pytest_plugins = "pytester"


def ids(pack, *arguments):
    """The ids of all items, as `--collect-only -q` prints them."""
    lines = pack.run("--collect-only", "-q", *arguments).outlines
    return [line for line in lines if "::" in line]


def test_there_is_one_item_for_each_check_and_submission(pack):
    pack.grader(READY)
    pack.submission("kim")
    pack.submission("lee")
    assert sorted(ids(pack)) == [
        "graders/test_demo.py::test_manifest_is_accepted[kim.yaml]",
        "graders/test_demo.py::test_manifest_is_accepted[lee.yaml]",
        "graders/test_demo.py::test_ready[kim.yaml]",
        "graders/test_demo.py::test_ready[lee.yaml]",
    ]


def test_korean_names_stay_readable_in_ids(pack):
    pack.grader(READY)
    pack.submission("김민수")
    assert "graders/test_demo.py::test_ready[김민수.yaml]" in ids(pack)


def test_names_that_only_look_alike_are_written_the_same_way(pack):
    pack.grader(READY)
    pack.submission(unicodedata.normalize("NFD", "김민수"))
    assert f"graders/test_demo.py::test_ready[{unicodedata.normalize('NFC', '김민수')}.yaml]" in (
        ids(pack)
    )


def test_a_submission_can_be_selected_by_its_id(pack):
    pack.grader(READY)
    pack.submission("김민수")
    pack.submission("lee")
    pack.run("graders/test_demo.py::test_ready[김민수.yaml]").assert_outcomes(passed=1)


def test_characters_with_a_meaning_in_ids_are_replaced(pack):
    pack.grader(READY)
    pack.submission("a::b[c]\x07d")
    assert "graders/test_demo.py::test_ready[a_b_c__d.yaml]" in ids(pack)


def test_learners_with_the_same_file_name_are_told_apart_by_a_stable_suffix(pack):
    pack.grader(READY)
    for folder in ("a", "b", "c"):
        pack.submission(f"{folder}/pod")
    found = [name for name in ids(pack) if "test_ready" in name]
    assert found == [
        "graders/test_demo.py::test_ready[pod.yaml]",
        "graders/test_demo.py::test_ready[pod.yaml-2]",
        "graders/test_demo.py::test_ready[pod.yaml-3]",
    ]
    assert found == [name for name in ids(pack) if "test_ready" in name]


def test_equal_submissions_are_two_and_each_gets_its_own_pod(pack):
    pack.grader(READY)
    pack.submission("pod")
    pack.submissions *= 2
    pack.run().assert_outcomes(passed=4)
    assert len({call["namespace"] for call in pack.calls("create")}) == 2
    assert set(pack.results()) == {"pod.yaml", "pod.yaml-2"}


def test_a_folder_holds_one_learner_for_each_file_or_folder(pack):
    pack.grader(READY)
    for name in ("class/kim/pod", "class/lee", "class/.git/config"):
        pack.submission(name)
    pack.submissions.clear()
    pack.run("--submissions", "submissions/class").assert_outcomes(passed=4)
    assert set(pack.results()) == {"kim", "lee.yaml"}


def test_a_dash_is_what_stands_on_standard_input(pack):
    pack.grader(READY)
    text = pack.manifest("piped").encode()
    words = ["--submission", "-", "-p", "no:cacheprovider"]
    ran = pack.pytester.run(sys.executable, "-m", "pytest", *words, stdin=text, timeout=60)
    assert ran.ret == pytest.ExitCode.OK
    assert pack.result().submission == "stdin"


def test_other_plugins_may_hand_in_submissions(pack):
    pack.grader(READY)
    pack.submission("kim")
    pack.submissions.clear()
    pack.conftest("""
        from podgrade.model.submission import SourceFile, Submission

        def pytest_podgrade_submissions(config):
            data = (config.rootpath / "submissions/kim.yaml").read_bytes()
            return [Submission("handed", (SourceFile("pod.yaml", data),))]
    """)
    pack.run().assert_outcomes(passed=2)
    assert pack.result().submission == "handed"


def test_several_graders_mark_the_same_submissions(pack):
    pack.grader(READY)
    pack.grader(READY, slug="second")
    for name in ("kim", "lee", "park"):
        pack.submission(name)
    pack.run().assert_outcomes(passed=12)
    assert len(pack.calls("create")) == 6


def test_parametrised_checks_are_one_instance_for_each_value(pack):
    pack.grader("""
        @check("It answers", ko="응답한다", points=1)
        @pytest.mark.parametrize("path", ["/", "/a"])
        @pytest.mark.parametrize("times", [1, "1"])
        def test_answers(curl, path, times):
            assert curl(path * int(times)).status == 200
    """)
    pack.submission("kim")
    pack.run().assert_outcomes(passed=5)
    assert set(pack.result().outcomes()) == {
        "test_manifest_is_accepted",
        "test_answers[1_0-/]",
        "test_answers[1_0-/a]",
        "test_answers[1_1-/]",
        "test_answers[1_1-/a]",
    }
    assert pack.result().possible == 4


@pytest.mark.parametrize("name", ["", " ", "."])
def test_no_name_is_no_key(name):
    from podgrade.grading.submissions import clean

    assert clean(name)
