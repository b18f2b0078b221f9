"""What shells are told when a word is completed."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from podgrade.cli.complete import known
from podgrade.cli.completion import SHELLS, VARIABLE
from podgrade.cli.main import COMMANDS, main


@pytest.fixture
def completed(tmp_path, monkeypatch):
    """The words that zsh is offered for the last one of a line, with what each is for."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def complete(line, **more):
        words = line.split(" ")
        env = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1), **more}
        answer = CliRunner().invoke(
            main, [], env={VARIABLE: "zsh_complete", **env}, prog_name="podgrade"
        )
        assert answer.exit_code == 0, answer.output
        lines = iter(answer.stdout.splitlines())
        return {word: (kind, told) for kind, word, told in zip(lines, lines, lines, strict=True)}

    return complete


def test_commands_with_what_they_are_for(completed):
    assert list(completed("podgrade ")) == list(COMMANDS)
    assert completed("podgrade sta", LC_ALL="ko_KR.UTF-8")["start"][1].startswith("실습 안내문과")
    assert "--version" in completed("podgrade --")


@pytest.mark.parametrize(
    "line",
    [
        "show si",
        "start si",
        "explain si",
        "verify --exercise si",
        "watch si",
        "check si",
        "check --keep si",
    ],
)
def test_exercises(completed, line):
    offered = completed(f"podgrade {line}")

    assert [word for word, (kind, _) in offered.items() if kind == "plain"] == [
        slug for slug in known() if slug.startswith("si")
    ]
    assert "sidecar" in offered


def test_after_the_exercise_come_files(completed):
    assert completed("podgrade check sidecar s") == {"s": ("file", "_")}


def test_options_and_their_values(completed):
    assert completed("podgrade check --jun")["--junitxml"][1].startswith("The same as")
    assert {"json", "junit"} <= {*completed("podgrade check --format j")}
    assert "--name" in completed("podgrade cluster up --")
    assert "down" in completed("podgrade cluster d")


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_has_its_script(shell):
    answer = CliRunner().invoke(main, ["completion", shell])

    assert answer.exit_code == 0
    assert f"{VARIABLE}={shell}_complete" in answer.stdout
    assert "podgrade" in answer.stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_bash_itself_completes(tmp_path):
    program = tmp_path / "podgrade"
    run = "from podgrade.cli.main import main; main(prog_name='podgrade')"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{run}" "$@"\n')
    program.chmod(0o755)
    # What bash does at the Tab key: the words of the line and the place, then the function.
    script = """
        eval "$(podgrade completion bash)"
        COMP_WORDS=(podgrade check shared-v) COMP_CWORD=2
        _podgrade_completion podgrade
        echo "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.stdout.split() == ["shared-volume"], done.stderr
