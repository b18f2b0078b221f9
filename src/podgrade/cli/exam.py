"""`podgrade exam`: several exercises under one clock, graded where they run."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podgrade.cli.speech import SaidCommand, cluster_options, language, option, told
from podgrade.model.errors import UsageProblem
from podgrade.model.text import say

if TYPE_CHECKING:
    from podgrade.grading.exam_plan import Plan
    from podgrade.model.exam import Exam, Task

_STATUS, _FINISH = "status", "finish"


@click.command(
    cls=SaidCommand,
    words=say(
        "Practise under exam conditions: several exercises, one clock.\n\n"
        "`podgrade exam` makes a namespace for each exercise, puts the sheets into the current "
        "folder and starts the clock; you work with kubectl, in any order. `podgrade exam "
        "status` says how much time is left. `podgrade exam finish` grades all of it where it "
        "runs, writes a report into the folder exam-report and deletes the namespaces; once the "
        "time is up, `status` does so as well. FILE is an exam of your own (YAML).\n\n"
        "Exit code: 0 passed, 1 not passed, 2 wrong usage, 3 trouble with the cluster."
    ),
)
@click.argument("what", metavar="[status|finish|FILE]", required=False)
@option(
    "--exercises", metavar="SLUG,SLUG,...", words=say("The exercises (default: five by chance).")
)
@option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True),
    words=say("How much time there is (default: 8 minutes for each exercise)."),
)
@option("--force", is_flag=True, words=say("Replace files that are there already."))
@option("--keep", is_flag=True, words=say("With finish: leave the namespaces as they are."))
@cluster_options
def exam(
    what: str | None,
    exercises: str | None,
    minutes: float | None,
    force: bool,
    keep: bool,
    context: str | None,
    kubeconfig: Path | None,
) -> None:
    from podgrade.cli.exam_begin import begin
    from podgrade.cli.exam_finish import finish
    from podgrade.cli.exam_state import required

    if what in {_STATUS, _FINISH}:
        if exercises is not None or minutes is not None or force:
            raise UsageProblem(say("--exercises, --minutes and --force are for beginning an exam"))
        running = required()
        if running.finished is None and (what == _FINISH or time.time() >= running.ends):
            click.get_current_context().exit(finish(running, language(), keep=keep))
        _tell(running)
        return
    if keep:
        raise UsageProblem(say("--keep belongs to `podgrade exam finish`"))
    _tell(begin(_plan(what, exercises, minutes), context, kubeconfig, language(), force=force))


def _plan(what: str | None, exercises: str | None, minutes: float | None) -> Plan:
    from podgrade.grading.exam_plan import drawn, from_file, from_names

    if what is not None and exercises is not None:
        raise UsageProblem(say("name the exercises in the file or with --exercises, not in both"))
    if what is not None:
        return from_file(Path(what), minutes)
    if exercises is not None:
        return from_names([slug.strip() for slug in exercises.split(",")], minutes)
    return drawn(minutes)


def _tell(running: Exam) -> None:
    """The time that is left and the tasks; of one that is over, what came out."""
    if running.finished is not None:
        from podgrade.cli.exam_finish import REPORT
        from podgrade.model.exam import rounded

        over = say("This exam is over: {percent} %", percent=rounded(running.percent or 0.0))
        click.echo(told(over))
        click.echo(told(say("The report is in {file}", file=REPORT / "report.txt")))
        return
    minutes = max(running.ends - time.time(), 0) / 60
    clock = time.strftime("%H:%M", time.localtime(running.ends))
    left = say("{minutes} minutes left, until {clock}", minutes=int(minutes), clock=clock)
    click.echo(told(left))
    for task in running.tasks:
        _tell_task(running, task)
    click.echo()
    click.echo(told(say("When you are done: podgrade exam finish")))


def _tell_task(running: Exam, task: Task) -> None:
    from podgrade.grading.catalogue import exercise
    from podgrade.model.exam import rounded

    chosen = exercise(task.slug)
    click.echo()
    share = rounded(running.share(task))
    click.echo(f"{task.number}. {told(chosen.title)} ({share} %)")
    files = [str(path) for path in sorted(Path().glob(f"{task.stem}.*"))]
    click.echo(f"   {', '.join(files)}")
    click.echo(f"   kubectl config set-context --current --namespace={task.namespace}")
