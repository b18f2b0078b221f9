"""What `--evidence` keeps of a run, and running the checks again on it without a cluster."""

from __future__ import annotations

import json
import sys

import pytest
from click.testing import CliRunner

from podgrade.cli.main import main
from podgrade.grading.evidence import records

pytest_plugins = "pytester"

CHECKS = """
    @check("It is Ready", ko="준비되었다", points=2)
    def test_ready(pod):
        assert pod.ready == "1/1"

    @check("It says what it was asked", ko="요청을 출력한다", points=3, needs=test_ready)
    def test_says(curl, logs, nonces):
        for nonce in nonces(2):
            assert curl(f"/{nonce}").body == "hello"
            assert nonce in logs("app", until=nonce)

    @check("Bare", ko="그저", points=1)
    def test_bare(pod):
        assert pod.containers == {"app"}
"""


@pytest.fixture
def kept(pack):
    """Grades the pack's submissions and keeps the evidence; the records by submission."""

    def run(*words):
        pack.run("--evidence", str(pack.root / "kept"), *words)
        return {one.submission.key: one for one in records(pack.root / "kept")}

    return run


@pytest.fixture
def regrade(pack, monkeypatch):
    """Runs `podgrade regrade` in the pack; its modules are forgotten before and afterwards."""
    monkeypatch.chdir(pack.root)
    monkeypatch.syspath_prepend(pack.root)

    def forget():
        for name in [*sys.modules]:
            if name.split(".")[0] in {"graders", "fake_cluster", "conftest"} or "test_demo" in name:
                del sys.modules[name]

    def run(*words):
        forget()
        pack.forget()
        answer = CliRunner().invoke(main, ["regrade", "kept", "--lang", "en", *words])
        forget()
        return answer

    return run


def test_everything_that_was_seen_is_kept(pack, kept):
    pack.grader(CHECKS)
    pack.submission("kim", page="bye")
    record = kept()["kim.yaml"]

    assert record.exercise.slug == "demo"
    assert [v.outcome.value for v in record.result.verdicts] == [
        "passed",
        "passed",
        "failed",
        "passed",
    ]
    questions = [entry["question"] for entry in record.played["test_says"].tape.entries]
    assert questions[0] == "nonces(2)"
    assert questions[1].startswith("curl(")
    assert b"fake/page" in record.submission.files[0].data


def test_each_submission_has_its_file(pack, kept):
    pack.grader(CHECKS)
    for name in ("kim", "이", "Kim"):
        pack.submission(name)

    assert {*kept()} == {"kim.yaml", "이.yaml", "Kim.yaml"}
    assert len(list((pack.root / "kept").iterdir())) == 3


def test_values_of_secrets_are_not_kept(pack, kept):
    pack.grader(CHECKS)
    pack.submission("kim", page="the key is s3cr3t-value")
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "key"}}
    secret["stringData"] = {"key": "s3cr3t-value"}
    path = pack.submissions[0]
    path.write_text(f"{path.read_text()}\n---\n{json.dumps(secret)}\n")
    kept()

    (file,) = (pack.root / "kept").iterdir()
    assert "s3cr3t" not in file.read_text("ascii")
    assert "the key is [Secret/key:key]" in file.read_text("ascii")


SECRETIVE = """
    @check("It shows the key to whoever asks", ko="키를 보여 준다", points=2)
    def test_shows(curl, logs):
        shown = curl("/").body
        assert shown.split()[3] == logs("app", until="is").split()[-1]
        assert shown != logs("app", until="is")

    @check("It shows no other", ko="다른 것은 아니다", points=1)
    def test_other(curl):
        assert curl("/").body == "the key is"

    @check("It runs nginx", ko="nginx를 쓴다", points=1)
    def test_image(pod):
        assert pod.image("app") == "nginx"
"""


@pytest.mark.parametrize("value", ["s3cr3t-value", "nginx"])
def test_without_the_values_of_secrets_the_verdicts_are_the_same(pack, kept, regrade, value):
    pack.grader(SECRETIVE)
    pack.submission("kim", page=f"the key is {value}", log=f"is {value}")
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "key"}}
    secret["stringData"] = {"key": value, "image": "nginx"}
    path = pack.submissions[0]
    path.write_text(f"{path.read_text()}\n---\n{json.dumps(secret)}\n")
    before = kept()["kim.yaml"].result
    answer = regrade("--format", "json")

    assert [str(v.outcome) for v in before.verdicts[1:]] == ["passed", "failed", "passed"]
    again = json.loads(answer.stdout)
    assert [one["verdict"] for one in again["results"]] == [str(v.outcome) for v in before.verdicts]
    assert again["results"][2]["cause"]["actual"] == str(before.verdicts[2].reason.seen)


