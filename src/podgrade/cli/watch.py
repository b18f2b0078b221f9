"""`podgrade watch`: grade again at each save."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podgrade.cli.check import submitted
from podgrade.cli.complete import slug_then_files
from podgrade.cli.speech import SaidCommand, cluster_options, language, told
from podgrade.cli.wanted import Wanted
from podgrade.model.errors import UsageProblem
from podgrade.model.text import say

if TYPE_CHECKING:
    from podgrade.model.submission import Submission
    from podgrade.model.verdict import Result

_LOOK = 1000  # ms after which the files are looked at although no change was told


@click.command(
    cls=SaidCommand,
    words=say(
        "Grade again each time a file is saved, and say what has changed since the last time.\n\n"
        "SLUG is the exercise, FILE a manifest or a folder of manifests; several are one answer. "
        "In a folder where `podgrade start` began an exercise both may be left out. Ends with "
        "Ctrl-C; the exit code is that of the last verdict."
    ),
)
@click.argument("words", metavar="[SLUG] [FILE]...", nargs=-1, shell_complete=slug_then_files)
@cluster_options
def watch(words: tuple[str, ...], context: str | None, kubeconfig: Path | None) -> None:
    from podgrade.cli.alone import run_arguments
    from podgrade.cli.deliver import deliver
    from podgrade.cli.grade import grade
    from podgrade.cli.meant import meant
    from podgrade.grading.catalogue import exercise

    slug, files = meant(words, "watch")
    if "-" in files:
        raise UsageProblem(say("standard input cannot be watched: name a file or a folder"))
    chosen, arguments = exercise(slug), tuple(run_arguments(context, kubeconfig))
    before: Result | None = None
    code = 0
    for submission in saved(files):
        grading = grade(chosen, submission, arguments, language())
        deliver(grading, chosen, submission.key, (Wanted("text"),))
        code = grading.exit_code
        if grading.interrupted:
            break
        if grading.results:
            _compare(before, grading.results[0])
            before = grading.results[0]
        click.echo(told(say("Waiting for the next save. Ctrl-C ends this.")), err=True)
    click.get_current_context().exit(code)


def _compare(before: Result | None, after: Result) -> None:
    from podgrade.reports.since import since, since_lines

    if before is not None:
        for line in since_lines(since(before, after), language()):
            click.echo(line)


def saved(files: tuple[str, ...]) -> Iterator[Submission]:
    """The submission as it is, and again each time its content has become another.

    A file that is away for a moment, as editors replace it, is waited for. Raises UsageProblem
    for one that is not there at first.
    """
    submission = submitted(files)
    yield submission
    for _ in _changes(files):
        try:
            now = submitted(files)
        except UsageProblem:
            continue
        if now.files != submission.files:
            submission = now
            yield submission


def _changes(files: tuple[str, ...]) -> Iterable[object]:
    """Something may have changed; ends with Ctrl-C."""
    import watchfiles

    # Editors put a new file in the old one's place: the folder is what stays.
    paths = [Path(file).resolve() for file in files]
    folders = {path if path.is_dir() else path.parent for path in paths}
    return watchfiles.watch(
        *folders,
        watch_filter=None,
        rust_timeout=_LOOK,
        yield_on_timeout=True,
        raise_interrupt=False,
    )
