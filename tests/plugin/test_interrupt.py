"""Ctrl-C, SIGTERM, SIGHUP: what is known is told, things are cleaned up, the process is gone."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest
from tests.waiting import until

pytest_plugins = "pytester"

CHECKS = """
    @check("It has a container", ko="컨테이너가 있다", points=1)
    def test_containers(pod):
        assert pod.containers == {"app"}

    @check("It is Ready", ko="준비되었다", points=2)
    def test_ready(pod):
        assert pod.ready == "1/1"

    @check("It answers", ko="응답한다", points=3, needs=test_ready)
    def test_answers(curl):
        assert curl("/").status == 200
"""


SOON = 20  # seconds: five for cleaning up, the rest for a busy machine; what is awaited never comes
# Whoever runs these tests in the background may have had signals ignored, which is inherited.
PYTEST = """
import signal, sys, pytest
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
sys.path.insert(0, "")
sys.exit(pytest.main(sys.argv[1:]))
"""


class Running:
    """A pytest run in a process of its own, to be interrupted."""

    def __init__(self, pack, *arguments):
        self.pack = pack
        words = ["--disable-plugin-autoload", "-p", "podgrade.plugin", "-p", "no:cacheprovider"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", PYTEST, *words, *pack.named(), *arguments],
            cwd=pack.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def waits_for_ready(self, count=1):
        """True once so many submissions wait for something that never comes."""
        calls = self.pack.calls("wait")
        return sum(1 for call in calls if call["goal"] == "ready") >= count

    def interrupt(self, number):
        """Send the signal; the seconds until the process is gone, and what it said."""
        began = time.monotonic()
        self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=30)
        return time.monotonic() - began, said


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def number(request):
    return request.param


def test_the_process_is_gone_soon_and_what_is_known_is_told(pack, number):
    pack.grader(CHECKS)
    pack.submission("done")
    pack.submission("half", gate="never")
    run = Running(pack, "--junitxml=report.xml")
    until(lambda: run.waits_for_ready(2) and "done.yaml" in pack.results(), by=run.process)
    seconds, said = run.interrupt(number)
    assert seconds < SOON
    assert run.process.returncode == pytest.ExitCode.INTERRUPTED
    assert pack.results()["done.yaml"].score == 6
    half = pack.results()["half.yaml"]
    assert half.outcomes() == {"test_manifest_is_accepted": "passed", "test_containers": "passed"}
    assert half.notes == ["the run was ended early: 2 checks have no verdict"]
    assert "6 passed" in said
    assert "demo done.yaml: 6/6" in said
    assert "demo half.yaml: -/1" in said
    assert "test_containers[half.yaml]" in (pack.root / "report.xml").read_text()
    assert [call["call"] for call in pack.calls("close", "release")].count("release") == 2
    assert pack.calls()[-1]["call"] == "close"


def test_the_same_while_a_check_is_replayed(pack, number):
    pack.conftest("""
        import time

        import pytest

        @pytest.fixture(autouse=True)
        def slow(request):
            if "test_containers" in request.node.name:
                Path("replayed").touch()
                time.sleep(60)
            yield
    """)
    pack.grader(CHECKS)
    pack.submission("kim")
    run = Running(pack)
    until((pack.root / "replayed").exists, by=run.process)
    seconds, _ = run.interrupt(number)
    assert seconds < SOON
    assert set(pack.result().outcomes().values()) == {"passed"}
    assert pack.result().score == 6


def test_rehearsal_threads_that_hang_do_not_hold_the_process(pack, number):
    """A check that never comes back (no probe would do that) is left behind."""
    pack.grader("""
        import threading

        @check("It hangs", ko="멈춘다", points=1)
        def test_hangs(pod):
            assert pod.ready
            open("hangs", "w").close()
            threading.Event().wait()
    """)
    pack.submission("kim")
    run = Running(pack)
    until((pack.root / "hangs").exists, by=run.process)
    seconds, _ = run.interrupt(number)
    assert seconds < SOON


def test_what_has_not_begun_is_not_begun(pack, number):
    pack.grader(CHECKS)
    for name in range(6):
        pack.submission(f"kim-{name}", gate="never")
    run = Running(pack, "--in-flight=2")
    until(lambda: run.waits_for_ready(2), by=run.process)
    run.interrupt(number)
    assert len(pack.calls("create")) == 2


def test_a_workspace_that_is_to_be_kept_is_kept(pack):
    pack.grader(CHECKS)
    pack.submission("kim")
    result = pack.run("--keep")
    result.assert_outcomes(passed=4)
    assert pack.calls("release") == []
    assert pack.result().kept == pack.calls("create")[0]["namespace"]
    result.stdout.fnmatch_lines([f"*kubectl get pods -n {pack.result().kept}"])
