"""`podgrade check`: grade one submission."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podgrade.cli.complete import slug_then_files
from podgrade.cli.speech import cluster_options, language, option
from podgrade.cli.wanted import InOrder, Wanted, one_printed, wanted
from podgrade.model.text import say
from podgrade.reports.names import FORMS

if TYPE_CHECKING:
    from podgrade.model.submission import Submission


@click.command(
    cls=InOrder,
    words=say(
        "Grade a manifest on a real cluster and say why.\n\n"
        "SLUG is the exercise (see `podgrade list`). FILE is a manifest, a folder of manifests, "
        "or - for standard input; several are one answer. In a folder where `podgrade start` "
        "began an exercise both may be left out.\n\n"
        "Exit code: 0 full marks, 1 a check failed, 2 wrong usage, 3 trouble with the cluster "
        "or the grader."
    ),
)
@click.argument("words", metavar="[SLUG] [FILE]...", nargs=-1, shell_complete=slug_then_files)
@option(
    "--format",
    "forms",
    type=click.Choice(list(FORMS)),
    multiple=True,
    words=say("How the verdict is written (default: text). Several can be asked for at once."),
)
@option(
    "--output",
    "targets",
    type=click.Path(dir_okay=False, path_type=Path),
    multiple=True,
    words=say("Write the verdict into this file; it belongs to the --format before it."),
)
@option(
    "--junitxml",
    type=click.Path(dir_okay=False, path_type=Path),
    words=say("The same as --format junit --output FILE."),
)
@option("--keep", is_flag=True, words=say("Keep the workspace and say how to look into it."))
@cluster_options
def check(
    words: tuple[str, ...],
    forms: tuple[str, ...],
    targets: tuple[Path, ...],
    junitxml: Path | None,
    keep: bool,
    context: str | None,
    kubeconfig: Path | None,
) -> None:
    from podgrade.cli.deliver import deliver
    from podgrade.cli.grade import grade
    from podgrade.cli.meant import meant
    from podgrade.grading.catalogue import exercise

    outputs = _outputs(forms, targets, junitxml)
    slug, files = meant(words)
    chosen, submission = exercise(slug), submitted(files)
    arguments = tuple(_arguments(keep, context, kubeconfig))
    grading = grade(chosen, submission, arguments, language())
    deliver(grading, chosen, submission.key, outputs)
    click.get_current_context().exit(grading.exit_code)


def submitted(files: tuple[str, ...]) -> Submission:
    """All files together are one learner's answer, named after them. Raises UsageProblem."""
    from podgrade.model.submission import Submission
    from podgrade.workspace.read import load

    names = [Path(file).resolve().name if file != "-" else "stdin" for file in files]
    return Submission(" + ".join(names), load(files, sys.stdin.buffer))


def _outputs(
    forms: tuple[str, ...], targets: tuple[Path, ...], junitxml: Path | None
) -> tuple[Wanted, ...]:
    outputs = wanted(forms, targets)
    one_printed(outputs)
    return outputs if junitxml is None else (*outputs, Wanted("junit", junitxml))


def _arguments(keep: bool, context: str | None, kubeconfig: Path | None) -> Iterator[str]:
    from podgrade.cli.alone import cluster_arguments

    if keep:
        yield "--keep"
    yield from cluster_arguments(context, kubeconfig)
