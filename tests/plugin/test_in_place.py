"""What runs already: looked at where it is, and what would change it is left out."""

from __future__ import annotations

import json

pytest_plugins = "pytester"

GRADER = """
    @check("It is Ready", ko="준비되었다", points=2)
    def test_ready(pod):
        assert pod.ready == "1/1"

    @check("It can be written", ko="쓸 수 있다", points=3, needs=test_ready, changes=True)
    def test_writes(exec):
        assert exec("app", "touch", "/x").code == 0

    @check("It answers", ko="응답한다", points=1, needs=test_ready)
    def test_answers(curl):
        assert curl("/").status == 200

    @check("It goes on", ko="계속된다", points=4, needs=test_writes)
    def test_steady(pod):
        assert pod.ready == "1/1"
"""

LIVE = """
    from podgrade.model.submission import Live, Submission

    def pytest_podgrade_submissions():
        return [{submissions}]
"""


def handed_in(pack, *lives):
    """These places instead of files; each is `key, arguments of Live[, only]`."""
    made = [
        f"Submission({key!r}, (), live=Live({arguments}), exercise={only!r})"
        for key, arguments, only in lives
    ]
    pack.conftest(LIVE.format(submissions=", ".join(made)))


def runs(pack, **namespaces):
    pods = {name: [json.loads(pod) for pod in found] for name, found in namespaces.items()}
    pack.file("live.json", json.dumps(pods))


def test_what_would_change_something_is_left_out_and_counts_for_nothing(pack):
    pack.grader(GRADER)
    handed_in(pack, ("lab", "'lab'", None))
    runs(pack, lab=[pack.manifest("kim")])

    pack.run().assert_outcomes(passed=3, skipped=2)

    told = pack.result()
    assert told.outcomes() == {
        "test_manifest_is_accepted": "passed",
        "test_ready": "passed",
        "test_answers": "passed",
        "test_writes": "not graded",
        "test_steady": "not graded",
    }
    assert (told.score, told.possible) == (3, 3)
    assert "graded was Pod/web, as it runs in namespace lab" in told.notes
    assert told["test_writes"]["code"] == "not-graded"
    assert not pack.calls("exec", "prepare", "take", "set_up", "release")


def test_with_leave_everything_is_graded(pack):
    pack.grader(GRADER)
    handed_in(pack, ("lab", "'lab', allow_changes=True", None))
    runs(pack, lab=[pack.manifest("kim")])

    pack.run().assert_outcomes(passed=5)

    assert (pack.result().score, pack.result().possible) == (10, 10)
    assert pack.calls("exec")


def test_where_nothing_is_no_other_check_is_reached(pack):
    pack.grader(GRADER)
    handed_in(pack, ("default", "", None))
    runs(pack, default=[])

    pack.run()

    told = pack.result()
    assert told["test_manifest_is_accepted"]["code"] == "no-target"
    assert (told.score, told.possible) == (0, 3)


def test_a_namespace_that_is_not_there_ends_the_run_with_a_sentence(pack):
    pack.grader(GRADER)
    handed_in(pack, ("lap", "'lap'", None))
    runs(pack, lab=[])

    pack.run()

    assert "there is no namespace lap" in (pack.root / "trouble").read_text()
    assert not pack.results()


def test_in_an_exam_each_place_is_graded_for_its_exercise_and_one_that_is_gone_has_no_points(pack):
    pack.grader(GRADER)
    pack.grader(GRADER, slug="other")
    exam = "{!r}, allow_changes=True, exam=True"
    handed_in(pack, ("a", exam.format("a"), "demo"), ("b", exam.format("b"), "other"))
    runs(pack, a=[pack.manifest("kim")])

    pack.run()

    told = pack.results()
    assert {key: (one.exercise, one.score) for key, one in told.items()} == {
        "a": ("demo", 10),
        "b": ("other", 0),
    }
    assert "there is no namespace b" in told["b"]["test_manifest_is_accepted"]["why"]
