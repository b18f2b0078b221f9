"""`podgrade regrade`: the checks once more, on what was kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podgrade.cli.report import for_each
from podgrade.cli.speech import language, told
from podgrade.cli.wanted import InOrder, one_printed, output_options, wanted
from podgrade.model.text import Words, say

if TYPE_CHECKING:
    from podgrade.cli.alone import Grading
    from podgrade.grading.record import Record
    from podgrade.model.verdict import Result


@click.command(
    cls=InOrder,
    words=say(
        "Run a corrected grader's checks on what `--evidence` kept, without a cluster.\n\n"
        "FOLDER is the folder of `podgrade check --evidence FOLDER`, or one file of it; it is "
        "only read. A question that was not asked then would need the cluster: its check is an "
        "error that says `not recorded`, and the submission has no score.\n\n"
        "Exit code: 0 full marks, 1 a check failed, 2 wrong usage, 3 not recorded, or trouble "
        "with the grader."
    ),
)
@click.argument("folder", type=click.Path(path_type=Path))
@output_options
def regrade(
    folder: Path, forms: tuple[str, ...], targets: tuple[Path, ...], junitxml: Path | None
) -> None:
    from podgrade.cli.again import again
    from podgrade.cli.deliver import deliver
    from podgrade.grading.catalogue import exercise
    from podgrade.grading.evidence import records

    outputs = wanted(forms, targets, junitxml)
    one_printed(outputs)
    found = records(folder)
    exercises = {record.exercise.slug: exercise(record.exercise.slug) for record in found}
    codes = []
    for record, each in zip(found, for_each(found, outputs), strict=True):
        chosen = exercises[record.exercise.slug]
        grading = again(record, chosen, language())
        deliver(grading, chosen, record.submission.key, each)
        _say_change(record, grading)
        codes.append(grading.exit_code)
    click.get_current_context().exit(worst(codes))


def worst(codes: Sequence[int]) -> int:
    """The exit code for several: trouble wins over a failed check."""
    return max(codes, default=0)


def _say_change(record: Record, grading: Grading) -> None:
    now = grading.results[0] if grading.results else None
    change = say(
        "{submission}: was {before}, is {now}",
        submission=record.submission.key,
        before=_points(record.result),
        now=_points(now),
    )
    click.echo(told(change), err=True)


def _points(result: Result | None) -> Words | str:
    from podgrade.reports.lines import number

    if result is None or result.score is None:
        return say("without a score")
    return f"{number(result.score)}/{number(result.possible)}"