def test_a_file_that_is_no_yaml_is_kept_without_its_secrets(pack, kept):
    pack.grader(CHECKS)
    pack.submission("kim")
    pack.submissions[0].write_text("kind: Secret\nstringData:\n  key: s3cr3t-value\n bad: [")
    kept()

    (file,) = (pack.root / "kept").iterdir()
    assert "s3cr3t" not in file.read_text("ascii")


def test_a_folder_that_cannot_be_written_stops_the_run_before_it_begins(pack):
    pack.grader(CHECKS)
    pack.submission("kim")
    pack.file("kept", "a file")
    pack.run("--evidence", str(pack.root / "kept"))

    assert "cannot be written" in (pack.root / "trouble").read_text()
    assert not pack.calls("create")


def test_a_full_disk_costs_no_verdict(pack, monkeypatch):
    from podgrade.grading import evidence

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(evidence, "keep", full)
    pack.grader(CHECKS)
    pack.submission("kim")
    pack.run("--evidence", str(pack.root / "kept"))

    assert pack.result().score == 6
    assert "the evidence could not be kept: No space left on device" in pack.result().notes


def test_the_same_grader_comes_to_the_same_verdicts_without_a_cluster(pack, kept, regrade):
    pack.grader(CHECKS)
    pack.submission("kim")
    pack.submission("lee", doomed="crash-loop", why="it crashes")
    before = {key: one.result for key, one in kept().items()}
    answer = regrade()

    assert answer.exit_code == 1, answer.output
    assert pack.calls() == []
    again = pack.results()
    assert {key: [v.outcome.value for v in one.verdicts] for key, one in before.items()} == {
        key: [*told.outcomes().values()] for key, told in again.items()
    }
    assert again["lee.yaml"]["test_ready"]["why"] == "it crashes"
    assert "kim.yaml: was 6/6, is 6/6" in answer.stderr
    assert "lee.yaml: was 1/6, is 1/6" in answer.stderr


def test_a_corrected_grader_is_run_on_what_was_seen(pack, kept, regrade):
    pack.grader(CHECKS)
    pack.submission("kim", page="bye")
    kept()
    pack.grader(CHECKS.replace('body == "hello"', 'body == "bye"').replace("points=3", "points=4"))
    answer = regrade()

    # After the first reply the old check had failed, so nothing more of it is known.
    assert answer.exit_code == 3, answer.output
    assert "not recorded: logs" in answer.stdout
    assert "kim.yaml: was 3/6, is without a score" in answer.stderr

    pack.grader(CHECKS.replace('.body == "hello"', ".status == 404"))
    pack.submissions[0].unlink()
    assert regrade().exit_code == 1


def test_a_correction_that_asks_less_needs_no_cluster(pack, kept, regrade):
    pack.grader(CHECKS)
    pack.submission("kim", page="bye")
    kept()
    fewer = CHECKS.replace("for nonce in nonces(2):", "for nonce in nonces(2)[:1]:")
    fewer = fewer.replace('body == "hello"', 'body == "bye"')
    pack.grader(fewer.replace('            assert nonce in logs("app", until=nonce)\n', ""))
    answer = regrade("--format", "json")

    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["score"] == 6
    assert "kim.yaml: was 3/6, is 6/6" in answer.stderr


def test_a_check_that_is_new_may_ask_what_others_asked(pack, kept, regrade):
    pack.grader(CHECKS)
    pack.submission("kim")
    kept()
    pack.grader(CHECKS.replace("def test_bare", "def test_renamed"))

    assert regrade().exit_code == 0


def test_trouble_of_then_stays_trouble(pack, kept, regrade):
    pack.grader(CHECKS)
    pack.submission("kim", dead="true")
    kept()
    answer = regrade()

    assert answer.exit_code == 3
    assert "the API server does not answer" in answer.stdout
