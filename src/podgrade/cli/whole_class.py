"""`podgrade class`: grade everybody's work in a folder."""

from __future__ import annotations

from pathlib import Path

import click

from podgrade.cli.complete import slug_then_files
from podgrade.cli.speech import SaidCommand, cluster_options, evidence_option, language, option
from podgrade.model.errors import UsageProblem
from podgrade.model.text import say


@click.command(
    name="class",
    cls=SaidCommand,
    words=say(
        "Grade everybody's work in a folder.\n\n"
        "SLUG is the exercise (see `podgrade list`). FOLDER has a file, a folder or an archive "
        "(.zip, .tar.gz) for each learner, as Moodle, GitHub Classroom and Gradescope give it, "
        "or named after the learners; it may be the archive itself that they give. COURSE.yaml "
        "names several exercises, their folders and weights: docs/teachers.md.\n\n"
        "Each result is written down at once; after Ctrl-C or a crash, --resume goes on.\n\n"
        "Exit code: 0 everybody has full marks, 1 somebody has not, 2 wrong usage, 3 trouble with "
        "the cluster or the grader."
    ),
)
@click.argument("slug", metavar="SLUG|COURSE.yaml", shell_complete=slug_then_files)
@click.argument("folder", type=click.Path(path_type=Path), required=False)
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
    words=say("How many submissions are on the cluster at once (else as many as it has room for)."),
)
@option(
    "--shards",
    type=click.IntRange(1, 1000),
    metavar="N",
    words=say("Grade on the cluster itself, by a Job of so many Pods: docs/scale.md."),
)
@option("--image", words=say("The image of podgrade that the shards run (else the node's own)."))
@option("--names", is_flag=True, words=say("Show learners' names where no terminal is, too."))
@cluster_options
def whole_class(
    slug: str,
    folder: Path | None,
    output: Path | None,
    resume: bool,
    only: tuple[str, ...],
    corrections: Path | None,
    evidence: Path | None,
    in_flight: int | None,
    shards: int | None,
    image: str | None,
    names: bool,
    context: str | None,
    kubeconfig: Path | None,
) -> None:
    from podgrade.cli.alone import run_arguments
    from podgrade.cli.class_task import Shards, Task, chosen, grade, tell
    from podgrade.cli.class_words import exit_code, summary
    from podgrade.cli.files import read
    from podgrade.cli.screen import asides
    from podgrade.grading.corrections import parse

    if evidence is not None and shards:
        raise UsageProblem(
            say("--evidence cannot be given with --shards: the tapes stay on the cluster")
        )
    if image is not None and not shards:
        raise UsageProblem(say("--image is the shards': give --shards, too"))
    course, rows = chosen(slug, folder), parse(read(corrections)) if corrections else None
    options = run_arguments(context, kubeconfig, evidence=evidence, in_flight=in_flight)
    task = Task(
        course=course,
        several=folder is None,
        target=output or Path(f"{Path(slug).stem}-grades"),
        only=only,
        rows=rows,
        goes_on=resume or bool(only) or rows is not None,
        arguments=tuple(options),
        named=names or asides().is_terminal,
        language=language(),
        shards=Shards(shards, image, in_flight) if shards else None,
        context=context,
        kubeconfig=kubeconfig,
    )
    done = grade(task)
    tell(summary(done, task.target), task.language)
    click.get_current_context().exit(exit_code(done, partly=bool(only)))
