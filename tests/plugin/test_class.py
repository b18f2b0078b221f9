"""`podgrade class`: everybody gets a result, nobody two, and a killed run has lost nothing."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import io
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import zipfile

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from tests.plugin.conftest import CHECKS
from tests.waiting import until

from podgrade.cli.main import main
from podgrade.grading import class_journal
from podgrade.reports.json import schema

pytest_plugins = "pytester"

# As in test_interrupt: whoever runs this in the background may have had signals ignored.
PODGRADE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from podgrade.cli.main import main
main()
"""


class Class:
    """A class's folder in a pack, and what was left by grading it."""

    words = ("class", "demo", "handed-in")
    target = "demo-grades"

    def __init__(self, pack, monkeypatch):
        self.pack = pack
        self.folder = pack.root / "handed-in"
        self.folder.mkdir()
        monkeypatch.syspath_prepend(pack.root)
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(pack.root), *sys.path]))
        self._modules = set(sys.modules)

    def hand_in(self, name, data=None, **script):
        """A learner's file: a Pod as the fake cluster's script says, or these bytes."""
        learner = script.pop("learner", name)
        data = self.pack.manifest(learner, **script).encode() if data is None else data
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def run(self, *words):
        """Grade it in this process; the modules of the pack are forgotten afterwards."""
        answer = CliRunner().invoke(main, [*self.words, *words])
        for name in set(sys.modules) - self._modules:
            if name.split(".")[0] in {"graders", "fake_cluster", "conftest"}:
                del sys.modules[name]
        return answer

    def start(self, *words):
        """Grade it in a process of its own."""
        return subprocess.Popen(
            self.command(*words),
            cwd=self.pack.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def command(self, *words):
        return [sys.executable, "-c", PODGRADE, *self.words, *words]

    @property
    def journal(self):
        return self.pack.root / self.target / "journal.jsonl"

    def lines(self):
        """The journal, each line checked against its schema."""
        text = self.journal.read_text("ascii") if self.journal.exists() else ""
        whole = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
        for line in whole:
            Draft202012Validator(class_journal.schema()).validate(line)
            Draft202012Validator(schema()).validate(line["result"])
        return whole

    def latest(self):
        """Each learner's verdict and score by the journal."""
        return {
            line["learner"]: (line["result"]["verdict"], line["result"]["score"])
            for line in self.lines()
        }

    def grades(self):
        """grades.csv: each learner's row by heading."""
        text = (self.pack.root / self.target / "grades.csv").read_text("utf-8-sig")
        return {row["learner"]: row for row in csv.DictReader(io.StringIO(text))}

    def page(self, learner):
        return (self.pack.root / f"demo-grades/pages/{learner}.html").read_text("utf-8")

    def created(self):
        """Whose manifests went to the cluster, by name, each time."""
        return sorted(call["pod"] for call in self.pack.calls("create"))


@pytest.fixture
def school(pack, monkeypatch):
    """A class of which nobody has handed anything in."""
    pack.grader(CHECKS)
    return Class(pack, monkeypatch)


def of_twenty(school):
    """Twelve right, three doomed, one wrong, two refused, one without sense, one locked up."""
    for number in range(10):
        school.hand_in(f"right-{number:02}.yaml")
    school.hand_in("김민수_2026-05-01.yaml", doomed="crash-loop")
    school.hand_in("김민수_2026-05-02.yaml")
    school.hand_in("same.yaml", learner="right-03.yaml")
    for number in range(3):
        school.hand_in(f"doomed-{number}.yaml", doomed="image-not-found")
    school.hand_in("wrong.yaml", page="bye")
    school.hand_in("refused.yaml", refused="no such field")
    school.hand_in("privileged.yaml", data=PRIVILEGED)
    school.hand_in("letter.docx", data=b"dear teacher")
    school.hand_in("broken.zip", data=b"PK, but no zip")


PRIVILEGED = b"""
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  hostNetwork: true
  containers: [{name: app, image: nginx}]
"""

EXPECTED = {
    **{f"right-{number:02}": ("passed", 5) for number in range(10)},
    "김민수": ("passed", 5),
    "same": ("passed", 5),
    **{f"doomed-{number}": ("failed", 0) for number in range(3)},
    "wrong": ("failed", 2),
    "refused": ("failed", 0),
    "privileged": ("failed", 0),
    "letter": ("failed", 0),
    "broken": ("failed", 0),
}


def test_a_class_of_twenty(school):
    of_twenty(school)
    answer = school.run("--names")

    assert answer.exit_code == 1, answer.output
    assert school.latest() == EXPECTED
    assert len(school.lines()) == 20
    rows = school.grades()
    assert {name: row["verdict"] for name, row in rows.items()} == {
        name: verdict for name, (verdict, _) in EXPECTED.items()
    }
    assert rows["wrong"]["It is Ready"] == "2"
    assert rows["wrong"]["total"] == "2"
    assert "there is no manifest, only `letter.docx`" in rows["letter"]["reason"]
    assert rows["same"]["the same as"] == "right-03"
    assert rows["김민수"]["handed in as"] == "김민수_2026-05-02.yaml"
    assert "20 learners, 19 to be graded" in answer.stderr
    assert "1 handed in byte for byte the same as another" in answer.stderr
    assert "김민수: handed in 2 times: the last one counts" in answer.stderr
    assert "20 learners: 12 with full marks, 8 without, 0 with an error, 0 not graded" in (
        answer.stderr
    )


def test_each_learner_has_a_page(school):
    of_twenty(school)
    school.run()

    assert "handed in 2 times: the last one counts" in school.page("김민수")
    assert "byte for byte the same" in school.page("same")
    assert "right-03" not in school.page("same")  # whose it is, is the teacher's business
    assert "image-not-found" not in school.page("doomed-1")
    assert "it is doomed" in school.page("doomed-1")
    index = (school.pack.root / "demo-grades/index.html").read_text("utf-8")
    assert '<a href="pages/%EA%B9%80%EB%AF%BC%EC%88%98.html">김민수</a>' in index


def test_nothing_that_is_written_of_a_class_holds_the_value_of_a_secret(school):
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mine"}}
    secret["stringData"] = {"password": "hunter22"}
    pod = school.pack.manifest("kim", page="it is hunter22 or aHVudGVyMjIK")
    school.hand_in("kim.yaml", data=f"{pod}\n---\n{json.dumps(secret)}\n".encode())
    school.hand_in("lee.yaml")
    answers = [school.run("--names"), school.run("--resume", "--names")]

    folder = school.pack.root / "demo-grades"
    written = [path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()]
    told = [*written, *(answer.output + answer.stderr for answer in answers)]
    assert not any(part in text for part in ("hunter22", "aHVudGVy") for text in told)
    assert "it is [Secret/mine:password] or [Secret/mine:password:base64]" in school.page("kim")
    assert "[Secret/mine:password]" in school.grades()["kim"]["reason"]


def test_equal_work_is_graded_once(school):
    for name in ("kim", "lee", "park"):
        school.hand_in(f"{name}.yaml", learner="shared")
    school.run()

    assert school.created() == ["shared"]
    assert [line["same_as"] for line in school.lines()] == [None, "kim", "kim"]


def test_names_stay_out_of_logs(school):
    school.hand_in("kim.yaml", page="bye")
    school.hand_in("lee_2026-05-01.yaml")
    school.hand_in("lee_2026-05-02.yaml")
    answer = school.run()

    assert "kim" not in answer.output
    assert "lee" not in answer.output
    assert "1 learners have a note" in answer.stderr
    assert "kim  2/5" in school.run("--only", "kim", "--names").stderr


def test_how_many_are_on_the_cluster_at_once_is_told_unless_it_was_asked_for(school):
    school.pack.conftest(FLOW)
    for name in ("kim.yaml", "lee.yaml"):
        school.hand_in(name)
    school.run()
    school.run("--only", "kim", "--only", "lee", "--in-flight", "3")

    assert (school.pack.root / "flow").read_text() == "16 as it is\n"


FLOW = """
def pytest_podgrade_flow(number, why):
    with Path(__file__).with_name("flow").open("a") as stream:
        stream.write(f"{number} {why}\\n")
"""


def test_it_is_said_in_korean(school):
    school.hand_in("kim.yaml")
    answer = school.run("--lang", "ko")

    assert "학습자 1명: 만점 1명" in answer.stderr
    assert "학습자" in (school.pack.root / "demo-grades/grades.csv").read_text("utf-8-sig")


def test_results_are_never_written_over(school):
    school.hand_in("kim.yaml")
    assert school.run().exit_code == 0
    again = school.run()

    assert again.exit_code == 2
    assert "--resume" in again.stderr
    assert school.run("--output", "other").exit_code == 0
    assert len(school.lines()) == 1


def test_resume_grades_what_is_new_or_changed(school):
    for name in ("kim", "lee", "park"):
        school.hand_in(f"{name}.yaml")
    school.run()
    school.pack.forget()
    school.hand_in("lee.yaml", page="bye", learner="lee again")
    school.hand_in("choi.yaml")
    school.hand_in("jung.yaml", learner="kim.yaml")
    answer = school.run("--resume")

    assert school.created() == ["choi.yaml", "lee again"]
    assert school.latest()["lee"] == ("failed", 2)
    assert school.latest()["jung"] == ("passed", 5)
    assert "1 are graded again" in answer.stderr
    school.pack.forget()
    assert school.run("--resume").exit_code == 1
    assert school.pack.calls() == []  # nothing to do: no cluster is asked for


def test_another_grader_is_another_marking(school):
    school.hand_in("kim.yaml")
    school.run()
    school.pack.grader(CHECKS.replace("points=3", "points=4"))
    school.run("--resume")

    assert [line["result"]["score"] for line in school.lines()] == [5, 6]
    assert school.lines()[0]["marking"] != school.lines()[1]["marking"]


def test_only_some(school):
    school.hand_in("kim.yaml")
    school.hand_in("lee.yaml", page="bye")
    school.hand_in("park.yaml", dead="true")
    assert school.run().exit_code == 3
    assert school.grades()["park"]["total"] == ""
    for only, expected in (
        ("failed", ["lee.yaml"]),
        ("error", ["park.yaml"]),
        ("kim", ["kim.yaml"]),
        ("kim.yaml", ["kim.yaml"]),
    ):
        school.pack.forget()
        school.run("--only", only)
        assert school.created() == expected
    unknown = school.run("--only", "kin")
    assert unknown.exit_code == 2
    assert "did you mean: kim?" in unknown.stderr


def test_an_error_is_nobodys_fault_and_is_graded_again(school):
    school.hand_in("kim.yaml", dead="true")
    school.hand_in("lee.yaml")
    school.hand_in("lee.zip", data=zipped(school.pack.manifest("other")))
    answer = school.run()

    assert answer.exit_code == 3
    assert school.latest() == {"kim": ("error", None), "lee": ("error", None)}
    assert "next: grade the errors again with the same command and --only error" in answer.stderr
    school.hand_in("kim.yaml")
    (school.folder / "lee.zip").unlink()
    assert school.run("--resume").exit_code == 0


def zipped(text):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("pod.yaml", text)
    return stream.getvalue()


def test_evidence_is_kept_of_everybody(school):
    school.hand_in("kim.yaml", page="bye")
    school.hand_in("letter.docx", data=b"dear teacher")
    school.hand_in("lee.yaml")
    school.hand_in("lee.zip", data=zipped(school.pack.manifest("other")))
    assert school.run("--evidence", "evidence").exit_code == 3
    codes = {}
    for file in (school.pack.root / "evidence").glob("*.json"):
        codes[file.name] = CliRunner().invoke(main, ["regrade", str(file)]).exit_code

    assert codes == {"demo.kim.json": 1, "demo.letter.json": 1, "demo.lee.json": 3}


# Cut off


def test_a_kill_in_the_middle_loses_none_and_grades_none_twice(school):
    """Ten are done, the eleventh never ends: kill -9. The rest comes with --resume."""
    for number in range(10):
        school.hand_in(f"done-{number}.yaml", learner=f"done-{number}")
    school.hand_in("same.yaml", learner="done-0")
    for number in range(9):
        school.hand_in(f"wait-{number}.yaml", learner=f"wait-{number}", gate="open")
    process = school.start("--in-flight", "10")
    until(lambda: len(school.lines()) == 11, by=process)
    process.kill()
    process.communicate()
    before = school.lines()
    torn = school.journal.read_bytes() + b'{"podgrade": "0.1.0", "at": "20'
    school.journal.write_bytes(torn)
    school.pack.forget()
    school.pack.file("open", "")
    answer = school.run("--resume")

    assert answer.exit_code == 0, answer.output
    assert school.lines()[:11] == before
    assert len(school.lines()) == 20
    assert school.created() == [f"wait-{number}" for number in range(9)]
    assert len(school.grades()) == 20
    assert {row["total"] for row in school.grades().values()} == {"5"}


def test_killed_again_and_again_each_learner_has_one_result(school):
    names = [f"kim-{number:02}" for number in range(20)]
    for number, name in enumerate(names):
        school.hand_in(f"{name}.yaml", learner=name, gate=f"open-{number // 5}")
    for count in range(3):
        school.pack.file(f"open-{count}", "")
        process = school.start("--resume", "--in-flight", "20")
        until(lambda end=count * 5 + 4: len(school.lines()) >= end, by=process)
        process.kill()
        process.communicate()
    school.pack.file("open-3", "")
    answer = school.run("--resume")

    assert answer.exit_code == 0, answer.output
    assert sorted(line["learner"] for line in school.lines()) == names
    assert sorted(school.grades()) == names


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_after_an_interrupt_there_are_grades(school, number):
    school.hand_in("done.yaml", learner="done")
    school.hand_in("wait.yaml", learner="wait", gate="open")
    process = school.start("--names")
    until(lambda: "done" in school.latest(), by=process)
    until(lambda: school.pack.calls("wait"), by=process)
    process.send_signal(number)
    said, _ = process.communicate(timeout=30)

    assert process.returncode == 130, said
    assert set(school.latest()) == {"done"}
    rows = school.grades()
    assert (rows["done"]["total"], rows["wait"]["total"]) == ("5", "")
    assert rows["wait"]["reason"] == "not graded yet"
    assert "next: go on with the same command and --resume" in said


def read(terminal):
    """Take what a terminal shows, so that nobody waits for room; True."""
    os.set_blocking(terminal, False)
    with contextlib.suppress(BlockingIOError):
        os.read(terminal, 1 << 16)
    return True


def test_a_lost_terminal_is_an_interrupt(school):
    """Nobody is told any more; all the same there are grades, and things are cleaned up."""
    school.hand_in("done.yaml", learner="done")
    school.hand_in("wait.yaml", learner="wait", gate="open")
    terminal, end = pty.openpty()
    with subprocess.Popen(
        school.command("--names"),
        cwd=school.pack.root,
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    ) as process:
        os.close(end)
        until(lambda: read(terminal) and "done" in school.latest(), by=process)
        until(lambda: read(terminal) and school.pack.calls("wait"), by=process)
        os.close(terminal)
        assert process.wait(30) == 130
    assert set(school.latest()) == {"done"}
    assert school.grades()["wait"]["reason"] == "not graded yet"
    assert school.pack.calls()[-1]["call"] == "close"


def test_two_runs_do_not_write_into_one_journal(school):
    school.hand_in("wait.yaml", gate="open")
    process = school.start()
    until(lambda: school.pack.calls("wait"), by=process)
    try:
        answer = school.run("--resume")
    finally:
        process.kill()
        process.communicate()

    assert answer.exit_code == 2
    assert "another run writes" in answer.stderr


def test_a_full_disk_ends_the_run_and_is_told(school, monkeypatch):
    write, journals = os.write, set()

    def full(file, data):
        if file in journals:
            raise OSError(28, "No space left on device")
        if not data.startswith(b'{"podgrade"'):
            return write(file, data)  # not the journal's
        journals.add(file)
        return write(file, data[:100])

    for number in range(5):
        school.hand_in(f"kim-{number}.yaml")
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        answer = school.run("--in-flight", "1")

    assert answer.exit_code == 2
    assert "No space left on device" in answer.stderr
    assert school.lines() == []
    assert school.run("--resume").exit_code == 0
    assert len(school.lines()) == 5


def test_there_is_no_cluster(school):
    school.hand_in("kim.yaml")
    school.pack.file("no-cluster", "")
    answer = school.run()

    assert answer.exit_code == 3
    assert "podgrade: there is no cluster" in answer.stderr
    assert school.grades()["kim"]["total"] == ""


def test_a_grader_that_cannot_be_read(school):
    school.hand_in("kim.yaml")
    school.pack.grader("def broken(:\n")
    answer = school.run()

    assert answer.exit_code == 3
    assert "SyntaxError" in answer.stderr


# Corrections


def test_a_teachers_corrections(school):
    school.hand_in("kim.yaml", page="bye", learner="kim")
    school.hand_in("lee.yaml", learner="lee")
    school.hand_in("park.yaml", dead="true", learner="park")
    school.run()
    school.pack.forget()
    text = "learner,check,points,why\nkim,It answers,3,the page is right\npark,test_ready,1,seen\n"
    school.pack.file("corrections.csv", text)
    answer = school.run("--corrections", "corrections.csv")

    assert answer.exit_code == 3, answer.output  # park's other check is still open
    assert school.created() == []
    assert school.latest()["kim"] == ("passed", 5)
    row = school.grades()["kim"]
    assert (row["total"], row["corrected"]) == ("5", "test_answers: 3 (the page is right)")
    assert "the page is right" in school.page("kim")
    count = len(school.lines())
    school.run("--resume")
    assert school.grades()["kim"]["total"] == "5"  # they hold
    school.run("--corrections", "corrections.csv")
    assert len(school.lines()) == count  # nothing new to be written
    school.pack.file("corrections.csv", "learner,check,points,why\n")
    school.run("--corrections", "corrections.csv")
    assert school.latest()["kim"] == ("failed", 2)


def test_other_work_is_not_what_was_graded_or_corrected(school):
    school.hand_in("kim.yaml", page="bye")
    school.hand_in("lee.yaml")
    school.run()
    school.hand_in("kim.yaml")
    school.pack.file("corrections.csv", "learner,check,points,why\nlee,test_ready,1,x\n")
    school.run("--only", "lee", "--corrections", "corrections.csv")

    assert school.grades()["lee"]["total"] == "4"
    assert school.grades()["kim"]["reason"] == "not graded yet"
    school.run("--resume")
    assert school.grades()["kim"]["total"] == "5"


def test_corrections_that_fit_nothing_are_told(school):
    school.hand_in("kim.yaml", page="bye")
    text = "learner,check,points,why\nkin,test_ready,1,x\nkim,test_redy,1,x\nkim,test_ready,9,x\n"
    school.pack.file("corrections.csv", text)
    answer = school.run("--corrections", "corrections.csv")

    assert answer.exit_code == 2
    assert "line 2: there is no learner kin; did you mean: kim?" in answer.stderr
    assert "line 3: there is no check `test_redy`" in answer.stderr
    assert "line 4: `test_ready` is worth 2 points at most" in answer.stderr
    assert school.grades()["kim"]["total"] == "2"


# A course


@pytest.fixture
def course(pack, monkeypatch):
    """Two exercises of two graders, whose folders are there and empty."""
    pack.grader(CHECKS)
    pack.grader(CHECKS.replace("points=3", "points=8"), slug="other")
    for week in ("week-1", "week-2"):
        (pack.root / week).mkdir()
    pack.file(
        "course.yaml",
        "title: Pods\n"
        "exercises:\n"
        "- {exercise: demo, folder: week-1}\n"
        "- {exercise: other, folder: week-2, weight: 3}\n",
    )
    return Course(pack, monkeypatch)


class Course(Class):
    """A class on two exercises."""

    words = ("class", "course.yaml")
    target = "course-grades"

    def of(self, week):
        self.folder = self.pack.root / week
        return self

    def results(self):
        return {
            (line["exercise"], line["learner"]): (
                line["result"]["verdict"],
                line["result"]["score"],
            )
            for line in self.lines()
        }


def test_a_course_of_two_exercises(course):
    course.of("week-1").hand_in("kim.yaml")
    course.hand_in("lee.yaml", page="bye", learner="lee at week 1")
    course.hand_in("first.yaml")
    course.of("week-2").hand_in("kim.yaml", page="bye", learner="kim at week 2")
    course.hand_in("lee.yaml", dead="true")
    answer = course.run("--names")

    assert answer.exit_code == 3, answer.output
    assert course.results() == {
        ("demo", "kim"): ("passed", 5),
        ("demo", "lee"): ("failed", 2),
        ("demo", "first"): ("passed", 5),
        ("other", "kim"): ("failed", 2),
        ("other", "lee"): ("error", None),
    }
    rows = course.grades()
    assert (rows["kim"]["demo"], rows["kim"]["other"], rows["kim"]["total"]) == ("5", "2", "40")
    assert (rows["first"]["total"], rows["first"]["missing"]) == ("25", "other: not handed in")
    assert rows["lee"]["total"] == ""
    assert "other kim  2/10" in answer.stderr
    assert "demo: 3 learners, 3 to be graded" in answer.stderr
    assert "other: 2 learners: 0 with full marks, 1 without, 1 with an error" in answer.stderr
    page = (course.pack.root / "course-grades/index.html").read_text("utf-8")
    assert '<a href="other/pages/kim.html">2</a>' in page
    for slug in ("demo", "other"):
        assert (course.pack.root / f"course-grades/{slug}/pages/kim.html").exists()
        assert (course.pack.root / f"course-grades/{slug}/grades.csv").exists()


def test_both_exercises_are_graded_at_once(course):
    """Each waits for what the other's handing in brings about."""
    course.of("week-1").hand_in("kim.yaml", learner="one", gate="open")
    course.of("week-2").hand_in("kim.yaml", learner="two", gate="open")
    process = course.start()
    until(lambda: course.created() == ["one", "two"], by=process)
    course.pack.file("open", "")
    said, _ = process.communicate(timeout=30)

    assert process.returncode == 0, said


def test_a_course_goes_on_where_it_was_cut_off(course):
    course.of("week-1").hand_in("kim.yaml", learner="one")
    course.of("week-2").hand_in("kim.yaml", learner="two", gate="open")
    process = course.start()
    until(lambda: len(course.lines()) == 1, by=process)
    process.kill()
    process.communicate()
    course.pack.forget()
    course.pack.file("open", "")
    assert course.run("--resume").exit_code == 0

    assert course.created() == ["two"]
    assert course.grades()["kim"]["total"] == "100"


def test_only_one_learner_of_a_course(course):
    course.of("week-1").hand_in("kim.yaml", learner="one")
    course.of("week-2").hand_in("lee.yaml", learner="two")
    course.run()
    course.pack.forget()

    assert course.run("--only", "lee").exit_code == 0
    assert course.created() == ["two"]
    assert "did you mean: lee" in course.run("--only", "lea").stderr


def test_corrections_of_a_course_name_the_exercise(course):
    course.of("week-1").hand_in("kim.yaml", page="bye", learner="one")
    course.of("week-2").hand_in("kim.yaml", page="bye", learner="two")
    course.run()
    rows = "exercise,learner,check,points,why\n"
    course.pack.file("c.csv", f"{rows}other,kim,test_answers,8,mine\nnone,kim,test_ready,1,x\n")
    answer = course.run("--corrections", "c.csv")

    row = course.grades()["kim"]
    assert (row["demo"], row["other"]) == ("2", "10")
    assert "corrections, line 3: there is no exercise none in the course" in answer.stderr


def test_a_course_that_is_wrong_grades_nobody(course):
    course.pack.file("course.yaml", "exercises:\n- {exercise: dmeo, folder: week-1}\n")
    answer = course.run()

    assert answer.exit_code == 2
    assert "course.yaml, line 2: There is no exercise dmeo. Did you mean: demo?" in answer.stderr
    assert course.run("week-1").exit_code == 2
    assert not course.journal.exists()


def test_a_folder_is_asked_for(school):
    answer = CliRunner().invoke(main, ["class", "demo"])

    assert answer.exit_code == 2
    assert "podgrade class demo FOLDER" in answer.stderr
