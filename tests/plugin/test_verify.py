"""`podgrade verify` on packs of every kind: what it says, and how it ends."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner
from tests.plugin.conftest import CHECKS, EXERCISE

from podgrade.cli.main import main

pytest_plugins = "pytester"

DOOMED = "failed: {test_ready: crash-loop}\nnot_reached: [test_answers]\ndecided_by: evidence\n"
OTHER = "failed: {test_answers: different}\ndecided_by: evidence\n"
FIXTURES = ("reference/pod", "broken/crashes", "broken/other-page")


@pytest.fixture
def verify(pack, monkeypatch):
    """Runs the command on the pack; the modules of the pack are forgotten afterwards."""
    monkeypatch.syspath_prepend(pack.root)
    known = set(sys.modules)

    def run(*words):
        answer = CliRunner().invoke(main, ["verify", str(pack.root), *words])
        for name in set(sys.modules) - known:
            if name.split(".")[0] in {"graders", "fake_cluster", "conftest"}:
                del sys.modules[name]
        return answer

    return run


@pytest.fixture
def proven(pack):
    """A pack with a right answer, and a mistake for each check."""
    pack.grader(CHECKS)
    fixture(pack, "reference/pod")
    fixture(pack, "broken/crashes", DOOMED, doomed="crash-loop")
    fixture(pack, "broken/other-page", OTHER, page="bye")
    return pack


def fixture(pack, name, expect="", slug="demo", **script):
    pack.file(f"fixtures/{slug}/{name}/pod.yaml", pack.manifest(f"{slug}/{name}", **script))
    if expect:
        pack.file(f"fixtures/{slug}/{name}/expect.yaml", expect)


def test_a_pack_that_is_proven(proven, verify):
    answer = verify()

    assert answer.exit_code == 0, answer.output
    lines = answer.stdout.splitlines()
    told = {line.rsplit("  ", 1)[0] for line in lines if line.startswith("proven")}
    assert told == {f"proven      demo {name}" for name in FIXTURES}
    assert lines[-1].startswith("3 of 3 fixtures proven in ")
    assert "do not prove" not in answer.stdout


def test_it_is_said_in_korean(proven, verify):
    fixture(proven, "broken/crashes", DOOMED, doomed="image-not-found")
    answer = verify("--lang", "ko")

    assert answer.exit_code == 1
    assert "증명되지 않음  demo broken/crashes" in answer.stdout
    assert "test_ready: 기대한 결과는 실패(crash-loop), 실제 결과는 실패(image-not-found)" in (
        answer.stdout
    )
    assert "가망이 없습니다" in answer.stdout


@pytest.mark.parametrize(
    ("expect", "line"),
    [
        (
            DOOMED.replace("crash-loop", "silent"),
            "test_ready: expected failed (silent), came out as failed (crash-loop)",
        ),
        (
            "failed: {test_ready: crash-loop}\ndecided_by: evidence\n",
            "test_answers: expected passed, came out as not reached",
        ),
        (
            DOOMED.replace("evidence", "limit"),
            "decided_by: expected limit, came out as evidence",
        ),
        (
            DOOMED + "mistake: [",
            "expect.yaml is not YAML",
        ),
        ("failed: [test_ready]\n", "`failed` is a map"),
        ("failed: {test_ready: crash-loop}\nnot_reached: test_answers\n", "is a list of checks"),
    ],
)
def test_a_mistake_that_does_not_come_out_as_named(proven, verify, expect, line):
    fixture(proven, "broken/crashes", expect, doomed="crash-loop")
    answer = verify()

    assert answer.exit_code == 1
    assert "not proven  demo broken/crashes" in answer.stdout
    assert line in answer.stdout
    assert "2 of 3 fixtures proven" in answer.stdout


def test_a_reference_without_full_marks(proven, verify):
    fixture(proven, "reference/other", "failed: {test_answers: different}\n", page="bye")
    answer = verify()

    assert answer.exit_code == 1
    assert "test_answers: expected passed, came out as failed (different)" in answer.stdout
    assert "reference/other has an expect.yaml" in answer.stdout


def test_a_mistake_without_expectation(proven, verify):
    fixture(proven, "broken/new", doomed="crash-loop")
    answer = verify()

    assert answer.exit_code == 1
    assert "broken/new/expect.yaml is missing" in answer.stdout


def test_fixtures_that_prove_nothing(pack, verify):
    pack.grader(CHECKS)
    fixture(pack, "broken/nothing", "mistake: none at all\n")
    unknown = "failed: {test_redy: crash-lop}\nnot_reached: [test_answers]\ndecided_by: evidence\n"
    fixture(pack, "broken/crashes", unknown, doomed="crash-loop")
    pack.file("fixtures/demo/broken/empty/expect.yaml", DOOMED)
    fixture(pack, "reference/pod", slug="nowhere")
    answer = verify()

    assert answer.exit_code == 1
    told = answer.stdout.partition("What the fixtures do not prove:\n")[2].splitlines()
    assert [line.strip() for line in told[:-2]] == [
        "demo: there is no reference: nothing shows that full marks can be had",
        "demo: broken/empty holds no manifest",
        "demo: broken/nothing: expect.yaml names no check that fails",
        "demo: broken/crashes: there is no check test_redy; did you mean test_ready?",
        "demo: broken/crashes: there is no reason crash-lop; did you mean crash-loop?",
        "demo: test_answers: no mistake ever fails this check",
        "fixtures/nowhere belongs to no exercise",
    ]


OWN_WORDS = """
    from podgrade import wrong

    @check("It answers", ko="응답한다", points=3)
    def test_answers(curl):
        said = curl("/").body
        if said != "hello":
            raise wrong("other-words", said=said)
