"""`podgrade report`: any output again, of what was kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podgrade.cli.speech import language
from podgrade.cli.wanted import InOrder, Wanted, one_printed, output_options, wanted
from podgrade.model.errors import UsageProblem
from podgrade.model.text import say

if TYPE_CHECKING:
    from podgrade.grading.record import Record


@click.command(
    cls=InOrder,
    words=say(
        "Make any output again of what `--evidence` kept, without a cluster.\n\n"
        "FOLDER is the folder of `podgrade check --evidence FOLDER`, or one file of it. Where it "
        "holds several submissions, each has a file of its own: `--output verdict.html` writes "
        "verdict.EXERCISE.SUBMISSION.html.\n\n"
        "Exit code: 0 written, 2 wrong usage."
    ),
)
@click.argument("folder", type=click.Path(path_type=Path))
@output_options
def report(
    folder: Path, forms: tuple[str, ...], targets: tuple[Path, ...], junitxml: Path | None
) -> None:
    from podgrade.cli.deliver import hand_out
    from podgrade.grading.evidence import records
    from podgrade.reports.graded import Graded

    outputs = wanted(forms, targets, junitxml)
    one_printed(outputs)
    found = records(folder)
    for record, each in zip(found, for_each(found, outputs), strict=True):
        key = record.submission.key
        graded = Graded(record.exercise, key, record.result, None, language(), record.version)
        hand_out(graded, each)


def for_each(found: Sequence[Record], outputs: Sequence[Wanted]) -> list[Sequence[Wanted]]:
    """The outputs for each of the records: where there are several, in files of their own.

    Raises UsageProblem for an output of several that is to be printed and is not text.
    """
    from podgrade.grading.evidence import stems

    if len(found) == 1:
        return [outputs]
    for one in outputs:
        if one.target is None and one.form != "text":
            raise UsageProblem(
                say(
                    "there are {count} submissions: write --output FILE after --format {form}, "
                    "or name one file of the folder",
                    count=len(found),
                    form=one.form,
                )
            )
    return [[_named(one, stem) for one in outputs] for stem in stems(found)]


def _named(output: Wanted, stem: str) -> Wanted:
    if output.target is None:
        return output
    name = f"{output.target.stem}.{stem}{output.target.suffix}"
    return replace(output, target=output.target.with_name(name))
