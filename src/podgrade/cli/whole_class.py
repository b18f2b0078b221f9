"""`podgrade class`: grade everybody's work in a folder."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podgrade.cli.complete import slugs
from podgrade.cli.speech import SaidCommand, cluster_options, evidence_option, language, option
from podgrade.model.text import Words, say

if TYPE_CHECKING:
    from podgrade.cli.class_words import Done
    from podgrade.grading.corrections import Row
    from podgrade.model.exercise import Exercise


@click.command(
    name="class",
    cls=SaidCommand,
    words=say(
        "Grade everybody's work in a folder.\n\n"
        "SLUG is the exercise (see `podgrade list`). FOLDER has a file, a folder or an archive "
        "(.zip, .tar.gz) for each learner, as Moodle, GitHub Classroom and Gradescope give it, "
        "or named after the learners.\n\n"
        "Each result is written down at once; after Ctrl-C or a crash, --resume goes on.\n\n"
        "Exit code: 0 everybody has full marks, 1 somebody has not, 2 wrong usage, 3 trouble with "
        "the cluster or the grader."
    ),
)
@click.argument("slug", shell_complete=slugs)
@click.argument("folder", type=click.Path(path_type=Path))
@option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    words=say("Where journal, grades.csv and pages go (default: SLUG-grades)."),
)
@option("--resume", is_flag=True, words=say("Go on where a run ended: who has a result keeps it."))
@option(
    "--only",
    multiple=True,
    metavar="LEARNER|failed|error",
    words=say("Grade again only this learner, those who failed, or those with an error."),
)
@option(
    "--corrections",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.csv",
    words=say("A teacher's decisions (learner, check, points, why); these and no others hold."),
)
@evidence_option
@option(
    "--in-flight",
    type=click.IntRange(min=1),
    metavar="N",
    words=say("How many submissions are on the cluster at once (default: 16)."),
)
@option("--names", is_flag=True, words=say("Show learners' names where no terminal is, too."))
@cluster_options
def whole_class(
    slug: str,
    folder: Path,
    output: Path | None,
    resume: bool,
    only: tuple[str, ...],
    corrections: Path | None,
    evidence: Path | None,
    in_flight: int | None,
    names: bool,
    context: str | None,
    kubeconfig: Path | None,
) -> None:
    from podgrade.cli.alone import run_arguments
    from podgrade.cli.class_words import exit_code, summary
    from podgrade.cli.files import read
    from podgrade.cli.screen import asides
    from podgrade.grading.catalogue import exercise
    from podgrade.grading.corrections import parse

    chosen, target = exercise(slug), output or Path(f"{slug}-grades")
    rows = parse(read(corrections)) if corrections else None
    goes_on = resume or bool(only) or rows is not None
    arguments = tuple(run_arguments(context, kubeconfig, evidence=evidence, in_flight=in_flight))
    named = names or asides().is_terminal
    done = _graded(chosen, folder, target, only, rows, goes_on, arguments, named)
    _say(summary(done, target))
    click.get_current_context().exit(exit_code(done, partly=bool(only)))


def _graded(
    chosen: Exercise,
    folder: Path,
    target: Path,
    only: Sequence[str],
    rows: Sequence[Row] | None,
    goes_on: bool,
    arguments: Sequence[str],
    named: bool,
) -> Done:
    """Take the class in, grade what is to be graded, and write everything down."""
    from podgrade.cli.class_results import JOURNAL, Book
    from podgrade.cli.class_run import mark
    from podgrade.cli.class_words import Done, intentions, must_be_new, remarks
    from podgrade.grading.class_journal import ClassJournal
    from podgrade.grading.class_plan import marking, plan
    from podgrade.grading.intake import take_in

    began = time.monotonic()
    roster = take_in(folder, chosen.slug, target)
    if not goes_on:
        must_be_new(target / JOURNAL)
    with ClassJournal(target / JOURNAL) as journal:
        book = Book(target, chosen, marking(chosen), journal, language(), roster.everyone)
        todo = plan(roster.everyone, journal.known, book.rules, only)
        _say((*remarks(roster, named), *intentions(todo, roster, journal.unread)))
        grading = mark(todo, book, arguments, named)
        graded, wrong = book.close(rows)
    return Done(grading, graded, wrong, time.monotonic() - began)


def _say(lines: Iterable[Words]) -> None:
    """Told on standard error; what learners wrote is shown, never obeyed."""
    from podgrade.reports.lines import said

    for line in lines:
        click.echo(said(line, language()), err=True)
