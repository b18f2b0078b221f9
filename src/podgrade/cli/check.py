"""`podgrade check`: grade one submission."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podgrade.cli.codes import FULL_MARKS
from podgrade.cli.complete import slug_then_files
from podgrade.cli.speech import cluster_options, evidence_option, language, option, told
from podgrade.cli.wanted import InOrder, one_printed, output_options, wanted
from podgrade.model.text import say

if TYPE_CHECKING:
    from podgrade.model.exercise import Exercise
    from podgrade.model.submission import Submission


@click.command(
    cls=InOrder,
    words=say(
        "Grade a manifest on a real cluster and say why.\n\n"
        "SLUG is the exercise (see `podgrade list`). FILE is a manifest, a folder of manifests, "
        "or - for standard input; several are one answer. In a folder where `podgrade start` "
        "began an exercise both may be left out. With --live no FILE is given: what runs already "
        "is graded, and nothing of it is changed.\n\n"
        "Exit code: 0 full marks, 1 a check failed, 2 wrong usage, 3 trouble with the cluster "
        "or the grader."
    ),
)
@click.argument("words", metavar="[SLUG] [FILE]...", nargs=-1, shell_complete=slug_then_files)
@output_options
@evidence_option
@option(
    "--live",
    is_flag=True,
    words=say("Grade what runs already, as you applied it with kubectl, instead of a file."),
)
@option(
    "-n",
    "--namespace",
    words=say("With --live: the namespace in which it runs (default: that of the context)."),
)
@option(
    "--allow-changes",
    is_flag=True,
    words=say(
        "With --live: also the checks that write into its containers, end them or replace Pods."
    ),
)
@option("--keep", is_flag=True, words=say("Keep the workspace and say how to look into it."))
@cluster_options
def check(
    words: tuple[str, ...],
    forms: tuple[str, ...],
    targets: tuple[Path, ...],
    junitxml: Path | None,
    evidence: Path | None,
    live: bool,
    namespace: str | None,
    allow_changes: bool,
    keep: bool,
    context: str | None,
    kubeconfig: Path | None,
) -> None:
    from podgrade.cli.alone import run_arguments
    from podgrade.cli.deliver import deliver
    from podgrade.cli.grade import grade
    from podgrade.cli.live import in_place, only_with_live
    from podgrade.cli.meant import meant
    from podgrade.grading.catalogue import exercise
    from podgrade.workspace.live import require_place

    outputs = wanted(forms, targets, junitxml)
    one_printed(outputs)
    if live:
        slug, submission = in_place(words, namespace, allow_changes=allow_changes)
    else:
        only_with_live(namespace, allow_changes=allow_changes)
        slug, files = meant(words)
        submission = submitted(files)
    chosen = exercise(slug)
    if live:
        require_place(chosen)
    arguments = tuple(run_arguments(context, kubeconfig, evidence=evidence, keep=keep))
    grading = grade(chosen, submission, arguments, language())
    deliver(grading, chosen, submission.key, outputs)
    if grading.exit_code == FULL_MARKS and not grading.results[0].partial:
        _lead_on(chosen)
    click.get_current_context().exit(grading.exit_code)


def _lead_on(chosen: Exercise) -> None:
    """Say where what was practised is explained, if it is."""
    from podgrade.grading.catalogue import idea

    if idea(chosen, language()) is not None:
        click.echo(
            told(say("What it was about: podgrade explain {slug}", slug=chosen.slug)), err=True
        )


def submitted(files: tuple[str, ...]) -> Submission:
    """All files together are one learner's answer, named after them. Raises UsageProblem."""
    from podgrade.model.submission import Submission
    from podgrade.workspace.read import load

    names = [Path(file).resolve().name if file != "-" else "stdin" for file in files]
    return Submission(" + ".join(names), load(files, sys.stdin.buffer))
