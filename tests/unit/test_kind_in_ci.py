"""When a CI run proves on a real kind, when it says that it does not, and that nothing is left."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from ci.kind import in_ci
from ci.kind.in_ci import (
    AT_MOST_BUILDING,
    AT_MOST_PROVING,
    ENDING,
    ENOUGH,
    bounded,
    main,
    why_no_docker,
)
from tests.waiting import until

LONG = 3 * 3600.0


@pytest.fixture
def machine(monkeypatch):
    """A machine on which time passes only in what is run; `ran` is that, with its limits."""

    class Machine:
        now = 0.0
        docker = ""
        built = True
        ends: tuple[tuple[float, int | None], ...] = ((300.0, 0), (400.0, 0))
        ran: list[tuple[str, float]]

        def run(self, command, seconds):
            lasts, code = self.ends[len(self.ran) if not self.built else -1]
            self.ran.append((command[3], seconds))
            self.now += min(lasts, seconds + ENDING)
            return None if lasts > seconds else code

    found = Machine()
    found.ran = []
    monkeypatch.setattr(in_ci.time, "monotonic", lambda: found.now)
    monkeypatch.setattr(in_ci, "why_no_docker", lambda: found.docker)
    monkeypatch.setattr(in_ci, "is_built", lambda: found.built)
    monkeypatch.setattr(in_ci, "bounded", found.run)
    return found


def test_two_exercises_are_proven_where_the_node_image_is_there(machine):
    assert main(LONG) == 0
    assert machine.ran == [("sidecar", AT_MOST_PROVING)]


def test_the_node_image_is_built_first_where_it_is_not(machine):
    machine.built = False
    assert main(LONG) == 0
    assert machine.ran == [("--build", AT_MOST_BUILDING), ("sidecar", AT_MOST_PROVING)]


@pytest.mark.parametrize("built", [True, False])
@pytest.mark.parametrize("code", [1, 2, -9])
def test_what_was_begun_and_failed_is_a_failure(machine, built, code):
    machine.built = built
    machine.ends = ((300.0, code),)
    assert main(LONG) == 1
    assert len(machine.ran) == 1


def test_a_proof_that_hangs_is_a_failure(machine, capsys):
    machine.ends = ((LONG, 0),)
    assert main(LONG) == 1
    assert "hung" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("seconds", "docker", "built", "ends", "told"),
    [
        pytest.param(ENOUGH, "", True, (), "17.5 min are needed", id="no time"),
        pytest.param(-600, "", True, (), "0.0 min are left", id="too late"),
        pytest.param(LONG, "run this again as root", True, (), "as root", id="no docker"),
        pytest.param(ENOUGH + ENDING, "", False, (), "no time to build", id="no time to build"),
        pytest.param(LONG, "", False, ((LONG, 0),), "is kept", id="long build"),
        pytest.param(ENOUGH + 200, "", True, ((LONG, 0),), "all the time", id="long proof"),
    ],
)
def test_a_sentence_says_why_nothing_is_proven(machine, capsys, seconds, docker, built, ends, told):
    machine.docker, machine.built, machine.ends = docker, built, ends
    assert main(seconds) == 0
    assert len(machine.ran) == len(ends)
    assert told in capsys.readouterr().out


@pytest.mark.parametrize("built", [True, False])
@pytest.mark.parametrize("building", [100.0, 1000.0, AT_MOST_BUILDING, LONG])
def test_it_ends_in_time_however_long_everything_takes(machine, built, building):
    machine.built = built
    machine.ends = ((building, 0), (LONG, 0))
    for seconds in range(0, 5400, 60):
        machine.now, machine.ran = 0.0, []
        main(seconds)
        assert machine.now <= seconds


def test_docker_that_cannot_be_had_is_told_in_its_last_words(monkeypatch):
    def refuse(command):
        raise RuntimeError(f"{command[0]}: reading lists\nmissing: docker.io\n")

    monkeypatch.setattr(in_ci, "call", refuse)
    assert why_no_docker() == "missing: docker.io"


# What is run with a limit


def test_the_exit_code_is_handed_on():
    assert bounded([sys.executable, "-c", "raise SystemExit(7)"], 60) == 7


@pytest.fixture
def cut_off(monkeypatch, tmp_path):
    """Runs a script of Python's that is cut off as soon as it has made the file `begun`."""
    begun = tmp_path / "begun"

    class Late(subprocess.Popen):
        def wait(self, timeout=None):
            if timeout != LONG:
                return super().wait(timeout)
            until(begun.exists, 300)
            raise subprocess.TimeoutExpired("", timeout)

    def run(script):
        return bounded([sys.executable, "-c", script, str(begun)], LONG)

    monkeypatch.setattr(subprocess, "Popen", Late)
    return run


def test_of_what_is_cut_off_nothing_is_left(cut_off, tmp_path):
    script = """
import pathlib, subprocess, sys, tempfile
started = subprocess.Popen(["sleep", "600"])
begun = pathlib.Path(sys.argv[1])
begun.with_suffix(".new").write_text(f"{started.pid} {tempfile.mkdtemp()}")
begun.with_suffix(".new").rename(begun)
started.wait()
"""
    assert cut_off(script) is None
    pid, folder = (tmp_path / "begun").read_text().split()
    assert not Path(folder).parent.exists()
    until(lambda: _gone(int(pid)))


def test_what_is_cut_off_may_put_its_things_in_order(cut_off, tmp_path):
    script = """
import pathlib, signal, sys, time
def stop(*_): raise SystemExit(143)
signal.signal(signal.SIGTERM, stop)
try:
    pathlib.Path(sys.argv[1]).touch()
    time.sleep(600)
finally:
    pathlib.Path(sys.argv[1]).rename(pathlib.Path(sys.argv[1]).with_name("in order"))
"""
    assert cut_off(script) is None
    assert [path.name for path in tmp_path.iterdir()] == ["in order"]


def test_what_does_not_end_when_asked_is_killed(cut_off, monkeypatch):
    monkeypatch.setattr(in_ci, "ENDING", 0.2)
    script = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
time.sleep(600)
"""
    assert cut_off(script) is None


def _gone(pid: int) -> bool:
    """True once the process has ended; its new parent may not have reaped it yet."""
    try:
        return ") Z " in Path("/proc", str(pid), "stat").read_text("utf-8")
    except OSError:
        return True
