"""The command: what it says, in which language, and how it ends."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner
from tests.unit.results import erroneous, failed, full_marks, hostile

from podgrade.cli import check, grade
from podgrade.cli.main import COMMANDS, main
from podgrade.model.errors import ClusterUnavailableError, UsageProblem
from podgrade.model.text import Text


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the command in an empty folder with an English locale."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("PODGRADE_STATE", str(tmp_path / "state"))
    for name in ("GITHUB_ACTIONS", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "pod.yaml").write_text("kind: Pod")
    return lambda *words, **more: CliRunner().invoke(main, [*words], **more)


@pytest.fixture
def graded(monkeypatch):
    """Replaces pytest's run by one that tells the given things."""

    def tell(*results, trouble=None, code=0, said=""):
        seen = {}

        def fake(arguments, plugins):
            (collector,) = plugins
            seen["arguments"] = arguments
            (seen["submission"],) = collector.pytest_podgrade_submissions()
            for result in results:
                collector.pytest_podgrade_result(result)
            if trouble:
                collector.pytest_podgrade_trouble(trouble)
            sys.stderr.write(said)
            return pytest.ExitCode(code)

        monkeypatch.setattr(grade.pytest, "main", fake)
        return seen

    return tell


@pytest.mark.parametrize(
    ("result", "code"), [(full_marks(), 0), (failed(), 1), (erroneous(), 3)], ids=str
)
def test_exit_code_follows_the_verdict(run, graded, result, code):
    graded(result)

    assert run("check", "sidecar", "pod.yaml").exit_code == code


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (ClusterUnavailableError(Text("no cluster", "클러스터 없음")), 3),
        (UsageProblem(Text("no cluster", "클러스터 없음")), 2),
    ],
)
def test_trouble_is_one_sentence(run, graded, trouble, code):
    graded(trouble=trouble, code=4, said="ERROR: no cluster")
    answer = run("check", "sidecar", "pod.yaml", "--lang", "ko")

    assert answer.exit_code == code
    assert answer.stderr.splitlines()[-1] == "podgrade: 클러스터 없음"
    assert "ERROR" not in answer.output


def test_an_interrupted_run_shows_what_is_known(run, graded):
    graded(replace(failed(), missing=2), code=2)
    answer = run("check", "sidecar", "pod.yaml")

    assert answer.exit_code == 130
    assert "failed  0/2" in answer.stdout
    assert "No score: the run was ended early." in answer.stdout
    assert "what is known so far is shown" in answer.stderr


def test_an_interrupted_run_may_know_nothing(run, graded):
    graded(code=2)
    answer = run("check", "sidecar", "pod.yaml")

    assert answer.exit_code == 130
    assert "interrupted before anything was known" in answer.stderr


def test_a_grader_that_cannot_run_shows_pytests_words(run, graded):
    graded(code=3, said="SyntaxError in grader")
    answer = run("check", "sidecar", "pod.yaml")

    assert answer.exit_code == 3
    assert "SyntaxError in grader" in answer.stderr


def test_after_full_marks_it_is_said_where_the_idea_is(run, graded):
    graded(full_marks())
    assert "podgrade explain sidecar" in run("check", "sidecar", "pod.yaml").stderr

    graded(failed())
    assert "podgrade explain" not in run("check", "sidecar", "pod.yaml").output


def test_several_files_are_one_submission(run, graded, tmp_path):
    (tmp_path / "service.yaml").write_text("kind: Service")
    seen = graded(full_marks())
    run("check", "sidecar", "pod.yaml", "service.yaml")

    assert seen["submission"].key == "pod.yaml + service.yaml"
    assert [file.data for file in seen["submission"].files] == [b"kind: Pod", b"kind: Service"]


def test_standard_input(graded, run):
    seen = graded(full_marks())
    run("check", "sidecar", "-", input="kind: Pod")

    assert seen["submission"].key == "stdin"
    assert seen["submission"].files[0].data == b"kind: Pod"


def test_options_are_handed_to_pytest(run, graded, tmp_path):
    seen = graded(full_marks())
    run("check", "sidecar", "pod.yaml", "--keep", "--context", "kind-x")

    assert {"--keep", "--context=kind-x"} <= {*seen["arguments"]}


def test_json_goes_to_standard_output_alone(run, graded):
    graded(failed())
    answer = run("check", "sidecar", "pod.yaml", "--format", "json")

    assert json.loads(answer.stdout)["verdict"] == "failed"


def test_a_verdict_can_be_written_into_a_file(run, graded, tmp_path):
    graded(failed())
    answer = run("check", "sidecar", "pod.yaml", "--output", "verdict.txt")

    assert "Total 0/10" in (tmp_path / "verdict.txt").read_text(encoding="utf-8")
    assert answer.stdout == ""
    assert run("check", "sidecar", "pod.yaml", "--output", "no/folder.txt").exit_code == 2


def test_several_outputs_in_one_run(run, graded, tmp_path):
    graded(failed())
    answer = run(
        *("check", "sidecar", "pod.yaml", "--format", "text"),
        *("--format", "json", "--output", "verdict.json"),
        *("--format", "html", "--output", "verdict.html", "--junitxml", "verdict.xml"),
    )

    assert "Total 0/10" in answer.stdout
    assert json.loads((tmp_path / "verdict.json").read_text("utf-8"))["score"] == 0
    assert "Total 0/10" in (tmp_path / "verdict.html").read_text("utf-8")
    assert 'failures="1"' in (tmp_path / "verdict.xml").read_text("utf-8")


