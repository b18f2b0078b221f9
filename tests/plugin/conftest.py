"""Small packs in a folder of their own, graded on a fake cluster."""

from __future__ import annotations

import json
import shutil
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

# Imported here, once: an inner run in this process would drop again what it imports first.
import podgrade.cluster.connection
import podgrade.grading.run
import podgrade.grading.session

CONFTEST = """
import json
from pathlib import Path

import fake_cluster

fake_cluster.install()


def pytest_podgrade_result(result):
    verdicts = [
        {
            "id": v.id,
            "outcome": str(v.outcome),
            "points": v.points,
            "because": v.because,
            "seconds": v.seconds,
            "code": v.reason and v.reason.code,
            "expected": v.reason and v.reason.expected and str(v.reason.expected),
            "seen": v.reason and v.reason.seen and str(v.reason.seen),
            "why": v.reason and v.reason.why and str(v.reason.why),
            "evidence": [e.question for e in v.evidence],
        }
        for v in result.verdicts
    ]
    told = {
        "exercise": result.exercise,
        "submission": result.submission,
        "verdicts": verdicts,
        "notes": [str(note) for note in result.notes],
        "score": result.score,
        "possible": result.possible,
        "kept": result.kept,
    }
    with Path(__file__).with_name("results.jsonl").open("a") as stream:
        stream.write(json.dumps(told) + "\\n")


def pytest_podgrade_trouble(error):
    Path(__file__).with_name("trouble").write_text(str(error.words))
"""

READY = """
    @check("It is Ready", ko="준비되었다", points=2)
    def test_ready(pod):
        assert pod.ready == "1/1"
"""
CHECKS = f"""{READY}
    @check("It answers", ko="응답한다", points=3, needs=test_ready)
    def test_answers(curl):
        assert curl("/").body == "hello"
"""

EXERCISE = """
title: {en: Demo, ko: 시험}
goal: {en: To try, ko: 해 보기}
target: {name: web, kinds: [Pod, Deployment, Job]}
limits: {start: 20, answer: 0.3}
"""


@dataclass(frozen=True)
class Told:
    """A result as the hook was given it."""

    exercise: str
    submission: str
    verdicts: list[dict[str, Any]]
    notes: list[str]
    score: float | None
    possible: float
    kept: str | None

    def outcomes(self) -> dict[str, str]:
        """Each check's verdict."""
        return {verdict["id"]: verdict["outcome"] for verdict in self.verdicts}

    def __getitem__(self, check: str) -> dict[str, Any]:
        return next(verdict for verdict in self.verdicts if verdict["id"] == check)


class Pack:
    """A pack in a pytester folder: graders, exercises, submissions, and how they are graded."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.root = pytester.path
        self.submissions: list[Path] = []
        shutil.copy(Path(__file__).with_name("fake_cluster.py"), self.root)
        self.conftest("")

    def conftest(self, more: str) -> None:
        """The pack's conftest.py: the fake cluster, and more."""
        (self.root / "conftest.py").write_text(CONFTEST + textwrap.dedent(more), encoding="utf-8")

    def grader(self, source: str, slug: str = "demo", exercise: str = EXERCISE) -> Path:
        """An exercise and its grader."""
        head = "import podgrade, pytest\nfrom podgrade import check\n"
        path = self.file(f"graders/test_{slug}.py", head + textwrap.dedent(source))
        self.file(f"exercises/{slug}/exercise.yaml", exercise)
        return path

    def file(self, name: str, text: str) -> Path:
        """Any file of the folder."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def submission(self, name: str = "kim", *, suffix: str = ".yaml", **script: str) -> str:
        """One learner's file, graded by `run`; the script is the fake cluster's (see there)."""
        path = self.file(f"submissions/{name}{suffix}", self.manifest(name, **script))
        self.submissions.append(path)
        return f"{name}{suffix}"

    def named(self) -> list[str]:
        """The options that name all submissions."""
        return [word for path in self.submissions for word in ("--submission", str(path))]

    def run(self, *arguments: str, process: bool = False, cached: bool = False) -> pytest.RunResult:
        """Grade all submissions with every grader, in this process or in one of its own.

        Only with podgrade's plugin and those named: others take seconds to be imported.
        """
        words = ["--disable-plugin-autoload", "-p", "podgrade.plugin", *self.named()]
        if not cached:
            words += ["-p", "no:cacheprovider"]
        if process:
            return self.pytester.runpytest_subprocess(*words, *arguments, timeout=60)
        return self.pytester.runpytest_inprocess(*words, *arguments)

    def calls(self, *names: str) -> list[dict[str, Any]]:
        """What the API server would have been asked, of these names or all."""
        lines = self._lines("calls.jsonl")
        return [line for line in lines if not names or line["call"] in names]

    def results(self) -> dict[str, Told]:
        """The results by submission, in the order in which the hook was given them."""
        told = [Told(**line) for line in self._lines("results.jsonl")]
        assert len({(one.exercise, one.submission) for one in told}) == len(told), "told twice"
        return {one.submission: one for one in told}

    def result(self) -> Told:
        """The only result."""
        (told,) = self.results().values()
        return told

    def forget(self) -> None:
        """Start counting calls and results anew."""
        for name in ("calls.jsonl", "results.jsonl"):
            (self.root / name).unlink(missing_ok=True)

    @staticmethod
    def manifest(learner: str, **script: str) -> str:
        """A Pod named web; the fake cluster reads from its annotations what becomes of it."""
        notes = {f"fake/{key.replace('_', '-')}": value for key, value in script.items()}
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "web", "annotations": {"fake/learner": learner, **notes}},
            "spec": {"containers": [{"name": "app", "image": "nginx"}]},
        }
        return json.dumps(pod, ensure_ascii=False)

    def _lines(self, name: str) -> list[dict[str, Any]]:
        path = self.root / name
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def pack(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Pack:
    """An empty pack. The real Rig is back in place after the test."""
    monkeypatch.setattr(podgrade.grading.session, "Rig", podgrade.grading.session.Rig)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    return Pack(pytester)
