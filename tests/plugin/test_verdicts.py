"""Passed, failed, not reached or error: a learner is never blamed for what is not theirs."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

pytest_plugins = "pytester"

SOON = """
title: {en: Demo, ko: 시험}
goal: {en: To try, ko: 해 보기}
target: {name: web, kinds: [Pod]}
limits: {start: 0.3, answer: 0.3}
"""


def grade(pack, body, *arguments, outcomes, exercise_code="", **script):
    """Grade one submission with a grader of one check; its verdict."""
    lines = "\n        ".join(body)
    pack.grader(f"""
    {exercise_code}
    @check("The check", ko="확인", points=2)
    def test_it(pod, logs, curl, exec, nonces, manifest):
        {lines}
    """)
    pack.submission("kim", **script)
    pack.run(*arguments).assert_outcomes(**{"passed": 1, **outcomes})
    return pack.result()["test_it"]


def test_an_assert_in_the_grader_that_fails_is_a_failure(pack):
    verdict = grade(pack, ["assert 1 + 1 == 3"], outcomes={"failed": 1})
    assert verdict["outcome"] == "failed"
    assert verdict["why"] == "this did not hold: assert (1 + 1) == 3"


def test_an_assert_with_words_of_its_own_fails_with_them(pack):
    verdict = grade(pack, ['assert 1 > 2, "one is small"'], outcomes={"failed": 1})
    assert verdict["why"] == "this did not hold: one is small"


def test_an_assert_in_a_helper_beside_the_grader_is_a_failure(pack):
    pack.file("graders/helper.py", "def require(truth):\n    assert truth\n")
    body = ["from helper import require", "require(pod.ready == '2/2')"]
    verdict = grade(pack, body, outcomes={"failed": 1})
    assert verdict["outcome"] == "failed"


def test_a_failure_raised_in_the_grader_is_a_failure_with_its_reason(pack):
    verdict = grade(pack, ['raise podgrade.Failure("too small")'], outcomes={"failed": 1})
    assert verdict["outcome"] == "failed"
    assert verdict["why"] == "too small"


def test_a_structured_reason_reaches_the_result(pack):
    body = [
        'raise podgrade.Failure(podgrade.Reason("my-code",',
        '    expected=podgrade.say("{count} Pods", count=2), seen=podgrade.Text("one", "하나")))',
    ]
    verdict = grade(pack, body, outcomes={"failed": 1})
    assert (verdict["code"], verdict["expected"], verdict["seen"]) == ("my-code", "2 Pods", "one")


def test_what_the_learner_did_not_provide_is_a_failure_that_a_probe_raises(pack):
    verdict = grade(pack, ['logs("sidecar")'], outcomes={"failed": 1})
    assert verdict["code"] == "container-missing"
    assert verdict["seen"] == "containers app"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("1 + '1'", "TypeError"),
        ("pod.no_such_word", "AttributeError"),
        ("import json; json.loads('{')", "JSONDecodeError"),
        ("pytest.fail('no')", "Failed"),
        ("pytest.skip('no')", "Skipped"),
        ("pytest.xfail('no')", "XFailed"),
        ("raise SystemExit(1)", "SystemExit"),
        ("logs('app', until=lambda line: True)", "TypeError"),
    ],
)
def test_whatever_else_is_raised_in_a_grader_is_an_error(pack, body, named):
    verdict = grade(pack, [body], outcomes={"errors": 1})
    assert verdict["outcome"] == "error"
    assert named in verdict["why"]


def test_an_assertion_inside_a_library_is_an_error(pack):
    pack.file("library/wrong.py", "def f():\n    raise AssertionError('inside')\n")
    body = ["import sys; sys.path.insert(0, 'library')", "import wrong", "wrong.f()"]
    verdict = grade(pack, body, outcomes={"errors": 1})
    assert verdict["outcome"] == "error"
    assert "inside" in verdict["why"]


def test_an_error_of_the_clusters_is_an_error(pack):
    verdict = grade(pack, ['assert pod.ready == "1/1"'], dead="true", outcomes={"errors": 1})
    assert verdict["outcome"] == "error"
    assert verdict["why"] == "the API server does not answer"
    assert pack.result().score is None


@pytest.mark.parametrize(
    "body",
    [
        ["with pytest.raises(Exception):", '    pod.ready == "1/1"'],
        ["try:", "    pod.ready", "except Exception:", "    pass"],
        ["try:", "    pod.ready", "except Exception:", "    assert False"],
    ],
)
def test_a_dead_api_server_is_an_error_even_if_the_check_expected_an_exception(pack, body):
    verdict = grade(pack, body, dead="true", outcomes={"errors": 1})
    assert verdict["outcome"] == "error"
    assert verdict["why"] == "the API server does not answer"


def test_a_probe_that_breaks_is_an_error_even_if_the_check_expected_an_exception(pack):
    pack.conftest("""
        import podgrade.probes.pod as pods

        def broken(*_):
            raise ZeroDivisionError("a bug")

        pods.kubectl.ready_column, pods_ready = broken, pods.kubectl.ready_column

        def pytest_unconfigure():
            pods.kubectl.ready_column = pods_ready
    """)
    body = ["with pytest.raises(Exception):", "    pod.ready"]
    verdict = grade(pack, body, outcomes={"errors": 1})
    assert verdict["why"] == "ZeroDivisionError: a bug"


def test_a_failure_may_be_expected(pack):
    """What the learner did not provide may be what a check wants to be missing."""
    body = ["with pytest.raises(podgrade.Failure):", '    logs("debug")']
    assert grade(pack, body, outcomes={"passed": 2})["outcome"] == "passed"


def test_a_check_that_does_otherwise_the_second_time_is_an_error_that_says_so(pack):
    body = ["times.append(1)", "assert len(times) == 1"]
    verdict = grade(pack, body, exercise_code="times = []\n", outcomes={"errors": 1})
    assert verdict["outcome"] == "error"
    assert verdict["why"] == (
        "the check did not do the same when it was run again on its record: "
        "first passed, then AssertionError"
    )


def test_a_check_that_asks_something_else_the_second_time_is_an_error(pack):
    body = ["import random", 'curl(f"/{random.random()}")']
    verdict = grade(pack, body, outcomes={"errors": 1})
    assert "it asked curl(" in verdict["why"]


def test_a_check_that_asks_more_the_second_time_is_an_error_even_if_it_hides_it(pack):
    body = [
        "times.append(1)",
        "try:",
        "    [pod.containers for _ in times]",
        "except Exception:",
        "    pass",
    ]
    verdict = grade(pack, body, exercise_code="times = []\n", outcomes={"errors": 1})
    assert verdict["why"].endswith("it asked one more question: pod.containers")


def test_a_check_that_asks_less_the_second_time_is_an_error(pack):
    body = ["times.append(1)", "if len(times) == 1:", "    pod.containers"]
    verdict = grade(pack, body, exercise_code="times = []\n", outcomes={"errors": 1})
    assert verdict["why"].endswith("it asked less")


def test_an_answer_cannot_be_changed_by_the_check(pack):
    body = ['curl("/").headers["server"] = "mine"']
    assert grade(pack, body, outcomes={"errors": 1})["outcome"] == "error"


def test_nonces_are_the_same_in_both_runs_and_new_for_each_submission(pack):
    pack.grader("""
        @check("It answers", ko="응답한다", points=1)
        def test_answers(curl, nonces):
            one, two = nonces(2)
            assert one != two
            curl(f"/{one}")
    """)
    pack.submission("kim")
    pack.submission("lee")
    pack.run().assert_outcomes(passed=4)
    assert len({call["url"].rpartition("/")[2] for call in pack.calls("curl")}) == 2


def test_a_fixture_that_fails_around_a_check_is_an_error(pack):
    pack.conftest("""
        import pytest

        @pytest.fixture(autouse=True)
        def broken():
            raise RuntimeError("not here")
    """)
    body = ["assert pod.containers == {'app'}"]
    pack.grader(f"""
    @check("The check", ko="확인", points=2)
    def test_it(pod):
        {body[0]}
    """)
    pack.submission("kim")
    pack.run().assert_outcomes(errors=2)
    assert pack.result()["test_it"]["why"] == (
        "a fixture around the check failed: RuntimeError: not here"
    )


def test_the_verdict_does_not_rest_on_asserts_that_python_leaves_out(pack):
    """`python -O` leaves asserts out, but not those of graders, nor the acceptance check."""
    pack.grader("""
        @check("The check", ko="확인", points=2)
        def test_it(pod):
            assert pod.ready == "2/2"
    """)
    pack.submission("kim")
    pack.submission("lee", refused="no")
    import sys

    words = ["--disable-plugin-autoload", "-p", "podgrade.plugin", *pack.named()]
    pack.pytester.run(sys.executable, "-O", "-m", "pytest", *words, timeout=60)
    assert pack.results()["kim.yaml"]["test_it"]["outcome"] == "failed"
    assert pack.results()["lee.yaml"].outcomes() == {
        "test_manifest_is_accepted": "failed",
        "test_it": "not reached",
    }


JUNIT = """
    @check("It is Ready", ko="준비되었다", points=2)
    def test_ready(pod):
        assert pod.ready == "1/1"

    @check("It answers", ko="응답한다", points=3, needs=test_ready)
    def test_answers(curl):
        assert curl("/").status == 200

    @check("It writes", ko="기록한다", points=1)
    def test_writes(exec):
        assert exec("app", "true").code == 0