def test_a_run_without_a_result_is_told_to_machines_too(run, graded, tmp_path):
    graded(trouble=ClusterUnavailableError(Text("no cluster", "클러스터 없음")), code=4)
    run("check", "sidecar", "pod.yaml", "--junitxml", "verdict.xml")

    assert "no cluster" in (tmp_path / "verdict.xml").read_text("utf-8")


@pytest.mark.parametrize(
    "words",
    [("--format", "json", "--format", "html"), ("--output", "a", "--output", "b")],
)
def test_outputs_that_cannot_be_meant_are_refused_before_grading(run, graded, words):
    seen = graded(full_marks())

    assert run("check", "sidecar", "pod.yaml", *words).exit_code == 2
    assert seen == {}


def test_classrooms_result_becomes_the_steps_output(run, graded, tmp_path, monkeypatch):
    graded(full_marks())
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    (tmp_path / "output").write_text("before=1\n")
    answer = run("check", "sidecar", "pod.yaml", "--format", "classroom")

    before, result = (tmp_path / "output").read_text().splitlines()
    assert (before, answer.stdout) == ("before=1", "")
    assert json.loads(base64.b64decode(result.removeprefix("result=")))["max_score"] == 10


def test_on_github_no_line_of_a_learners_is_a_command(run, graded, monkeypatch):
    graded(hostile())
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    lines = run("check", "sidecar", "pod.yaml").stdout.splitlines()

    token = lines[0].removeprefix("::stop-commands::")
    assert len(token) == 32
    assert lines[-1] == f"::{token}::"
    assert [line.strip() for line in lines[1:-1] if "::error::" in line]


def test_unknown_exercise_and_missing_file(run):
    assert "Did you mean: sidecar" in run("check", "sidcar", "pod.yaml").stderr
    answer = run("check", "sidecar", "nothing.yaml")

    assert answer.exit_code == 2
    assert "nothing.yaml" in answer.stderr


@pytest.mark.parametrize("order", [("--lang", "ko", "list"), ("list", "--lang", "ko")])
def test_language_before_and_after_the_command(run, order):
    assert "nginx의 접근 로그를 출력하는 사이드카" in run(*order).stdout


def test_show_prints_the_sheet(run):
    assert run("show", "sidecar").stdout.startswith("# A sidecar that prints")
    assert run("show", "sidecar", "--lang", "ko").stdout.startswith("# nginx의 접근 로그")


def test_start_never_overwrites_unasked(run, tmp_path):
    assert run("start", "sidecar").exit_code == 0
    (tmp_path / "sidecar.yaml").write_text("mine")
    answer = run("start", "sidecar")

    assert answer.exit_code == 2
    assert "already here: sidecar.md, sidecar.yaml" in answer.stderr
    assert (tmp_path / "sidecar.yaml").read_text() == "mine"
    assert "replaced sidecar.yaml" in run("start", "sidecar", "--force").stdout


def test_start_draws_faults_by_a_seed_and_says_which(run, tmp_path):
    drawn = []
    for seed in ("kim", "lee", "kim"):
        answer = run("start", "troubleshoot", "--force", "--seed", f" {seed} ")
        assert f"the faults in it were drawn by --seed {seed}\n" in answer.stdout
        drawn.append((tmp_path / "troubleshoot.yaml").read_text())

    assert drawn[0] == drawn[2] != drawn[1]
    assert "podgrade.io/seed: kim" in drawn[0]


def test_start_draws_anew_each_time_where_no_seed_is_given(run, monkeypatch):
    monkeypatch.setattr("podgrade.cli.start.secrets.randbelow", lambda below: below - 1)

    assert "--seed 9999" in run("start", "troubleshoot").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sidecar", "--seed", "1"), "sidecar begins alike for everybody: no --seed"),
        (("troubleshoot", "--seed", " "), "--seed takes a word or a number"),
        (("troubleshoot", "--seed", "a\x07"), "--seed takes a word or a number"),
    ],
)
def test_start_refuses_a_seed_that_draws_nothing(run, tmp_path, words, said):
    answer = run("start", *words)

    assert (answer.exit_code, list(tmp_path.glob("*.md"))) == (2, [])
    assert said in answer.stderr


@pytest.mark.parametrize("words", [(), *((name,) for name in COMMANDS if name != "cluster")])
def test_help_is_said_in_both_languages(run, words):
    english, korean = run(*words, "--help"), run("--lang", "ko", *words, "--help")

    assert english.exit_code == korean.exit_code == 0
    assert english.stdout.isascii()
    assert "이 도움말을 보여 주고 끝냅니다." in korean.stdout


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from podgrade.cli.main import main; "
        "main(['--help'], standalone_mode=False); "
        "print([name for name in ('pytest', 'rich', 'kubernetes', 'yaml') if name in sys.modules])"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    ).stdout

    assert out.splitlines()[-1] == "[]"


def test_several_names_make_one_key(tmp_path):
    (tmp_path / "a.yaml").write_text("x")

    assert check.submitted((str(tmp_path),)).key == tmp_path.name
