"""`podgrade exam`: the plan, the file of its state, what comes out, without a cluster."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.unit.results import erroneous, failed, full_marks
from tests.unit.test_result_html import OURS, Page

from podgrade.cli import exam_begin, exam_finish, exam_state
from podgrade.cli import record as records
from podgrade.cli.alone import Grading
from podgrade.cli.main import main
from podgrade.cluster.connection import ApiRefusal
from podgrade.grading.catalogue import exercise
from podgrade.grading.exam_plan import DRAWN, drawn, from_file, from_names
from podgrade.model.errors import InfrastructureError, UsageProblem
from podgrade.model.exam import Exam, Marked, Task, percent, rounded
from podgrade.model.text import say
from podgrade.reports import exam as reports
from podgrade.reports.graded import Graded
from podgrade.workspace.exam_room import exam_run, furnish, namespace_of

TASKS = (Task(1, "sidecar", 3, "exam-x-1"), Task(2, "shared-volume", 1, "exam-x-2"))
EXAM = Exam("x", 1000.0, 16, 66, TASKS, "podgrade-node")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PODGRADE_STATE", str(tmp_path / "state"))
    return tmp_path


def test_an_exam_of_named_exercises_gives_eight_minutes_for_each():
    plan = from_names(["sidecar", "localhost"])
    assert [(one.slug, weight) for one, weight in plan.exercises] == [
        ("sidecar", 1),
        ("localhost", 1),
    ]
    assert (plan.minutes, plan.passing) == (16, 66)
    assert from_names(["sidecar"], 5).minutes == 5


def test_a_file_gives_weights_time_and_what_is_enough():
    Path("exam.yaml").write_text("minutes: 30\npassing: 50\nexercises: {sidecar: 2, service: 1}\n")
    plan = from_file(Path("exam.yaml"))
    assert [(one.slug, weight) for one, weight in plan.exercises] == [
        ("sidecar", 2),
        ("service", 1),
    ]
    assert (plan.minutes, plan.passing) == (30, 50)
    assert from_file(Path("exam.yaml"), 10).minutes == 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("exercises: {}", "exercises"),
        ("minutes: 3", "the field exercises is missing"),
        ("exercises: {sidecar: 0}", "sidecar"),
        ("exercises: {sidecar: 1}\nhours: 1", "the field hours is not known here"),
        ("exercises: {sidcar: 1}", "Did you mean: sidecar"),
        ("exercises: {lifecycle: 1}", "cannot be part of an exam"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(text, said):
    Path("exam.yaml").write_text(text)
    with pytest.raises(UsageProblem, match=said):
        from_file(Path("exam.yaml"))


def test_without_names_exercises_that_are_graded_in_place_are_drawn():
    plan = drawn(draw=lambda fit, count: fit[:count])
    assert len(plan.exercises) == DRAWN
    assert all(one.live != "no" for one, _ in plan.exercises)
    with pytest.raises(UsageProblem, match="more than once: sidecar"):
        from_names(["sidecar", "sidecar"])


def test_the_state_is_what_was_saved():
    assert exam_state.known() is None
    with pytest.raises(UsageProblem, match="no exam was begun"):
        exam_state.required()
    exam_state.save(EXAM)
    assert exam_state.required() == EXAM
    for text in ("{", "[]", '{"version": 9, "tasks": []}', '{"version": 1, "tasks": [{}]}'):
        exam_state.FILE.write_text(text)
        with pytest.raises(UsageProblem, match="not the file of an exam"):
            exam_state.known()


def marked(first, second):
    return [Marked(TASKS[0], first), Marked(TASKS[1], second)]


@pytest.mark.parametrize(
    ("results", "whole"),
    [
        ((full_marks(), full_marks()), 100),
        ((full_marks(), failed()), 75),
        ((failed(), full_marks()), 25),
        ((erroneous(), full_marks()), None),
        ((None, full_marks()), None),
    ],
)
def test_the_whole_is_the_weighted_sum_and_open_where_a_task_is(results, whole):
    assert percent(EXAM, marked(*results)) == whole


def test_what_is_shown_as_enough_is_enough():
    assert [rounded(value) for value in (65.99, 66.0, 66.666, 100.0)] == [
        "65.9",
        "66",
        "66.6",
        "100",
    ]


def report(*results, used=10.0, language="en"):
    found = marked(*results)
    graded = [
        Graded(exercise(one.task.slug), one.task.namespace, one.result, None, language, "1")
        for one in found
    ]
    return reports.Report(EXAM, found, graded, used, language, "1")


def test_the_report_says_what_came_out_and_why():
    text = reports.as_text(report(full_marks(), failed()))
    assert "Passed: 75 % (66 % are enough)" in text
    assert "handed in after 10 of 16 minutes" in text
    assert "10/10 points: 75 of 75 %" in text
    assert "image busyboxx was not found" in text
    late = reports.as_text(report(failed(), full_marks(), used=20.0))
    assert "Not passed: 25 % (66 % are needed)" in late
    assert "later than the 16 there were" in late
    assert "No result" in reports.as_text(report(erroneous(), full_marks()))


def test_the_report_as_data():
    data = json.loads(reports.as_json(report(full_marks(), failed())))
    assert (data["percent"], data["passed"]) == (75, True)
    assert [task["part"] for task in data["tasks"]] == [1, 0]
    assert data["tasks"][1]["verdict"]["verdict"] == "failed"
    open_one = json.loads(reports.as_json(report(None, full_marks())))
    assert (open_one["percent"], open_one["passed"]) == (None, None)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_links_to_the_tasks_pages(language):
    for results in ((full_marks(), failed()), (None, full_marks())):
        page = Page(reports.as_html(report(*results, language=language)))
        assert page.tags <= {*OURS, "a"}
        links = {value for name, value in page.attributes if name == "href"}
        assert links <= {"1-sidecar.html", "2-shared-volume.html"}


class Server:
    """Takes what is made; refuses the object of one kind if told so."""

    def __init__(self, refuses=None):
        self.made = []
        self.deleted = []
        self._refuses = refuses
        self.context = "podgrade-node"

    def request(self, method, path, *, body=None, **_):
        if method == "POST":
            if body["kind"] == self._refuses:
                raise ApiRefusal(403, "Forbidden", "no more of these")
            self.made.append((body["kind"], body["metadata"]["name"]))
        if method == "DELETE" and path.startswith("/api/v1/namespaces/") and path.count("/") == 4:
            self.deleted.append(path.rpartition("/")[2])
        return {}

    def request_with_warnings(self, method, path, **more):
        return self.request(method, path, **more), ()


@pytest.fixture
def server(monkeypatch):
    found = Server()
    monkeypatch.setattr(exam_begin, "connect", lambda **_: found)
    monkeypatch.setattr(exam_finish, "connect", lambda **_: found)
    monkeypatch.setattr("podgrade.workspace.exam_room.appeared", lambda *_: None)
    monkeypatch.setattr("podgrade.workspace.exam_room.unmet", lambda *_: None)
    return found


def podgrade(*words):
    return CliRunner().invoke(main, [*words, "--lang", "en"])


def test_namespaces_are_made_with_the_setup_in_them_all_or_none(server):
    run = exam_run(10)
    rooms = [(namespace_of(run, 1), exercise("sidecar-deployment"))]
    furnish(server, run, rooms)
    assert [kind for kind, _ in server.made] == ["Namespace", "Service", "Deployment"]
    refusing = Server(refuses="Deployment")
    with pytest.raises(InfrastructureError, match="no more of these"):
        furnish(refusing, run, rooms)
    assert refusing.deleted == [f"exam-{run.id}-1"]


def test_an_exam_is_begun_once(server):
    done = podgrade("exam", "--exercises", "sidecar,shared-volume", "--minutes", "20")
    assert done.exit_code == 0, done.output
    assert "19 minutes left" in done.output or "20 minutes left" in done.output
    state = exam_state.required()
    assert [task.slug for task in state.tasks] == ["sidecar", "shared-volume"]
    assert f"--namespace={state.tasks[1].namespace}" in done.output
    assert Path("1-sidecar.md").is_file()
    assert Path("2-shared-volume.yaml").is_file()
    again = podgrade("exam", "--exercises", "sidecar")
    assert again.exit_code == 2
    assert "podgrade exam finish" in again.output
    assert podgrade("exam", "status").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("status", "--minutes", "90"), "--minutes and --force are for beginning an exam"),
        (("finish", "--exercises", "sidecar"), "are for beginning an exam"),
        (("--exercises", "sidecar", "--keep"), "--keep belongs to `podgrade exam finish`"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(server, words, said):
    done = podgrade("exam", *words)
    assert done.exit_code == 2
    assert said in done.output
    assert not server.made


def test_files_of_the_learners_are_not_replaced(server):
    Path("1-sidecar.yaml").write_text("mine")
    done = podgrade("exam", "--exercises", "sidecar")
    assert done.exit_code == 2
    assert not server.made
    assert podgrade("exam", "--exercises", "sidecar", "--force").exit_code == 0
    assert Path("1-sidecar.yaml").read_text() != "mine"


def graded_as(monkeypatch, *results, **more):
    """What the runs find out, without any run."""

    def listen(examiner, *_):
        found = [
            replace(r, exercise=t.slug) for r, t in zip(results, examiner._tasks, strict=False)
        ]
        return Grading(results=found, **more)

    monkeypatch.setattr(exam_finish, "listen", listen)


def begun():
    assert podgrade("exam", "--exercises", "sidecar,shared-volume").exit_code == 0
    return exam_state.required()


def test_finish_reports_remembers_and_cleans_up(server, monkeypatch):
    state = begun()
    graded_as(monkeypatch, full_marks(), failed())
    done = podgrade("exam", "finish")
    assert done.exit_code == 1, done.output
    assert "Not passed: 50 %" in done.output
    assert {path.name for path in exam_finish.REPORT.iterdir()} == {
        *("report.txt", "report.json", "index.html"),
        *("1-sidecar.html", "2-shared-volume.html"),
    }
    assert sorted(server.deleted) == sorted(task.namespace for task in state.tasks)
    assert list(records.passed()) == ["sidecar"]
    assert "This exam is over: 50 %" in podgrade("exam", "status").output


def test_what_cannot_be_graded_leaves_the_exam_as_it_is(server, monkeypatch):
    begun()
    graded_as(monkeypatch, full_marks(), erroneous())
    assert podgrade("exam", "finish").exit_code == 3
    graded_as(monkeypatch, full_marks(), trouble=InfrastructureError(say("there is no cluster")))
    assert podgrade("exam", "finish").exit_code == 3
    graded_as(monkeypatch, interrupted=True)
    assert podgrade("exam", "finish").exit_code == 130
    assert not server.deleted
    assert exam_state.required().finished is None
    graded_as(monkeypatch, full_marks(), full_marks())
    assert podgrade("exam", "finish", "--keep").exit_code == 0
    assert not server.deleted


def test_once_the_time_is_up_status_grades(server, monkeypatch):
    exam_state.save(EXAM)
    graded_as(monkeypatch, full_marks(), full_marks())
    done = podgrade("exam", "status")
    assert done.exit_code == 0
    assert "Passed: 100 %" in done.output


def test_every_namespace_is_handed_in_for_its_own_exercise():
    given = exam_finish.Examiner(TASKS, None).pytest_podgrade_submissions()
    assert [(one.key, one.exercise) for one in given] == [
        ("exam-x-1", "sidecar"),
        ("exam-x-2", "shared-volume"),
    ]
    assert all(one.live.exam and one.live.allow_changes for one in given)
