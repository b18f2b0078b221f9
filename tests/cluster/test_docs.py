"""The commands that the documents show, typed into a fresh folder as they stand there.

That they exist, with all their options, is seen without a cluster (tests/unit/test_docs.py);
docs/authoring.md has a walk of its own (test_authoring.py).
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.commands import DOCUMENTS, ROOT, blocks, commands, words

# What is not typed here, by how it begins, and why.
NOT_HERE = {
    "podgrade check sidecar --live": "grades what somebody has applied; tests/cluster/test_live.py",
    "podgrade class sidecar handed-in/ --shards": "tests/cluster/test_shards.py",
    "podgrade clean": "would look for what other tests leave; tests/cluster/test_sweep.py",
    "podgrade cluster": "brings down what all tests here use; tests/cluster/test_node_life.py",
    "podgrade doctor": "tests/cluster/test_doctor.py",
    "podgrade exam": "is a walk of its own, with a clock; tests/unit/test_exam.py",
    "podgrade verify": "./ci/test proves the pack; docs/authoring.md's walk types it",
    "podgrade watch": "goes on until Ctrl-C; tests/unit/test_watch_command.py",
}
# Words that stand for something else.
PLACEHOLDERS = ("…", "SLUG", "FILE", "FOLDER", "my-web", "own-page", "podgrade.io")
# Says that this is not the whole command: options follow in the text.
PARTS = {
    f"podgrade {name}"
    for name in ("check", "class", "explain", "report", "regrade", "show", "start")
}

POD = ROOT / "fixtures/sidecar/reference/pod/pod.yaml"
MISTAKE = ROOT / "fixtures/sidecar/broken/command-one-word/pod.yaml"
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: nginx}
spec: {selector: {app: nginx}, ports: [{port: 80}]}
"""


def shown() -> list[str]:
    """Every command once, in the order of the documents; README is read first."""
    found = (
        command
        for document in sorted(DOCUMENTS, key=lambda path: (path.parent != ROOT, path.name))
        if document.name != "authoring.md"
        for command in commands(document)
    )
    typed = (" ".join(words(command)) for command in found if command.startswith("podgrade "))
    return [command for command in dict.fromkeys(typed) if can_be_typed(command)]


def can_be_typed(command: str) -> bool:
    """True for a whole command that may run here."""
    partial = command in PARTS or any(word in command for word in PLACEHOLDERS)
    return not partial and not command.startswith(tuple(NOT_HERE))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A learner's folder with a teacher's beside it, as the documents speak of them."""
    folder = tmp_path_factory.mktemp("reader")
    shutil.copy(MISTAKE, folder / "pod.yaml")
    (folder / "service.yaml").write_text(SERVICE, encoding="utf-8")
    (folder / "handed-in").mkdir()
    shutil.copy(POD, folder / "handed-in" / "lee.yaml")
    shutil.copy(MISTAKE, folder / "handed-in" / "kim.yaml")
    shutil.make_archive(str(folder / "submissions"), "zip", folder / "handed-in")
    a_course(folder)
    corrections = "learner,check,points,why\nkim,test_ready,2,the registry was down\n"
    (folder / "corrections.csv").write_text(corrections, encoding="utf-8")
    return folder


def a_course(folder: Path) -> None:
    """What docs/teachers.md has as course.yaml, and the folder and the archive that it names."""
    document = ROOT / "docs" / "teachers.md"
    (course,) = (body for _, body in blocks(document) if body.startswith("# course.yaml"))
    (folder / "course.yaml").write_text(course, encoding="utf-8")
    shutil.copytree(folder / "handed-in", folder / "week-1")
    shutil.copytree(ROOT / "fixtures/init-wait/broken/image-typo", folder / "second" / "lee")
    shutil.make_archive(str(folder / "downloads" / "week-2"), "zip", folder / "second")


@pytest.fixture(scope="module")
def environment(kubeconfig: Path, folder: Path) -> dict[str, str]:
    state = {"XDG_STATE_HOME": str(folder / "state"), "LANG": "C.UTF-8"}
    return os.environ | state | {"KUBECONFIG": str(kubeconfig)}


@pytest.mark.parametrize("command", shown())
def test_a_command_of_the_documents(
    command: str, folder: Path, environment: dict[str, str]
) -> None:
    if command == "podgrade check sidecar sidecar.yaml":
        shutil.copy(POD, folder / "sidecar.yaml")  # what is edited in between
    if command == "podgrade class sidecar handed-in/" or "submissions.zip" in command:
        shutil.rmtree(folder / "sidecar-grades", ignore_errors=True)
    done = subprocess.run(
        words(command), cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )

    assert done.returncode in expected(command), f"{done.stdout}\n{done.stderr}"
    if command == "podgrade check sidecar sidecar.yaml":
        assert "10/10" in done.stdout
    for name in written(command):
        assert list(folder.glob(f"{Path(name).stem}*")), name


def expected(command: str) -> set[int]:
    """0, and 1 where the mistake is graded, too: somebody has not full marks."""
    graded = command.startswith(("podgrade class", "podgrade regrade"))
    return {1} if graded or "pod.yaml" in command else {0}


def written(command: str) -> list[str]:
    """The files that a command is to write."""
    said = words(command)
    return [after for before, after in itertools.pairwise(said) if before == "--output"]


def test_there_is_something_to_type() -> None:
    assert len(shown()) > 10
    assert "podgrade check sidecar sidecar.yaml" in shown()
