"""A class in shards on a real cluster: a Pod of theirs is deleted, the command itself is killed."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.cluster.kubectl import Kubectl
from tests.waiting import until

from podgrade.workspace.shards.share import shard_of

FIXTURES = Path(__file__).parents[2] / "fixtures" / "sidecar"
PODGRADE = "from podgrade.cli.main import main; main()"
LEARNERS = {
    "kim": ("reference/pod", "passed"),
    "김민수": ("reference/native", "passed"),
    "lee": ("broken/pod-name", "failed"),
    "park": ("broken/undeclared-volume", "failed"),
}
LIMIT = 240.0  # seconds for what takes 40 on a machine with nothing else to do


@pytest.fixture
def school(tmp_path: Path) -> Path:
    folder = tmp_path / "handed-in"
    for name, (work, _) in LEARNERS.items():
        shutil.copytree(FIXTURES / work, folder / name)
        (folder / name / "expect.yaml").unlink(missing_ok=True)
    assert {shard_of(f"name:{name}", 2) for name in LEARNERS} == {0, 1}
    return folder


def test_a_class_in_shards(school: Path, kubeconfig: Path, kubectl: Kubectl) -> None:
    line = [sys.executable, "-c", PODGRADE, "class", "sidecar", str(school), "--shards", "2"]
    line += ["--kubeconfig", str(kubeconfig), "--output", "grades", "--names"]
    pipe = subprocess.PIPE
    run = subprocess.Popen(line, cwd=school.parent, stdout=pipe, stderr=pipe, text=True)
    try:
        lost = lose_one(kubectl, run)
        _, told = run.communicate(timeout=LIMIT)
    finally:
        run.kill()
        run.wait()

    lines = (school.parent / "grades/journal.jsonl").read_text().splitlines()
    results = {line["learner"]: line["result"]["verdict"] for line in map(json.loads, lines)}
    assert results == {name: verdict for name, (_, verdict) in LEARNERS.items()}, told
    assert len(lines) == len(LEARNERS)
    assert run.returncode == 1
    text = (school.parent / "grades/grades.csv").read_text("utf-8-sig")
    rows = {row[0] for row in csv.reader(io.StringIO(text))}
    assert rows == {"learner", *LEARNERS}
    assert lost.startswith("podgrade-shard-")


def test_what_a_killed_command_left_is_taken_in(
    school: Path, kubeconfig: Path, kubectl: Kubectl
) -> None:
    for name in ("김민수", "lee"):
        shutil.rmtree(school / name)
    line = [sys.executable, "-c", PODGRADE, "class", "sidecar", str(school), "--output", "grades"]
    line += ["--kubeconfig", str(kubeconfig), "--names"]
    sharded = [*line, "--shards", "1", "--in-flight", "2"]
    quiet = subprocess.DEVNULL
    run = subprocess.Popen(sharded, cwd=school.parent, stdout=quiet, stderr=quiet)
    try:
        note = kubectl.until(lambda: read(school.parent / "grades/shards.json"), LIMIT)
        namespace = f"podgrade-{note['run']}-shards"
        kubectl.until(lambda: kubectl("get", "job", "podgrade-shard", namespace=namespace), LIMIT)
    finally:
        run.kill()
        run.wait()
    assert (school.parent / "grades/journal.jsonl").read_text() == ""
    kubectl.until(lambda: finished(kubectl, namespace), LIMIT)

    pipe = subprocess.PIPE
    again = subprocess.run(
        [*line, "--resume"], cwd=school.parent, stderr=pipe, text=True, timeout=LIMIT, check=False
    )
    told = again.stderr
    assert "2 results that shards had left on the cluster were taken in" in told
    assert "0 to be graded" in told
    lines = (school.parent / "grades/journal.jsonl").read_text().splitlines()
    results = {line["learner"]: line["result"]["verdict"] for line in map(json.loads, lines)}
    assert results == {"kim": "passed", "park": "failed"}, told
    assert len(lines) == 2
    assert again.returncode == 1
    assert not (school.parent / "grades/shards.json").exists()
    listed = kubectl("get", "namespace", namespace, "--ignore-not-found", "-o", "json")
    assert not listed or json.loads(listed)["status"]["phase"] == "Terminating"


def read(path: Path) -> Any:
    """What the file says, once it is there."""
    assert path.exists()
    return json.loads(path.read_text())


def finished(kubectl: Kubectl, namespace: str) -> None:
    status = kubectl.get("job", "podgrade-shard", namespace)["status"]
    assert status.get("succeeded") == 1, status


def lose_one(kubectl: Kubectl, run: subprocess.Popen[str]) -> str:
    """Delete the Pod of shard 0 as soon as it has begun; its name."""
    metadata = until(lambda: begun(kubectl), LIMIT, by=run)
    name, namespace = metadata["name"], metadata["namespace"]
    kubectl("delete", "pod", name, "--wait=false", namespace=namespace)
    return str(name)


def begun(kubectl: Kubectl) -> Any:
    """The metadata of shard 0's Pod, once it runs."""
    selector = (
        "batch.kubernetes.io/job-name=podgrade-shard,batch.kubernetes.io/job-completion-index=0"
    )
    listed = kubectl("get", "pods", "-A", "-l", selector, "-o", "json")
    running = (p for p in json.loads(listed)["items"] if p["status"]["phase"] == "Running")
    return next((pod["metadata"] for pod in running), None)
