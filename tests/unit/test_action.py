"""The GitHub action and the workflows: pinned, with few rights, and what their shell does."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from ci.kind.action_steps import Job, pairs

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "ci" / "action"
WORKFLOWS = sorted(
    [*(ROOT / "ci" / "workflows-examples").glob("*.yml"), *(ROOT / ".github").rglob("*.yml")]
)
PINNED = re.compile(r"[\w-]+/[\w./-]+@[0-9a-f]{40}|\./ci/action")


def read(path):
    return yaml.safe_load(path.read_text("utf-8"))


def steps_of(path):
    content = read(path)
    jobs = [content["runs"]] if "runs" in content else content["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


STEPS = [
    pytest.param(step, id=f"{path.name}-{step.get('name', step.get('id', step.get('uses')))}")
    for path in (ACTION / "action.yml", *WORKFLOWS)
    for step in steps_of(path)
]
RUNS = [one for one in STEPS if "run" in one.values[0]]


def test_there_is_something_to_test():
    assert len(WORKFLOWS) == 4
    assert len(RUNS) > 6


@pytest.mark.parametrize("step", STEPS)
def test_what_is_used_is_pinned_by_commit(step):
    assert "run" in step or PINNED.fullmatch(step["uses"])


@pytest.mark.parametrize("step", RUNS)
def test_the_shell_of_a_step_can_be_read(step):
    assert step["shell"] == "bash"
    done = subprocess.run(["bash", "-n"], input=step["run"], text=True, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("step", RUNS)
def test_no_expression_stands_in_a_shell(step):
    """GitHub puts the value in before the shell reads it: a name could be a command."""
    assert "${{" not in step["run"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_rights_are_named_and_few(path):
    content = read(path)
    assert content["permissions"] == {}
    granted = {
        (right, level)
        for job in content["jobs"].values()
        for right, level in job["permissions"].items()
    }
    written = {right for right, level in granted if level == "write"}
    assert written == ({"checks"} if path.name == "classroom.yml" else set())
    assert all(job["timeout-minutes"] <= 60 for job in content["jobs"].values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_pull_requests_get_neither_rights_nor_secrets(path):
    text = path.read_text("utf-8")
    assert "pull_request_target" not in read(path)[True]  # YAML 1.1 reads `on` so
    assert "secrets." not in text


@pytest.mark.parametrize("step", [one for one in STEPS if "checkout@" in str(one.values[0])])
def test_a_checkout_leaves_no_credentials(step):
    assert step["with"]["persist-credentials"] is False


def test_a_pack_never_comes_from_what_was_handed_in():
    steps = steps_of(ROOT / "ci/workflows-examples/course.yml")
    used = next(step["with"] for step in steps if "ci/action" in step.get("uses", ""))
    checkouts = {
        step["with"]["path"]: step["with"]["ref"]
        for step in steps
        if "with" in step and "path" in step["with"]
    }
    assert "base.sha" in checkouts[used["pack"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_the_action_is_given_what_it_knows(path):
    known = read(ACTION / "action.yml")["inputs"]
    for step in steps_of(path):
        if "ci/action" in step.get("uses", ""):
            assert set(step["with"]) <= set(known)
            assert {"exercise", "submission"} <= set(step["with"])


def test_the_name_that_classroom_asks_for():
    content = read(ROOT / "ci/workflows-examples/classroom.yml")
    assert content["name"] == "Autograding Tests"
    assert list(content["jobs"]) == ["run-autograding-tests"]


# The steps, with a podgrade that stands in

PODGRADE = """#!/bin/bash
{ printf '%s\\n' "$PWD" "$@"; echo END; } >>"$ASKED"
while [ $# -gt 1 ]; do
  [ "$1" != --output ] || echo "$VERDICT" >"$2"
  [ "$1 $2" != "--format classroom" ] || echo result=e30= >>"$GITHUB_OUTPUT"
  shift
done
exit "${EXIT:-0}"
"""


@pytest.fixture
def job(tmp_path, monkeypatch):
    """A job with that podgrade; `asked` gives what it was called with: folder, then words."""
    programs, workspace, temp = (tmp_path / name for name in ("bin", "work space", "temp"))
    for folder in (programs, workspace, temp):
        folder.mkdir()
    for name in ("podgrade", "kind", "python"):
        (programs / name).write_text(PODGRADE if name == "podgrade" else "#!/bin/bash\n")
        (programs / name).chmod(0o755)

    # There is nothing to install: the step's own Python has to be there.
    (temp / "podgrade-venv" / "bin").mkdir(parents=True)
    (temp / "podgrade-venv/bin/python").symlink_to(programs / "python")

    def make(inputs, **environment):
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        verdict = {"score": 7.0, "possible": 10, **environment.pop("verdict", {})}
        settings = {"ASKED": str(tmp_path / "asked"), "VERDICT": json.dumps(verdict)}
        return Job(ACTION, workspace, temp, inputs, environment=settings | environment)

    def asked():
        calls = (tmp_path / "asked").read_text("utf-8").split("END\n")[:-1]
        return [call.splitlines() for call in calls]

    make.asked, make.workspace = asked, workspace
    return make


WANTED = {"exercise": "sidecar", "submission": "my answer/pod.yaml\nmore\n"}


def test_a_cluster_is_made_used_and_ended(job):
    ran = job({**WANTED, "load": "a:1\nb:2\n", "node-image": "n:1"}).run()
    assert [step.name for step in ran] == [
        "Install podgrade",
        "Install kind where it is missing",
        "Start a cluster",
        "Grade",
        "End the cluster",
        "Say the verdict",
    ]
    assert [step.code for step in ran] == [0] * 6
    up, check, down = (call[1:] for call in job.asked())
    named = ["--provider", "kind", "--name", "podgrade-action"]
    assert up == ["cluster", "up", *named, "--image", "n:1", "--load", "a:1", "--load", "b:2"]
    assert check[:3] == ["check", "--lang", "en"]
    assert check[check.index("--context") + 1] == "kind-podgrade-action"
    assert down == ["cluster", "down", *named]


def test_what_is_graded(job):
    made = job(WANTED)
    made.run()
    folder, *words = job.asked()[1]
    files = [str(job.workspace / name) for name in ("my answer/pod.yaml", "more")]
    assert words[-4:] == ["--", "sidecar", *files]
    assert not folder.startswith(str(job.workspace)), "a submission's own graders would run"


def test_what_comes_out(job):
    made = job(WANTED)
    grade = next(step for step in made.run() if step.name == "Grade")
    results = made.results()
    assert (results["score"], results["possible"], results["exit-code"]) == ("7", "10", "0")
    assert results["result"] == "e30="
    assert Path(results["report"]).name == "report.html"
    assert Path(results["junit"]).parent == Path(grade.outputs["folder"])


def test_an_error_has_no_score(job):
    made = job(WANTED, EXIT="3", verdict={"score": None})
    codes = {step.name: step.code for step in made.run()}
    assert codes["Start a cluster"] == 3
    assert "Grade" not in codes
    made = job({**WANTED, "cluster": "current"}, EXIT="3", verdict={"score": None})
    codes = {step.name: step.code for step in made.run()}
    assert (codes["Grade"], codes["Say the verdict"]) == (0, 3)
    assert made.results()["score"] == ""


def test_a_wrong_answer_fails_the_step_or_not(job):
    wanted = {**WANTED, "cluster": "current"}
    assert job(wanted, EXIT="1").run()[-1].code == 1
    last = job({**wanted, "fail": "false"}, EXIT="1").run()[-1]
    assert (last.name, last.code) == ("Grade", 0)


def test_a_cluster_of_ones_own(job):
    ran = job({**WANTED, "cluster": "current", "context": "mine", "pack": "course"}).run()
    assert ran[-1].code != 0, "the pack is not there"
    (job.workspace / "course").mkdir()
    job({**WANTED, "cluster": "current", "context": "mine", "pack": "course"}).run()
    folder, *words = job.asked()[0]
    assert folder == str(job.workspace / "course")
    assert words[words.index("--context") + 1] == "mine"


def test_an_unknown_kind_of_cluster(job):
    ran = job({**WANTED, "cluster": "minikube"}).run()
    assert (ran[-1].name, ran[-1].code) == ("Grade", 2)
    assert "::error::cluster must be kind or current" in ran[-1].said


def test_outputs_are_read_as_github_reads_them():
    assert pairs("a=1\nb<<END\ntwo\nlines=x\nEND\nc=d=e\n") == {
        "a": "1",
        "b": "two\nlines=x",
        "c": "d=e",
    }
    with pytest.raises(ValueError, match="neither"):
        pairs("nothing\n")
