"""A failed assert explains itself: expected, seen, why, and what to look at next."""

from __future__ import annotations

import pytest

pytest_plugins = "pytester"


def grade(pack, line, *arguments, **script):
    """Grade one submission that fails with this one line of a check."""
    pack.grader(f"""
    @check("The check", ko="확인", points=2)
    def test_it(pod, logs, curl, exec):
        {line}
    """)
    pack.submission("kim", **script)
    result = pack.run(*arguments)
    result.assert_outcomes(passed=1, failed=1)
    return result


def test_a_comparison_says_expected_seen_why_and_next(pack):
    result = grade(
        pack, 'assert pod.ready == "1/1"', doomed="image-not-found", why="image ngnix is not there"
    )
    result.stdout.fnmatch_lines(
        [
            "E*expected: READY of Pod web: 1/1",
            "E*seen: READY of Pod web: 0/1, STATUS ContainerCreating",
            "E*why: image ngnix is not there",
            "E*next: look at it",
        ]
    )
    verdict = pack.result()["test_it"]
    assert verdict["code"] == "image-not-found"
    assert verdict["expected"] == "READY of Pod web: 1/1"
    assert verdict["why"] == "image ngnix is not there"


def test_the_same_in_korean(pack):
    result = grade(pack, 'assert pod.ready == "1/1"', "--lang=ko", doomed="crash-loop")
    result.stdout.fnmatch_lines(
        [
            "E*기대값: web 파드의 READY: 1/1",
            "E*실제값: web 파드의 READY: 0/1, STATUS ContainerCreating",
            "E*이유: 가망이 없습니다",
            "E*살펴볼 것: 살펴보십시오",
        ]
    )


def test_the_locale_chooses_the_language(pack, monkeypatch):
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    result = grade(pack, 'assert pod.ready == "1/1"', doomed="crash-loop")
    result.stdout.fnmatch_lines(["*이유: 가망이 없습니다"])


def test_the_side_on_which_the_answer_stands_does_not_matter(pack):
    grade(pack, 'assert "1/1" == pod.ready', doomed="crash-loop")
    assert pack.result()["test_it"]["code"] == "crash-loop"


def test_a_text_that_does_not_appear_says_what_was_seen_last(pack):
    grade(pack, 'assert "bye" in logs("app", until="bye")', log="one\ntwo")
    verdict = pack.result()["test_it"]
    assert verdict["expected"] == "the log of container app: contains `bye`"
    assert verdict["seen"] == "the last lines: one ⏎ two"


def test_names_that_differ_are_listed(pack):
    grade(pack, 'assert pod.containers == {"app", "sidecar"}')
    verdict = pack.result()["test_it"]
    assert verdict["code"] == "names-differ"
    assert verdict["why"] == "missing: sidecar"


def test_a_part_of_a_reply_explains_itself(pack):
    grade(pack, 'assert curl("/").body == "bye"', page="hello")
    verdict = pack.result()["test_it"]
    assert verdict["code"] == "different"
    assert verdict["expected"].endswith("bye")
    assert verdict["seen"].endswith("hello")


def test_an_exit_code_explains_itself(pack):
    grade(pack, 'assert exec("app", "cat", "/x").code == 0', exit_code="1")
    assert pack.result()["test_it"]["expected"] == "exit code of `cat /x` in app: 0"


def test_a_bare_truth_takes_its_own_reason(pack):
    grade(pack, 'assert pod.reaches("Running")', doomed="cannot-start", why="no such command")
    verdict = pack.result()["test_it"]
    assert verdict["code"] == "cannot-start"
    assert verdict["why"] == "no such command"
    assert verdict["expected"] == "Pod web shows STATUS Running"


def test_a_plain_value_that_fails_takes_the_doom_of_the_pod(pack):
    grade(pack, 'assert pod.ready.startswith("1")', doomed="cannot-start", why="no such command")
    verdict = pack.result()["test_it"]
    assert verdict["code"] == "cannot-start"
    assert verdict["why"] == "no such command"


def test_a_comparison_of_plain_values_is_explained_by_pytest(pack):
    result = grade(pack, "assert len(pod.containers) == 5")
    result.stdout.fnmatch_lines(["E*assert 1 == 5"])
    assert pack.result()["test_it"]["why"] == "this did not hold: assert 1 == 5"


def test_the_reason_is_that_of_the_comparison_that_failed(pack):
    """Comparisons that came out true, or false without failing, do not count."""
    pack.grader("""
    @check("The check", ko="확인", points=2)
    def test_it(pod, curl):
        assert pod.containers != {"x"}
        assert pod.containers == {"y"} or curl("/").status == 404
    """)
    pack.submission("kim")
    pack.run()
    assert pack.result()["test_it"]["expected"].endswith("404")


def test_reasons_do_not_leak_from_one_check_into_another(pack):
    pack.grader("""
    @check("One", ko="하나", points=2)
    def test_one(pod):
        assert pod.ready == "2/2"

    @check("Two", ko="둘", points=2)
    def test_two(pod):
        assert 1 == 2
    """)
    pack.submission("kim")
    pack.run().assert_outcomes(passed=1, failed=2)
    assert pack.result()["test_two"]["code"] == "assertion"


def test_what_a_learner_wrote_cannot_drive_the_terminal(pack):
    result = grade(pack, 'assert "bye" in logs("app", until="bye")', log="red \x1b[31m alert")
    assert "\x1b[31m" not in result.stdout.str().replace("\x1b[31mF", "")
    assert "red \N{REPLACEMENT CHARACTER}[31m alert" in result.stdout.str()


def test_evidence_is_what_was_asked(pack):
    grade(pack, 'assert curl("/").status == pod.ready')
    questions = pack.result()["test_it"]["evidence"]
    assert [question.partition("(")[0] for question in questions] == ["curl", "pod.ready"]


def test_a_position_in_the_manifest_is_told(pack):
    pack.grader("""
    @check("The check", ko="확인", points=2)
    def test_it(pod):
        pass
    """)
    pack.submission("kim")
    text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  hostNetwork: true\n"
    pack.file("submissions/kim.yaml", text)
    result = pack.run()
    result.stdout.fnmatch_lines(["*kim.yaml:6:*"])


@pytest.mark.parametrize("quiet", ["--tb=no", "--tb=short", "--tb=native", "-v"])
def test_reasons_reach_the_result_whatever_pytest_prints(pack, quiet):
    grade(pack, 'assert pod.ready == "1/1"', quiet, doomed="crash-loop")
    assert pack.result()["test_it"]["code"] == "crash-loop"


def test_without_assert_rewriting_the_doom_is_still_known(pack):
    grade(pack, 'assert pod.ready == "1/1"', "--assert=plain", doomed="crash-loop")
    assert pack.result()["test_it"]["code"] == "crash-loop"
