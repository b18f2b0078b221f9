"""What a check may ask for: probes, parametrised values, and words of the pack's own."""

from __future__ import annotations

import pytest

pytest_plugins = "pytester"


def test_an_unknown_argument_is_a_collection_error_that_names_the_cure(pack):
    pack.grader("""
        @check("It answers", ko="응답한다", points=1)
        def test_answers(pod, curll):
            pass
    """)
    pack.submission("kim")
    result = pack.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        ["*test_demo.py::test_answers*the argument 'curll' is no probe*@podgrade.probe"]
    )
    assert pack.calls() == []


@pytest.mark.parametrize("name", ["tmp_path", "request", "submission", "monkeypatch"])
def test_other_plugins_fixtures_are_no_words_of_a_check(pack, name):
    """They exist in the replay only: the rehearsal could not have them."""
    pack.grader(f"""
        @check("It answers", ko="응답한다", points=1)
        def test_answers({name}):
            pass
    """)
    pack.submission("kim")
    pack.run().stdout.fnmatch_lines([f"*the argument '{name}' is no probe*"])


def test_checks_are_no_methods_of_a_class(pack):
    pack.grader("""
        class TestAll:
            @check("It answers", ko="응답한다", points=1)
            def test_answers(self, curl):
                pass
    """)
    pack.submission("kim")
    result = pack.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*checks are functions, test_answers is in a class*"])


def test_a_need_that_is_no_check_is_an_error_where_it_is_written(pack):
    pack.grader("""
        def helper():
            pass

        @check("It answers", ko="응답한다", points=1, needs=helper)
        def test_answers(curl):
            pass
    """)
    pack.run().stdout.fnmatch_lines(["*test_answers needs * which is not a check"])


WORD = """
    import podgrade

    @podgrade.probe
    def status_of(curl):
        return lambda path: curl(path).status

    @podgrade.probe
    def home(status_of):
        return status_of("/")
"""

USING_WORDS = """
    @check("It answers", ko="응답한다", points=1)
    def test_answers(status_of):
        assert status_of("/a") == 200

    @check("It has a home", ko="첫 화면이 있다", points=1)
    def test_home(home, status_of):
        assert home == 200
        assert status_of("/b") == 200
"""


def test_a_pack_adds_words_made_of_other_probes(pack):
    pack.conftest(WORD)
    pack.grader(USING_WORDS)
    pack.submission("kim")
    pack.run().assert_outcomes(passed=3)
    urls = [call["url"].partition("/")[2].rpartition("/")[2] for call in pack.calls("curl")]
    assert urls == ["a", "", "b"]


def test_a_word_that_asks_is_asked_once_for_each_check(pack):
    pack.conftest(
        WORD
        + """
    @podgrade.probe
    def twice(home):
        return home + home
    """
    )
    pack.grader("""
        @check("It has a home", ko="첫 화면이 있다", points=1)
        def test_home(twice, home):
            assert twice == 400 and home == 200
    """)
    pack.submission("kim")
    pack.run().assert_outcomes(passed=2)
    assert len(pack.calls("curl")) == 1


def test_a_word_that_fails_fails_the_check(pack):
    pack.conftest("""
        import podgrade

        @podgrade.probe
        def sidecar_log(logs):
            return logs("sidecar")
    """)
    pack.grader("""
        @check("It logs", ko="기록한다", points=1)
        def test_logs(sidecar_log):
            assert sidecar_log

        @check("It is there", ko="있다", points=1)
        def test_there(pod):
            assert pod.containers == {"app"}
    """)
    pack.submission("kim")
    pack.run().assert_outcomes(passed=2, failed=1)
    assert pack.result()["test_logs"]["code"] == "container-missing"


