"""`podgrade verify`: prove a pack by its fixtures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podgrade.cli.complete import slugs as all_slugs
from podgrade.cli.speech import (
    SaidCommand,
    cluster_options,
    evidence_option,
    language,
    option,
    told,
)
from podgrade.model.text import say

if TYPE_CHECKING:
    from podgrade.grading.proof import Compared
    from podgrade.model.exercise import Exercise


@click.command(
    cls=SaidCommand,
    words=say(
        "Prove a pack: that its fixtures come out as they should on a real cluster.\n\n"
        "PACK is a folder with exercises/, graders/ and fixtures/ (default: the current folder). "
        "Every reference must get full marks, every mistake must fail exactly the checks that "
        "its expect.yaml names, for exactly these reasons. Fixtures that prove nothing are "
        "named, too.\n\n"
        "Exit code: 0 proven, 1 not proven, 2 wrong usage, 3 trouble with the cluster or a "
        "grader."
    ),
)
@click.argument(
    "pack",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="[PACK]",
)
@option(
    "--exercise",
    "slugs",
    multiple=True,
    metavar="SLUG",
    shell_complete=all_slugs,
    words=say("Prove only this exercise (repeatable)."),
)
@option(
    "--in-flight",
    type=click.IntRange(min=1),
    metavar="N",
    words=say("How many fixtures are on the cluster at once (else as many as it has room for)."),
)
@option(
    "--messages",
    type=click.Path(dir_okay=False, path_type=Path),
    words=say("Write what the mistakes are told, in both languages, into this file (Markdown)."),
)
@evidence_option
@option(
    "--recorded",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    words=say(
        "Prove by what --evidence kept there, without a cluster: after a grader was changed."
    ),
)
@cluster_options
def verify(
    pack: Path,
    slugs: tuple[str, ...],
    in_flight: int | None,
    messages: Path | None,
    evidence: Path | None,
    recorded: Path | None,
    context: str | None,
    kubeconfig: Path | None,
) -> None:
    from podgrade.cli.alone import run_arguments
    from podgrade.cli.prove import prove
    from podgrade.cli.screen import output
    from podgrade.grading.catalogue import exercises_of
    from podgrade.grading.evidence import records
    from podgrade.grading.gaps import strangers
    from podgrade.reports.proof import show_gaps, show_summary

    exercises = exercises_of(pack, slugs)
    out, root = output(), pack.resolve()
    arguments = tuple(run_arguments(context, kubeconfig, evidence=evidence, in_flight=in_flight))
    known = records(recorded) if recorded is not None else ()
    proof = prove(root, exercises, arguments, language(), out, known)
    if not slugs and proof.problem is None:
        proof.others = strangers(root / "fixtures", [one.slug for one in exercises])
    if messages is not None and proof.problem is None:
        _write_messages(messages, exercises, proof.found)
    show_gaps(proof.gaps, proof.others, language(), out)
    show_summary(proof.found, proof.count, proof.seconds, language(), out)
    if proof.problem is not None:
        click.echo(f"podgrade: {told(proof.problem)}", err=True)
    click.get_current_context().exit(proof.exit_code)


def _write_messages(target: Path, exercises: Sequence[Exercise], found: list[Compared]) -> None:
    from podgrade.cli.files import write
    from podgrade.grading.proof import mistakes_of
    from podgrade.reports.messages import as_text, document, messages

    mistakes = {
        (exercise.slug, name): mistake
        for exercise in exercises
        for name, mistake in mistakes_of(exercise).items()
    }
    data = messages(found, mistakes)
    write(target.with_suffix(".json"), as_text(data))
    write(target, document(data))
    click.echo(told(say("What each mistake is told is in {file}", file=target)), err=True)
