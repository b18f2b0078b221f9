"""Evidence in a folder: whole, bounded, redacted, and good for every output again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.unit.results import (
    EVIL,
    LANES,
    NOT_FOUND,
    erroneous,
    failed,
    full_marks,
    graded,
    hostile,
)

from podgrade.cli.main import main
from podgrade.grading import evidence
from podgrade.grading.catalogue import exercise
from podgrade.grading.evidence import file_name, keep, records, schema
from podgrade.grading.play import Played
from podgrade.grading.record import Record, from_data, to_data
from podgrade.grading.redact import Redaction
from podgrade.model.errors import UsageProblem
from podgrade.model.submission import Position, SourceFile, Submission
from podgrade.probes.codec import reason_to_json
from podgrade.probes.tape import Tape
from podgrade.reports.forms import render
from podgrade.reports.names import FORMS


def entry(answer, question="pod.ready"):
    return {"question": question, "at": 0.1, "seconds": 1.0, "answer": answer}


def record(result, *entries, data=b"kind: Pod"):
    """A record of that result; the second check asked what the entries say."""
    played = {v.id or v.check.name: Played(v.outcome) for v in result.verdicts}
    played["test_ready"] = Played(result.verdicts[1].outcome, Tape(list(entries)))
    verdicts = [replace(v, id=v.id or v.check.name, evidence=()) for v in result.verdicts]
    if entries:
        verdicts[1] = replace(verdicts[1], evidence=Tape(list(entries)).evidence())
    result = replace(result, verdicts=tuple(verdicts))
    submission = Submission(result.submission, (SourceFile("pod.yaml", data),))
    return Record(exercise("sidecar"), submission, result, played)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "result", [full_marks(), failed(), erroneous(), hostile(), replace(failed(), missing=1)]
)
def test_every_output_is_the_same_again(tmp_path, result, form, language):
    result = replace(result, lanes=LANES, places={"nginx": Position("pod.yaml", 3, 5)})
    kept = record(result, entry("2/2"))
    keep(tmp_path, kept, Redaction())
    (again,) = records(tmp_path)

    expected = graded(kept.result, language)
    found = replace(expected, exercise=again.exercise, result=again.result)
    assert render(form, found) == render(form, expected)


@pytest.mark.parametrize("result", [full_marks(), failed(), erroneous(), hostile()])
def test_a_file_fits_the_schema(tmp_path, result):
    raised = {"question": "q", "at": 0, "seconds": 0, "raised": "failure"}
    path = keep(
        tmp_path,
        record(result, entry(["a", 1]), raised | {"reason": reason_to_json(NOT_FOUND)}),
        Redaction(),
    )
    data = json.loads(path.read_text("ascii"))

    Draft202012Validator.check_schema(schema())
    Draft202012Validator(schema()).validate(data)
    assert to_data(from_data(data)) == data


def test_no_secret_is_kept_and_equal_ones_stay_equal(tmp_path):
    manifest = b"kind: Secret\nstringData: {password: hunter22}"
    kept = record(failed(), entry("the password is hunter22"), data=manifest)
    path = keep(tmp_path, kept, Redaction({"hunter22": "[Secret/key:password]"}))

    assert "hunter22" not in path.read_text("ascii")
    (again,) = records(tmp_path)
    assert again.submission.files[0].data.endswith(b"[Secret/key:password]}")
    assert (
        again.played["test_ready"].tape.entries[0]["answer"]
        == "the password is [Secret/key:password]"
    )
    # What the run itself goes on with is left alone.
    assert kept.played["test_ready"].tape.entries[0]["answer"].endswith("hunter22")


def test_long_answers_are_left_out_and_say_so(tmp_path, monkeypatch):
    monkeypatch.setattr(evidence, "LONGEST", 5000)
    monkeypatch.setattr(evidence, "MOST", 9000)
    entries = [entry("x" * size) for size in (6000, 4000, 4000, 4000, 10)]
    keep(tmp_path, record(full_marks(), *entries), Redaction())
    (again,) = records(tmp_path)
    tape = again.played["test_ready"].tape

    assert [one.get("raised") for one in tape.entries] == [
        "infrastructure",
        None,
        None,
        "infrastructure",
        None,
    ]
    assert str(tape.trouble).startswith("not recorded: the answer of 60")


@given(st.text(st.characters(), max_size=300), st.text(st.characters(), max_size=300))
def test_every_submission_has_a_file_of_its_own(one, other):
    first, second = file_name("sidecar", one), file_name("sidecar", other)

    assert len(first.encode()) < 200
    assert not set('/\\:*?"<>|\0\n') & set(first)
    assert (first.casefold() == second.casefold()) == (one == other)


def test_names_stay_readable():
    assert file_name("sidecar", "김민수 + 이.yaml") == "sidecar.김민수 + 이.yaml.json"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "cannot be read"),
        ('{"format": "podgrade-evidence", "version": 2}', "version 2, this podgrade reads"),
        ('{"format": "podgrade-evidence", "version": 1}', "is a required property"),
        ("[]", "there is no evidence in"),
    ],
)
def test_what_is_no_evidence_is_said(tmp_path, text, sentence):
    (tmp_path / "a.json").write_text(text)

    with pytest.raises(UsageProblem, match=sentence):
        records(tmp_path)


def test_an_empty_or_missing_folder_is_said(tmp_path):
    with pytest.raises(UsageProblem, match="there is no evidence in"):
        records(tmp_path)
    with pytest.raises(UsageProblem, match="cannot be read"):
        records(tmp_path / "missing")


def run(*words):
    return CliRunner().invoke(main, [*words, "--lang", "en"], env={"GITHUB_ACTIONS": ""})


def test_report_prints_and_writes_what_check_would_have(tmp_path):
    keep(tmp_path, record(failed(), entry("1/2")), Redaction())
    target = tmp_path / "verdict.html"
    answer = run(
        "report", str(tmp_path), "--format", "text", "--format", "html", "--output", str(target)
    )

    assert answer.exit_code == 0, answer.output
    assert "Total 0/10" in answer.stdout
    assert "Total 0/10" in target.read_text("utf-8")


def test_report_of_several_writes_a_file_for_each(tmp_path):
    for key in ("kim.yaml", "lee.yaml"):
        keep(tmp_path, record(replace(failed(), submission=key)), Redaction())
    target = tmp_path / "verdict.xml"
    answer = run("report", str(tmp_path), "--format", "text", "--junitxml", str(target))

    assert answer.exit_code == 0, answer.output
    assert answer.stdout.count("Total 0/10") == 2
    names = {path.name for path in tmp_path.glob("*.xml")}
    assert names == {"verdict.sidecar.kim.yaml.xml", "verdict.sidecar.lee.yaml.xml"}


def test_report_of_several_prints_only_text(tmp_path):
    for key in ("kim.yaml", "lee.yaml"):
        keep(tmp_path, record(replace(failed(), submission=key)), Redaction())

    refused = run("report", str(tmp_path), "--format", "json")
    assert refused.exit_code == 2
    assert "write --output FILE after --format json" in refused.stderr
    one = run("report", str(tmp_path / "sidecar.kim.yaml.json"), "--format", "json")
    assert json.loads(one.stdout)["submission"] == "kim.yaml"


def test_a_hostile_submission_is_kept_and_shown_like_any_other(tmp_path):
    path = keep(tmp_path, record(hostile(), entry(EVIL)), Redaction())

    assert path.parent == tmp_path
    assert run("report", str(tmp_path)).exit_code == 0


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_graded(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(UsageProblem, match="cannot be written"):
        evidence.writable(tmp_path / "file" / "folder")
    assert Path(tmp_path / "file").is_file()