def test_an_assert_in_a_word_fails_the_check(pack):
    pack.conftest("""
        import podgrade

        @podgrade.probe
        def ready_pod(pod):
            assert pod.ready == "1/1"
            return pod
    """)
    pack.grader("""
        @check("It is there", ko="있다", points=1)
        def test_there(ready_pod):
            assert ready_pod.containers == {"app"}
    """)
    pack.submission("kim", doomed="crash-loop")
    pack.run().assert_outcomes(passed=1, failed=1)
    assert pack.result()["test_there"]["code"] == "crash-loop"


def test_a_word_may_override_a_probe_and_use_it(pack):
    """As fixtures do: the nearest conftest.py wins, and its own name means the one above."""
    pack.conftest("""
        import podgrade

        @podgrade.probe
        def curl(curl):
            return lambda path: curl("/v1" + path)
    """)
    pack.file(
        "graders/conftest.py",
        """
import podgrade

@podgrade.probe
def curl(curl):
    return lambda path: curl("/near" + path)
""",
    )
    pack.grader("""
        @check("It answers", ko="응답한다", points=1)
        def test_answers(curl):
            assert curl("/").status == 200
    """)
    pack.submission("kim")
    pack.run().assert_outcomes(passed=2)
    assert pack.calls("curl")[0]["url"].endswith("/v1/near/")


def test_a_word_made_of_something_else_is_a_collection_error(pack):
    pack.conftest("""
        import podgrade

        @podgrade.probe
        def scratch(tmp_path):
            return tmp_path
    """)
    pack.grader("""
        @check("It answers", ko="응답한다", points=1)
        def test_answers(scratch):
            pass
    """)
    pack.submission("kim")
    pack.run().stdout.fnmatch_lines(["*the argument 'scratch' is no probe*"])


def test_a_word_has_no_yield():
    import podgrade

    def word(pod):
        yield pod

    with pytest.raises(ValueError, match="has no yield"):
        podgrade.probe(word)


def test_a_fixture_with_params_is_a_collection_error(pack):
    pack.conftest("""
        import pytest

        @pytest.fixture(autouse=True, params=[1, 2])
        def twice(request):
            pass
    """)
    pack.grader("""
        @check("It answers", ko="응답한다", points=1)
        def test_answers(curl):
            pass
    """)
    pack.submission("kim")
    pack.run().stdout.fnmatch_lines(["*the fixture 'twice' has params*"])


def test_a_parametrised_value_goes_to_the_check_itself(pack):
    pack.grader("""
        @check("It answers", ko="응답한다", points=1)
        @pytest.mark.parametrize("curl", ["/a"], indirect=True)
        def test_answers(curl):
            pass
    """)
    pack.submission("kim")
    pack.run().stdout.fnmatch_lines(["*the argument 'curl' is no probe and no parametrised value*"])


def test_autouse_fixtures_run_around_the_replay_only(pack):
    pack.conftest("""
        import threading

        import pytest

        @pytest.fixture(autouse=True)
        def around():
            with Path("around").open("a") as stream:
                stream.write(threading.current_thread().name + "\\n")
            yield
    """)
    pack.grader("""
        @check("It answers", ko="응답한다", points=1)
        def test_answers(curl):
            assert curl("/").status == 200
    """)
    pack.submission("kim")
    pack.run().assert_outcomes(passed=2)
    assert (pack.root / "around").read_text().split() == ["MainThread"] * 2


def test_fixtures_of_a_session_and_of_a_module_are_set_up_once(pack):
    pack.conftest("""
        import pytest

        def note(what):
            with Path("noted").open("a") as stream:
                stream.write(what + "\\n")

        @pytest.fixture(scope="session", autouse=True)
        def of_session():
            note("session")
            yield
            note("session ends")

        @pytest.fixture(scope="module", autouse=True)
        def of_module(request):
            note(request.path.stem)
            yield
            note(request.path.stem + " ends")
    """)
    check = """
        @check("It answers", ko="응답한다", points=1)
        def test_answers(curl):
            assert curl("/").status == 200

        def test_ordinary():
            pass
    """
    pack.grader(check, slug="first")
    pack.grader(check, slug="second")
    pack.file("test_ordinary.py", "def test_one():\n    pass\n\ndef test_two():\n    pass\n")
    for name in ("kim", "lee", "park"):
        pack.submission(name)
    pack.run().assert_outcomes(passed=2 * 7 + 2)
    assert (pack.root / "noted").read_text().splitlines() == [
        "session",
        "test_first",
        "test_first ends",
        "test_second",
        "test_second ends",
        "test_ordinary",
        "test_ordinary ends",
        "session ends",
    ]


