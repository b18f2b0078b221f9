"""`podgrade watch`: each save is graded, and what has changed since is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner
from tests.unit import results

from podgrade.cli import grade, watch
from podgrade.cli.alone import Grading
from podgrade.cli.main import main
from podgrade.model.errors import UsageProblem
from podgrade.model.verdict import Outcome
from podgrade.reports.since import since, since_lines


def named(result):
    """The result with its checks told apart, as in a run."""
    return replace(result, verdicts=tuple(replace(v, id=v.check.name) for v in result.verdicts))


def full_marks():
    return named(results.full_marks())


def failed():
    return named(results.failed())


def erroneous():
    return named(results.erroneous())


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A manifest in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    path = tmp_path / "pod.yaml"
    path.write_text("kind: Pod")
    return path


@pytest.fixture
def watched(file, monkeypatch):
    """Runs the command: each result is one grading, the file is saved anew before the next."""

    def run(*results, interrupted=False):
        answers = [Grading([result]) for result in results]
        answers[-1].interrupted = interrupted
        left = iter(answers)
        monkeypatch.setattr(grade, "grade", lambda *_: next(left))
        monkeypatch.setattr(watch, "_changes", lambda _: map(save, range(len(results) - 1)))
        return CliRunner().invoke(main, ["watch", "sidecar", str(file)])

    def save(number):
        file.write_text(f"kind: Pod # {number}")

    return run


def test_each_save_is_graded_and_compared_with_the_verdict_before(watched):
    answer = watched(failed(), full_marks())

    assert answer.exit_code == 0
    before, _, after = answer.stdout.partition("Since the last time (0 → 10 points):\n")
    assert "Total 0/10" in before
    assert "Total 10/10" in before
    assert after.splitlines() == [
        "  now passed: The Pod shows 2/2 Ready",
        "  now passed: nginx answers",
    ]


def test_the_exit_code_is_that_of_the_last_verdict(watched):
    assert watched(full_marks(), failed()).exit_code == 1


def test_an_interrupt_while_grading_ends_it(watched):
    answer = watched(full_marks(), failed(), interrupted=True)

    assert answer.exit_code == 130
    assert "Since the last time" not in answer.stdout


def test_standard_input_cannot_be_watched(file):
    answer = CliRunner().invoke(main, ["watch", "sidecar", "-"])

    assert answer.exit_code == 2
    assert "standard input cannot be watched" in answer.stderr


def test_a_save_is_noticed_however_the_editor_writes_it(file):
    saves = watch.saved((str(file),))
    assert next(saves).files[0].data == b"kind: Pod"

    file.write_text("kind: Job")
    assert next(saves).files[0].data == b"kind: Job"

    other = file.with_suffix(".new")
    other.write_text("kind: Deployment")
    other.replace(file)
    assert next(saves).files[0].data == b"kind: Deployment"
    saves.close()


def test_a_file_that_is_away_for_a_moment_is_waited_for(file, monkeypatch):
    def changes(_):
        file.unlink()
        yield
        file.write_text("kind: Job")
        yield

    monkeypatch.setattr(watch, "_changes", changes)
    assert [one.files[0].data for one in watch.saved((str(file),))] == [b"kind: Pod", b"kind: Job"]


def test_a_file_that_was_never_there_is_a_mistake(file):
    with pytest.raises(UsageProblem):
        next(watch.saved((str(file.with_name("other.yaml")),)))


def test_a_save_without_a_change_is_not_graded_again(file, monkeypatch):
    monkeypatch.setattr(watch, "_changes", lambda _: [file.touch()])

    assert len(list(watch.saved((str(file),)))) == 1


def test_what_got_worse_is_said_in_korean():
    lines = since_lines(since(full_marks(), failed()), "ko")

    assert lines[0] == "지난번과 비교 (10점 → 0점):"
    assert all(line.startswith("  더는 통과하지 못함: ") for line in lines[1:])


def test_where_nothing_came_out_otherwise_that_is_said():
    assert since_lines(since(failed(), failed()), "en") == (
        "Since the last time: no check came out otherwise",
    )


def test_what_could_not_be_found_out_is_neither_better_nor_worse():
    ids = {v.id for v in erroneous().verdicts if v.outcome is Outcome.ERROR}
    found = since(full_marks(), erroneous())
    told = {v.check.title for v in full_marks().verdicts if v.id in ids}

    assert ids
    assert not told & {*found.lost, *found.gained}
    assert since_lines(since(erroneous(), full_marks()), "en")[0] == (
        "Since the last time: no check came out otherwise"
    )
