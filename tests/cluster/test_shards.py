"""A class in two shards on a real cluster, one of whose Pods is deleted in the middle."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.cluster.kubectl import Kubectl

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


def lose_one(kubectl: Kubectl, run: subprocess.Popen[str]) -> str:
    """Delete the Pod of shard 0 as soon as it has begun; its name."""
    end = time.monotonic() + LIMIT
    selector = (
        "batch.kubernetes.io/job-name=podgrade-shard,batch.kubernetes.io/job-completion-index=0"
    )
    while time.monotonic() < end and run.poll() is None:
        listed = kubectl("get", "pods", "-A", "-l", selector, "-o", "json")
        for pod in json.loads(listed)["items"]:
            if pod["status"]["phase"] == "Running":
                metadata = pod["metadata"]
                name, namespace = metadata["name"], metadata["namespace"]
                kubectl("delete", "pod", name, "--wait=false", namespace=namespace)
                return str(name)
        time.sleep(0.2)
    raise AssertionError(f"no Pod of the shard came: {run.poll()}")