def test_ordinary_tests_run_as_ever_between_checks(pack):
    pack.grader("""
        def test_before(tmp_path):
            assert tmp_path.exists()

        @check("It answers", ko="응답한다", points=1)
        def test_answers(curl):
            assert curl("/").status == 200

        @pytest.mark.parametrize("number", [1, 2])
        def test_after(number):
            assert number == 1
    """)
    pack.submission("kim")
    pack.run().assert_outcomes(passed=4, failed=1)
    assert "test_after" not in str(pack.result().outcomes())


def test_a_probe_outside_of_checks_says_where_it_belongs(pack):
    pack.grader("""
        @check("It answers", ko="응답한다", points=1)
        def test_answers(curl):
            assert curl("/").status == 200

        def test_ordinary(curl):
            pass
    """)
    pack.submission("kim")
    result = pack.run()
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*the probe `curl` can only be used in a check*"])


def test_checks_can_be_selected_by_their_marker(pack):
    pack.grader("""
        @check("It answers", ko="응답한다", points=1)
        def test_answers(curl):
            assert curl("/").status == 200

        def test_ordinary():
            pass
    """)
    pack.submission("kim")
    pack.run("-m", "podgrade", "--strict-markers").assert_outcomes(passed=2, deselected=1)


@pytest.mark.parametrize("capture", ["fd", "sys", "tee-sys", "no"])
def test_what_a_rehearsal_prints_is_dropped_and_what_the_replay_prints_is_captured(pack, capture):
    pack.conftest("""
        import pytest

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_logfinish(nodeid):
            Path("reported").touch()
    """)
    pack.grader("""
        import logging, sys, threading, time
        from pathlib import Path

        def chatter():
            # Also between the items of others: until one was reported.
            end = time.monotonic() + 10
            while not Path("reported").exists() and time.monotonic() < end:
                print("REHEARSED")
                sys.stderr.writelines(["REHEARSED"])
                logging.getLogger().warning("REHEARSED")
                time.sleep(0.001)

        @check("It prints", ko="출력한다", points=1)
        def test_prints(pod):
            if threading.current_thread() is not threading.main_thread():
                chatter()
            print("PRINTED by", pod.ready)
            logging.getLogger("grader").warning("LOGGED")
            assert pod.ready == "2/2"
    """)
    pack.submission("early")
    pack.file("submissions/early.yaml", "not: kubernetes")
    pack.submission("kim")
    result = pack.run(f"--capture={capture}", "-o", "log_cli=true", process=True)
    text = result.stdout.str() + result.stderr.str()
    result.assert_outcomes(passed=1, failed=2, skipped=1)
    assert "REHEARSED" not in text
    assert "PRINTED by 1/1" in text
    assert "LOGGED" in text


def test_breakpoints_stop_in_the_replay_only(pack):
    pack.grader("""
        @check("It stops", ko="멈춘다", points=1)
        def test_stops(pod):
            breakpoint()
            assert pod.ready == "1/1"
    """)
    pack.conftest("""
        import sys, threading

        def hook(*args, **more):
            with Path("stopped").open("a") as stream:
                stream.write(threading.current_thread().name + "\\n")

        def pytest_collection_finish(session):
            sys.breakpointhook = hook
    """)
    pack.submission("kim")
    pack.run(process=True).assert_outcomes(passed=2)
    assert (pack.root / "stopped").read_text().split() == ["MainThread"]