"""


def junit(pack, *arguments):
    """Each test case of the JUnit report: name → (what it holds, properties, time)."""
    pack.run("--junitxml=report.xml", *arguments)
    cases = ET.parse(pack.root / "report.xml").getroot().iter("testcase")
    return {
        case.get("name"): (
            [child.tag for child in case if child.tag in {"failure", "error", "skipped"}],
            {p.get("name"): p.get("value") for p in case.iter("property")},
            float(case.get("time")),
        )
        for case in cases
    }


def test_junit_knows_failures_errors_and_what_was_not_reached(pack):
    pack.grader(JUNIT)
    pack.submission("kim", doomed="crash-loop", dead_exec="true")
    found = {name: case[0] for name, case in junit(pack).items()}
    assert found == {
        "test_manifest_is_accepted[kim.yaml]": [],
        "test_ready[kim.yaml]": ["failure"],
        "test_answers[kim.yaml]": ["skipped"],
        "test_writes[kim.yaml]": ["failure"],
    }


def test_junit_says_error_where_the_cluster_failed(pack):
    pack.grader(JUNIT)
    pack.submission("kim", dead_exec="true")
    found = {name: case[0] for name, case in junit(pack).items()}
    assert found["test_writes[kim.yaml]"] == ["error"]
    assert found["test_answers[kim.yaml]"] == []


def test_junit_carries_points_and_learner_of_every_check(pack):
    pack.grader(JUNIT)
    pack.submission("김민수", doomed="crash-loop")
    found = {name: case[1] for name, case in junit(pack).items()}
    learner = {"learner": "김민수.yaml"}
    assert found["test_manifest_is_accepted[김민수.yaml]"] == {
        **learner,
        "points": "0",
        "possible": "0",
    }
    assert found["test_ready[김민수.yaml]"] == {**learner, "points": "0", "possible": "2"}
    assert found["test_answers[김민수.yaml]"] == {**learner, "points": "0", "possible": "3"}


def test_the_time_that_junit_reports_is_the_rehearsals(pack):
    pack.grader(JUNIT)
    pack.submission("kim", ready_after="0.6")
    found = {name: case[2] for name, case in junit(pack).items()}
    for check in ("test_ready", "test_answers"):
        rehearsed = pack.result()[check]["seconds"]
        assert found[f"{check}[kim.yaml]"] >= round(rehearsed, 3) > 0


def test_points_stand_at_the_end_of_pytests_own_report(pack):
    pack.grader(JUNIT)
    pack.submission("kim")
    pack.submission("lee", doomed="crash-loop")
    pack.submission("park", dead="true")
    result = pack.run()
    result.stdout.fnmatch_lines_random(
        ["demo kim.yaml: 6/6", "demo lee.yaml: 0/6", "demo park.yaml: -/6"]
    )


def test_what_the_exercise_needs_and_the_cluster_lacks_costs_nobody_points(pack):
    pack.grader("""
    @check("The check", ko="확인", points=2)
    def test_it(pod):
        assert pod.ready == "2/2"
    """)
    path = pack.root / "exercises/demo/exercise.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "needs: [amd64]\n", encoding="utf-8")
    pack.submission("kim")
    pack.run().assert_outcomes(errors=2)
    assert pack.result()["test_it"]["outcome"] == "error"
    assert pack.result()["test_it"]["why"] == "there is no amd64 here"
    assert "create" not in {call["call"] for call in pack.calls()}


@pytest.mark.parametrize(
    ("body", "script"),
    [
        ("assert pod.ready == '1/1'", {"stuck": "true"}),
        ("assert 'never' in logs('app', until='never')", {}),
        ("assert 'never' in curl('/', until='never').body", {}),
    ],
)
@pytest.mark.parametrize("slow", [False, True])
def test_what_only_a_limit_decides_is_an_error_where_the_cluster_stood_still(
    pack, monkeypatch, body, script, slow
):
    monkeypatch.setattr("podgrade.grading.slow._AT_LEAST", 0.1)
    pack.grader(
        f"""
    @check("The check", ko="확인", points=2)
    def test_it(pod, logs, curl):
        {body}

    @check("What needs it", ko="다음", points=2, needs=test_it)
    def test_next(pod):
        pass
    """,
        exercise=SOON,
    )
    pack.submission("kim", **script | ({"slow": "true"} if slow else {}))
    pack.run()
    outcomes = pack.result().outcomes()
    expected = ("error", "error") if slow else ("failed", "not reached")
    assert (outcomes["test_it"], outcomes["test_next"]) == expected
    assert ("too slow to tell" in pack.result()["test_it"]["why"]) == slow
    assert (pack.result().score is None) == slow


def test_evidence_decides_however_slow_the_cluster_is(pack):
    body = ["assert pod.ready == '1/1'"]
    script = {"doomed": "image-not-found", "slow": "true"}
    assert grade(pack, body, outcomes={"failed": 1}, **script)["code"] == "image-not-found"
