"""Begins an exam: namespaces, files, the clock."""

from __future__ import annotations

import time
from pathlib import Path

from podgrade.cli.exam_state import FILE, known, save
from podgrade.cli.files import spare, write
from podgrade.cluster.providers.current import connect
from podgrade.grading.catalogue import sheet, starter
from podgrade.grading.exam_plan import Plan
from podgrade.model.errors import UsageProblem
from podgrade.model.exam import Exam, Task
from podgrade.model.text import say
from podgrade.workspace.exam_room import clear, exam_run, furnish, namespace_of


def begin(
    plan: Plan, context: str | None, kubeconfig: Path | None, language: str, *, force: bool
) -> Exam:
    """The exam that now runs. Raises UsageProblem, InfrastructureError: then nothing was begun."""
    _nothing_begun(force)
    run = exam_run(plan.minutes)
    tasks = tuple(
        Task(number, exercise.slug, weight, namespace_of(run, number))
        for number, (exercise, weight) in enumerate(plan.exercises, 1)
    )
    files = _files(plan, tasks, language)
    spare(files, force=force)
    connection = connect(kubeconfig=kubeconfig, context=context)
    rooms = [(t.namespace, one) for t, (one, _) in zip(tasks, plan.exercises, strict=True)]
    furnish(connection, run, rooms)
    exam = Exam(
        run.id,
        time.time(),
        plan.minutes,
        plan.passing,
        tasks,
        connection.context,
        None if kubeconfig is None else str(kubeconfig.resolve()),
    )
    try:
        for path, text in files.items():
            write(path, text)
        save(exam)
    except BaseException:
        clear(connection, [task.namespace for task in tasks])
        raise
    return exam


def _nothing_begun(force: bool) -> None:
    """Raise UsageProblem if an exam runs in this folder: its namespaces would be forgotten."""
    before = known()
    if before is not None and before.finished is None:
        raise UsageProblem(
            say("an exam runs in this folder already: podgrade exam status, podgrade exam finish")
        )
    if before is not None and not force:
        raise UsageProblem(
            say(
                "{file} of an exam that is over is here: begin the next one in another folder, or "
                "with --force",
                file=FILE,
            )
        )


def _files(plan: Plan, tasks: tuple[Task, ...], language: str) -> dict[Path, str]:
    found = {}
    for task, (exercise, _) in zip(tasks, plan.exercises, strict=True):
        found[Path(f"{task.stem}.md")] = sheet(exercise, language)
        beginning = starter(exercise)
        if beginning is not None:
            found[Path(f"{task.stem}.yaml")] = beginning
    return found
