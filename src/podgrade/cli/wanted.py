"""Which outputs were asked for, and where each goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from podgrade.cli.speech import SaidCommand, option
from podgrade.model.errors import UsageProblem
from podgrade.model.text import say
from podgrade.reports.names import FORMS

_F = TypeVar("_F", bound=Callable[..., Any])

_ORDER = "podgrade.order"
_FORMS, _TARGETS = "forms", "targets"  # the parameters of the two options

_BESIDE = ("github", "classroom")  # on GitHub, the second goes into the step's outputs


@dataclass(frozen=True)
class Wanted:
    """One output, and the file that it is written into (None: standard output)."""

    form: str
    target: Path | None = None


class InOrder(SaidCommand):
    """A command that remembers in which order its options were given."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        rest = super().parse_args(ctx, [*args])
        given = self.make_parser(ctx).parse_args([*args])[2]
        ctx.meta[_ORDER] = [parameter.name for parameter in given]
        return rest


def output_options(command: _F) -> _F:
    """`--format`, `--output` and `--junitxml`, for a command of the class InOrder."""
    file = click.Path(dir_okay=False, path_type=Path)
    options = (
        option(
            "--format",
            _FORMS,
            type=click.Choice(list(FORMS)),
            multiple=True,
            words=say(
                "How the verdict is written (default: text). Several can be asked for at once."
            ),
        ),
        option(
            "--output",
            _TARGETS,
            type=file,
            multiple=True,
            words=say("Write the verdict into this file; it belongs to the --format before it."),
        ),
        option("--junitxml", type=file, words=say("The same as --format junit --output FILE.")),
    )
    for add in reversed(options):
        command = add(command)
    return command


def wanted(
    forms: Sequence[str], targets: Sequence[Path], junitxml: Path | None
) -> tuple[Wanted, ...]:
    """The outputs: each `--output` belongs to the `--format` before it, the first to the first.

    Raises UsageProblem.
    """
    order = click.get_current_context().meta[_ORDER]
    found = pair([name for name in order if name in {_FORMS, _TARGETS}], forms, targets)
    return found if junitxml is None else (*found, Wanted("junit", junitxml))


def pair(order: Sequence[str], forms: Sequence[str], targets: Sequence[Path]) -> tuple[Wanted, ...]:
    """The same, with the names of the options in the order in which they were given."""
    rest = [*order]
    if forms:
        rest.remove(_FORMS)  # the first stands before everything, wherever it was given
    first, *others = forms or ("text",)
    found, more, files = [Wanted(first)], iter(others), iter(targets)
    for name in rest:
        if name == _FORMS:
            found.append(Wanted(next(more)))
        else:
            found[-1] = _with_target(found[-1], next(files))
    return tuple(found)


def _with_target(output: Wanted, target: Path) -> Wanted:
    if output.target is not None:
        raise UsageProblem(say("{file}: which --format is it for?", file=target))
    return replace(output, target=target)


def one_printed(outputs: Iterable[Wanted]) -> None:
    """Raise UsageProblem if more than one of the outputs would be printed.

    Annotations for GitHub may stand between the lines of any other.
    """
    printed = [one.form for one in outputs if one.target is None and one.form not in _BESIDE]
    if len(printed) > 1:
        raise UsageProblem(
            say(
                "only one output can be printed ({forms}): write --output FILE after the others",
                forms=", ".join(printed),
            )
        )
