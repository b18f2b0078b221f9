"""A class of the exercise `sidecar` on a real cluster: the same verdicts as the fixtures prove."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures" / "sidecar"
PODGRADE = "from podgrade.cli.main import main; main()"

FULL = {"김민수": "pod", "lee": "native", "park": "deployment", "choi": "json"}
MISTAKEN = {"jung": "pod-name", "han": "image-typo", "yoon": "undeclared-volume"}


@pytest.fixture
def school(tmp_path):
    """A folder of every kind: Moodle's folders, an archive, the same work twice, a letter."""
    folder = tmp_path / "handed-in"
    for number, (name, form) in enumerate(FULL.items()):
        target = folder / f"{name}_{number}_assignsubmission_file_"
        shutil.copytree(FIXTURES / "reference" / form, target)
    for number, (name, mistake) in enumerate(MISTAKEN.items(), start=len(FULL)):
        target = folder / f"{name}_{number}_assignsubmission_file_" / "answer.zip"
        target.parent.mkdir()
        target.write_bytes(packed(FIXTURES / "broken" / mistake))
    shutil.copytree(FIXTURES / "reference/pod", folder / "kang_20_assignsubmission_file_")
    letter = folder / "seo_21_assignsubmission_file_"
    letter.mkdir()
    (letter / "letter.docx").write_bytes(b"dear teacher")
    return folder


def packed(folder: Path) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*.yaml")):
            if path.name != "expect.yaml":
                archive.write(path, path.name)
    return stream.getvalue()


def test_a_class_on_a_cluster(school, kubeconfig):
    line = [sys.executable, "-c", PODGRADE, "class", "sidecar", str(school)]
    line += ["--kubeconfig", str(kubeconfig), "--output", "grades", "--names"]
    done = subprocess.run(line, cwd=school.parent, capture_output=True, text=True, timeout=300)

    assert done.returncode == 1, done.stderr
    text = (school.parent / "grades/grades.csv").read_text("utf-8-sig")
    rows = {row[0]: row for row in csv.reader(io.StringIO(text))}
    lines = (school.parent / "grades/journal.jsonl").read_text().splitlines()
    results = {line["learner"]: line["result"] for line in map(json.loads, lines)}
    assert len(lines) == len(results) == len(FULL) + len(MISTAKEN) + 2
    for name in (*FULL, "kang"):
        assert (results[name]["verdict"], results[name]["score"]) == ("passed", 10), done.stderr
    for name in (*MISTAKEN, "seo"):
        assert results[name]["verdict"] == "failed", done.stderr
    assert "kang" in rows["김민수"]
    assert sorted(rows) == sorted([*results, "learner"])
    assert len(list((school.parent / "grades/pages").glob("*.html"))) == len(results)