"""
REASONS = (
    EXERCISE
    + """
reasons:
  other-words: &words
    expected: {en: a greeting, ko: 인사}
    seen: {en: "it says {said}", ko: "응답: {said}"}
    why: {en: someone else answers, ko: 다른 서버가 응답합니다}
    look: {en: look at the page, ko: 페이지를 보세요}
  never-said: *words
"""
)


def test_a_reason_in_the_exercises_own_words_and_one_that_nobody_is_told(pack, verify):
    pack.grader(OWN_WORDS, exercise=REASONS)
    fixture(pack, "reference/pod")
    other = "failed: {test_answers: other-words}\ndecided_by: evidence\n"
    fixture(pack, "broken/other-page", other, page="bye")
    answer = verify("--messages", "told.md")

    assert answer.exit_code == 1
    assert "2 of 2 fixtures proven" in answer.stdout
    assert "demo: exercise.yaml: no mistake is told the reason never-said" in answer.stdout
    told = (pack.root / "told.md").read_text(encoding="utf-8")
    assert "it says bye" in told
    assert "응답: bye" in told


def test_an_exercise_without_fixtures(pack, verify):
    pack.grader(CHECKS)
    answer = verify()

    assert answer.exit_code == 1
    assert "there is no reference" in answer.stdout
    assert "there is no mistake" in answer.stdout
    assert "0 of 0 fixtures proven" in answer.stdout
    assert pack.calls() == []


def test_one_exercise_of_several(proven, verify):
    proven.grader(CHECKS, "other")
    answer = verify("--exercise", "demo")

    assert answer.exit_code == 0
    assert "3 of 3" in answer.stdout
    assert verify("--exercise", "demmo").exit_code == 2


def test_a_folder_that_is_no_pack(pack, verify):
    answer = verify()

    assert answer.exit_code == 2
    assert "is no pack" in answer.stderr


def test_the_cluster_fails_during_a_proof(proven, verify):
    fixture(proven, "broken/crashes", DOOMED, dead="true")
    answer = verify()

    assert answer.exit_code == 3
    assert "not known   demo broken/crashes" in answer.stdout
    assert "    test_ready: the API server does not answer" in answer.stdout
    assert "no mistake ever fails" not in answer.stdout


def test_there_is_no_cluster(proven, verify):
    proven.file("no-cluster", "")
    answer = verify()

    assert answer.exit_code == 3
    assert answer.stderr.splitlines()[-1] == "podgrade: there is no cluster"
    assert "0 of 3 fixtures proven" in answer.stdout


def test_a_grader_that_cannot_be_read(proven, verify):
    proven.grader("def broken(:\n")
    answer = verify()

    assert answer.exit_code == 3
    assert "SyntaxError" in answer.stderr


@pytest.mark.parametrize("what", ["AssertionError('not so')", "RuntimeError('not so')"])
def test_a_pack_may_prove_more(proven, verify, what):
    proven.conftest(f"""
    def pytest_podgrade_prove(submission, result):
        if submission.fixture == "broken/crashes":
            raise {what}
    """)
    answer = verify()

    assert answer.exit_code == 1
    assert "the pack's conftest.py objects: " in answer.stdout
    assert "2 of 3 fixtures proven" in answer.stdout


def test_in_flight_is_handed_on(proven, verify):
    assert verify("--in-flight", "1").exit_code == 0
    (prepared,) = proven.calls("prepare")
    assert prepared["ahead"] == 1
    assert verify("--in-flight", "0").exit_code == 2


def test_what_each_mistake_is_told_is_written_down(proven, verify, tmp_path):
    target = tmp_path / "messages.md"
    answer = verify("--messages", str(target), "--evidence", str(tmp_path / "kept"))

    assert answer.exit_code == 0, answer.output
    text = target.read_text("utf-8")
    assert text.count("### ") == 2
    assert "## crash-loop\n\n### demo/crashes: " in text
    assert "\nIt is Ready\n" in text
    assert "\n준비되었다\n" in text
    assert '"code": "crash-loop"' in target.with_suffix(".json").read_text("utf-8")
    assert len(list((tmp_path / "kept").iterdir())) == 3


def test_a_pack_is_proven_again_by_what_was_kept(proven, verify, tmp_path):
    kept = str(tmp_path / "kept")
    assert verify("--evidence", kept).exit_code == 0
    proven.forget()
    answer = verify("--recorded", kept, "--messages", str(tmp_path / "messages.md"))

    assert answer.exit_code == 0, answer.output
    assert proven.calls() == []
    assert "3 of 3 fixtures proven" in answer.stdout
    assert "### demo/crashes: " in (tmp_path / "messages.md").read_text("utf-8")


def test_a_fixture_that_was_not_recorded_is_an_error(proven, verify, tmp_path):
    kept = tmp_path / "kept"
    verify("--evidence", str(kept))
    (kept / "demo.broken-crashes.json").unlink()
    answer = verify("--recorded", str(kept))

    assert answer.exit_code == 3
    assert "not known   demo broken/crashes" in answer.stdout
    assert "not recorded" in answer.stdout
