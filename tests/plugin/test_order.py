"""Which checks are reached, in which order, and what `-k`, `--lf` and `-x` make of it."""

from __future__ import annotations

import pytest

pytest_plugins = "pytester"

CHAIN = """
    @check("It is Ready", ko="준비되었다", points=2)
    def test_ready(pod):
        assert pod.ready == "1/1"

    @check("It answers", ko="응답한다", points=3, needs=test_ready)
    def test_answers(curl):
        assert curl("/").status == 200

    @check("It answers well", ko="잘 응답한다", points=4, needs=test_answers)
    def test_answers_well(curl):
        assert curl("/").body == "hello"

    @check("It has a container", ko="컨테이너가 있다", points=1)
    def test_containers(pod):
        assert pod.containers == {"app"}
"""


CRASHES = """
    @check("Calm", ko="평온", points=1)
    def test_calm(pod):
        assert pod.ready == "1/1"

    @check("Crash", ko="중단", points=1, changes=True)
    def test_crash(exec):
        assert exec("app", "kill", "1").code == 0

    @check("Crash again", ko="다시 중단", points=1, changes=True)
    def test_crash_again(pod):
        assert pod.containers == {"app"}
"""


@pytest.fixture
def chain(pack):
    """A pack with the grader CHAIN."""
    pack.grader(CHAIN)
    return pack


@pytest.fixture
def crashes(pack):
    """A pack with the grader CRASHES."""
    pack.grader(CRASHES)
    return pack


def asked(pack):
    """Each question to a probe of a rehearsal, in the order in which they were asked."""
    questions = pack.root / "asked.jsonl"
    return questions.read_text().split() if questions.exists() else []


# A check can tell the order of rehearsals by a file: it writes its name where it is rehearsed.
TELLING = """
    import threading
    from pathlib import Path

    def tell(name):
        if threading.current_thread() is not threading.main_thread():
            with Path("asked.jsonl").open("a") as stream:
                stream.write(name + "\\n")
"""


def test_every_exercise_begins_with_the_acceptance_check_worth_nothing(chain):
    chain.submission("kim")
    chain.run().assert_outcomes(passed=5)
    told = chain.result()
    assert next(iter(told.outcomes())) == "test_manifest_is_accepted"
    assert told.possible == told.score == 10


def test_a_submission_that_the_api_server_refuses_fails_acceptance_and_reaches_no_other(chain):
    chain.submission("kim", refused="spec.containers[0].image: Required value")
    chain.run().assert_outcomes(failed=1, skipped=4)
    told = chain.result()
    assert told["test_manifest_is_accepted"]["code"] == "refused-by-server"
    assert "Required value" in told["test_manifest_is_accepted"]["why"]
    assert set(told.outcomes().values()) == {"failed", "not reached"}
    assert told.score == 0


def test_a_submission_that_is_no_yaml_fails_acceptance_without_any_call(chain):
    chain.submission("kim")
    chain.file("submissions/kim.yaml", "kind: Pod\n\tname: x\n")
    chain.run().assert_outcomes(failed=1, skipped=4)
    assert chain.result()["test_manifest_is_accepted"]["outcome"] == "failed"
    assert chain.calls("take", "create") == []


def test_a_submission_that_policy_refuses_is_not_sent_at_all(chain):
    chain.submission("kim")
    chain.file("submissions/kim.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n")
    chain.run().assert_outcomes(failed=1, skipped=4)
    assert chain.calls("take", "create") == []


def test_what_needs_a_failed_check_is_not_reached_and_says_which_check_it_needs(chain):
    chain.submission("kim", doomed="image-not-found")
    result = chain.run("-rs")
    result.assert_outcomes(passed=2, failed=1, skipped=2)
    told = chain.result()
    assert told["test_answers"]["because"] == "test_ready"
    assert told["test_answers_well"]["because"] == "test_answers"
    assert told["test_containers"]["outcome"] == "passed"
    result.stdout.fnmatch_lines(["SKIPPED*test_demo.py*not reached: it needs test_ready"])


def test_what_needs_an_error_is_an_error_and_not_the_learners_fault(chain):
    chain.submission("kim", dead="true")
    chain.run().assert_outcomes(passed=1, errors=4)
    told = chain.result()
    assert told["test_answers"]["outcome"] == "error"
    assert told["test_answers"]["because"] == "test_ready"
    assert told.score is None


def test_needing_a_parametrised_check_means_all_its_instances(pack):
    pack.grader("""
        @check("It answers", ko="응답한다", points=1)
        @pytest.mark.parametrize("page", ["hello", "bye"])
        def test_answers(curl, page):
            assert curl("/").body == page

        @check("Both", ko="둘 다", points=1, needs=test_answers)
        def test_both(curl):
            assert curl("/").status == 200
    """)
    pack.submission("kim")
    pack.run().assert_outcomes(passed=2, failed=1, skipped=1)
    assert pack.result()["test_both"]["outcome"] == "not reached"


