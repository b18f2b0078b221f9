"""The wheel is the whole product: exercises, graders and the node, without the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.dockerfile import SHARDS, copy

ROOT = Path(__file__).resolve().parents[2]
RIGHT = ROOT / "fixtures/sidecar/reference/pod/pod.yaml"


def _run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        check=True,
        capture_output=True,
        text=True,
        timeout=600,
    )
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made of what the Dockerfile of the shards' image copies, and of nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    source = copy(SHARDS, tmp_path_factory.mktemp("source"))
    _run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, source, cwd=folder)
    return next(folder.glob("podgrade-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `podgrade` of a fresh environment that has the wheel."""
    folder = tmp_path_factory.mktemp("environment")
    _run(sys.executable, "-m", "venv", folder, cwd=folder)
    constraints = ROOT / "ci/constraints.txt"
    _run(folder / "bin/pip", "install", "-q", "-c", constraints, wheel, cwd=folder)
    return folder / "bin/podgrade"


def test_the_wheel_holds_exercises_graders_and_the_node_but_no_fixtures(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "podgrade/bundle/exercises/sidecar/exercise.yaml" in names
    assert "podgrade/bundle/graders/test_sidecar.py" in names
    assert "podgrade/bundle/node/go.mod" in names
    assert "podgrade/reports/page/sheet.html.j2" in names
    assert "podgrade/reports/anatomy/anatomy.css" in names
    assert not [name for name in names if "fixtures" in name]


def test_the_installed_command_grades_a_manifest_from_any_folder(
    installed: Path, kubeconfig: Path, tmp_path: Path
) -> None:
    out = _run(
        installed,
        "check",
        "sidecar",
        RIGHT,
        "--kubeconfig",
        kubeconfig,
        "--format",
        "json",
        cwd=tmp_path,
        env={name: os.environ[name] for name in ("PATH", "HOME")},
    )
    result = json.loads(out)
    assert [check["passed"] for check in result["results"]] == [True] * len(result["results"])


def test_the_installed_package_is_what_a_shard_runs(installed: Path, tmp_path: Path) -> None:
    python = installed.with_name("python3")
    out = _run(python, "-m", "podgrade.cli.shard", "--help", cwd=tmp_path)
    assert "--run" in out
