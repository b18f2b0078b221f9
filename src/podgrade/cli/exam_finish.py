"""Ends an exam: everything is graded where it runs, reported, and cleaned away."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import click
import pytest

from podgrade import __version__
from podgrade.cli.alone import Grading, Listener, listen, run_arguments
from podgrade.cli.codes import FAILED, FULL_MARKS, INTERRUPTED, TROUBLE
from podgrade.cli.exam_state import save
from podgrade.cli.files import write
from podgrade.cli.record import remember
from podgrade.cli.screen import asides
from podgrade.cli.speech import told
from podgrade.cluster.providers.current import connect
from podgrade.grading.catalogue import exercise
from podgrade.model.errors import UsageProblem
from podgrade.model.exam import Exam, Marked, Task, percent
from podgrade.model.exercise import Exercise
from podgrade.model.submission import Live, Submission
from podgrade.model.text import say
from podgrade.model.verdict import Result
from podgrade.reports import exam as reports
from podgrade.reports.forms import render
from podgrade.reports.graded import Graded
from podgrade.reports.live import Progress
from podgrade.workspace.exam_room import clear

REPORT = Path("exam-report")

_AT_ONCE = 4  # tasks that are graded at once: their Pods run already


class Examiner(Listener):
    """Hands in every task's namespace, each for its own exercise."""

    def __init__(self, tasks: Sequence[Task], progress: Progress) -> None:
        super().__init__(progress)
        self._tasks = tasks

    @pytest.hookimpl
    def pytest_podgrade_submissions(self) -> list[Submission]:
        return [
            Submission(
                task.namespace,
                (),
                live=Live(task.namespace, allow_changes=True, exam=True),
                exercise=task.slug,
            )
            for task in self._tasks
        ]


def finish(exam: Exam, language: str, *, keep: bool) -> int:
    """Grade, report, clean up; the exit code.

    What could not be graded is no result: the exam is as before then, and can be finished again.
    """
    at = time.time()
    chosen = {task.slug: exercise(task.slug) for task in exam.tasks}
    gradings = list(_graded(exam, list(chosen.values()), language))
    if any(one.interrupted for one in gradings):
        click.echo(told(say("interrupted: the exam is as before, and can be finished")), err=True)
        return INTERRUPTED
    for one in gradings:
        if one.problem is not None:
            click.echo(f"podgrade: {told(one.problem)}", err=True)
    report = _report(exam, chosen, gradings, (at - exam.began) / 60, language)
    _write(report)
    click.echo(reports.summary(report), nl=False)
    click.echo(told(say("The report is in {file}", file=REPORT / "report.txt")))
    whole = percent(exam, report.marked)
    if whole is None:
        click.echo(told(say("Nothing was deleted: run `podgrade exam finish` again")), err=True)
        return TROUBLE
    over = replace(exam, finished=at, percent=whole)
    save(over)
    if not keep:
        _clean(exam)
    return FULL_MARKS if over.passed else FAILED


def _graded(exam: Exam, chosen: Sequence[Exercise], language: str) -> Iterator[Grading]:
    """One run for each pack."""

    def pack(one: Exercise) -> Path:
        return one.grader.parent.parent

    arguments = tuple(run_arguments(exam.context, _kubeconfig(exam), in_flight=_AT_ONCE))
    for root, group in groupby(sorted(chosen, key=pack), key=pack):
        of_pack = {one.slug: one.grader for one in group}
        tasks = [task for task in exam.tasks if task.slug in of_pack]
        with Progress(asides(), language) as progress:
            examiner = Examiner(tasks, progress)
            grading = listen(examiner, root, list(of_pack.values()), arguments, language)
        for result in grading.results:
            remember(result)
        yield grading


def _report(
    exam: Exam,
    chosen: dict[str, Exercise],
    gradings: Sequence[Grading],
    used: float,
    language: str,
) -> reports.Report:
    results: dict[str, Result] = {r.exercise: r for one in gradings for r in one.results}
    missing = say("it could not be graded")
    marked = [Marked(task, results.get(task.slug)) for task in exam.tasks]
    graded = [
        Graded(
            chosen[one.task.slug],
            one.task.namespace,
            one.result,
            None if one.result else missing,
            language,
            __version__,
        )
        for one in marked
    ]
    return reports.Report(exam, marked, graded, used, language, __version__)


def _write(report: reports.Report) -> None:
    try:
        REPORT.mkdir(exist_ok=True)
    except OSError as error:
        raise UsageProblem(
            say("{file} cannot be written: {error}", file=REPORT, error=error.strerror)
        ) from error
    write(REPORT / "report.txt", reports.as_text(report))
    write(REPORT / "report.json", reports.as_json(report))
    write(REPORT / "index.html", reports.as_html(report))
    for one, graded in zip(report.marked, report.graded, strict=True):
        if graded.result is not None:
            write(REPORT / f"{one.task.stem}.html", render("html", graded))


def _clean(exam: Exam) -> None:
    connection = connect(kubeconfig=_kubeconfig(exam), context=exam.context)
    clear(connection, [task.namespace for task in exam.tasks])
    click.echo(told(say("The exam's namespaces are being deleted")), err=True)


def _kubeconfig(exam: Exam) -> Path | None:
    return Path(exam.kubeconfig) if exam.kubeconfig else None