def test_checks_that_change_things_come_last_but_are_reported_as_defined(pack):
    pack.grader(
        TELLING
        + """
    @check("Crash", ko="중단", points=1, changes=True)
    def test_crash(pod):
        tell("crash")

    @check("Calm", ko="평온", points=1)
    def test_calm(pod):
        tell("calm")

    @check("After", ko="그 뒤", points=1, needs=test_crash)
    def test_after(pod):
        tell("after")

    @check("Calm too", ko="평온 둘", points=1)
    def test_calm_too(pod):
        tell("calm-too")
    """
    )
    pack.submission("kim")
    pack.run().assert_outcomes(passed=5)
    assert asked(pack) == ["calm", "calm-too", "crash", "after"]
    assert list(pack.result().outcomes())[1:] == [
        "test_crash",
        "test_calm",
        "test_after",
        "test_calm_too",
    ]


def test_after_an_error_in_a_changing_check_everything_is_an_error(crashes):
    crashes.submission("kim", dead_exec="true")
    crashes.run().assert_outcomes(passed=2, errors=2)
    assert crashes.result()["test_crash_again"]["because"] == "test_crash"


def test_a_failed_changing_check_does_not_keep_others_from_being_reached(crashes):
    crashes.submission("kim", exit_code="1")
    crashes.run().assert_outcomes(passed=3, failed=1)


@pytest.mark.parametrize("selection", [["-k", "answers and not well"], "by id"])
def test_a_needed_check_that_was_not_selected_is_rehearsed_but_not_reported(chain, selection):
    chain.submission("kim", doomed="crash-loop")
    if selection == "by id":
        selection = ["graders/test_demo.py::test_answers[kim.yaml]"]
    result = chain.run(*selection)
    result.assert_outcomes(skipped=1, deselected=4 if selection[0] == "-k" else 0)
    told = chain.result()
    assert told.outcomes() == {"test_answers": "not reached"}
    assert told["test_answers"]["because"] == "test_ready"
    assert len(chain.calls("wait")) == 1


def test_what_was_not_selected_and_is_not_needed_is_not_rehearsed(chain):
    chain.submission("kim")
    chain.run("-k", "containers").assert_outcomes(passed=1, deselected=4)
    assert chain.calls("curl") == []


def test_a_refused_submission_reaches_no_check_that_was_selected_alone(chain):
    chain.submission("kim", refused="no")
    chain.run("-k", "containers").assert_outcomes(skipped=1, deselected=4)
    assert chain.result()["test_containers"]["because"] == "test_manifest_is_accepted"


@pytest.mark.parametrize("where", ["graders", "graders/test_demo.py"])
def test_last_failed_takes_along_what_depends_on_it(chain, where):
    chain.submission("kim", doomed="crash-loop")
    chain.run(where, cached=True).assert_outcomes(passed=2, failed=1, skipped=2)
    chain.forget()
    chain.submissions.clear()
    chain.submission("kim")
    chain.run("--lf", where, cached=True).assert_outcomes(passed=3)
    assert list(chain.result().outcomes()) == ["test_ready", "test_answers", "test_answers_well"]


def test_x_cancels_what_has_not_begun(chain):
    chain.submission("kim", doomed="crash-loop")
    for number in range(8):
        chain.submission(f"later-{number}", gate="never")
    result = chain.run("-x", "--in-flight=1")
    result.assert_outcomes(passed=1, failed=1)
    assert len(chain.calls("create")) <= 2
    assert chain.calls("close")
    assert chain.results()["kim.yaml"]["test_ready"]["outcome"] == "failed"


def test_maxfail_lets_so_many_fail(chain):
    for number in range(4):
        chain.submission(f"kim-{number}", doomed="crash-loop")
    chain.run("--maxfail=2", "--in-flight=1").assert_outcomes(passed=3, failed=2, skipped=2)


def test_one_slow_submission_delays_nobody(chain):
    """The slow one becomes Ready only when the others were reported."""
    chain.conftest("""
        reported = set()

        def pytest_runtest_logreport(report):
            if report.when == "call" and "test_answers_well" in report.nodeid:
                reported.add(report.nodeid)
                if len(reported) == 3:
                    Path(__file__).with_name("others-are-reported").touch()
    """)
    chain.submission("slow", gate="others-are-reported")
    for name in ("a", "b", "c"):
        chain.submission(name)
    chain.run().assert_outcomes(passed=20)
    assert list(chain.results())[-1] == "slow.yaml"


def test_submissions_are_rehearsed_at_once_up_to_the_bound(chain):
    """All of those in flight wait for a file that only comes when all of them wait."""
    chain.conftest("""
        waiting = set()

        def pytest_podgrade_progress(submission, doing, since):
            if "Ready" in str(doing):
                waiting.add(submission)
                if len(waiting) == 4:
                    Path(__file__).with_name("all-wait").touch()
    """)
    for number in range(4):
        chain.submission(f"kim-{number}", gate="all-wait")
    chain.run("--in-flight=4").assert_outcomes(passed=20)
