"""The walk of docs/authoring.md, from nothing to a proven exercise, as a teacher would type it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/authoring.md"
SECTION = "## From nothing to a proven exercise\n"
FILE = re.compile(r"`([\w./-]+/[\w.-]+)`(?:(?!\n\n).)*?\n\n```\w+\n(.*?)```", re.DOTALL)
COMMANDS = re.compile(r"```console\n(.*?)```", re.DOTALL)


def section() -> str:
    text = DOCUMENT.read_text(encoding="utf-8")
    return text.partition(SECTION)[2].partition("\n## ")[0]


@pytest.fixture(scope="module")
def walked(kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Each command with what it printed, after all files were put where the text says."""
    folder = tmp_path_factory.mktemp("teacher")
    for name, content in FILE.findall(section()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    environment = os.environ | {"KUBECONFIG": str(kubeconfig), "LANG": "C.UTF-8"}
    lines = [line for block in COMMANDS.findall(section()) for line in block.splitlines()]
    return {line.removeprefix("$ "): _printed(line, folder, environment) for line in lines}


def _printed(line: str, folder: Path, environment: dict[str, str]) -> str:
    command = shlex.split(line.removeprefix("$ "))
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_new_exercise_is_listed_and_its_sheet_shown(walked: dict[str, str]) -> None:
    assert "own-page" in walked["podgrade list"]
    assert "A page of your own" in walked["podgrade show own-page"]


def test_the_right_answer_has_all_points(walked: dict[str, str]) -> None:
    (graded,) = (said for command, said in walked.items() if " check " in command)
    assert "10/10" in graded


def test_the_exercise_is_proven_by_its_fixtures(walked: dict[str, str]) -> None:
    assert "4 of 4 fixtures proven" in walked["podgrade verify"]
    assert "do not prove" not in walked["podgrade verify"]
