"""What a shell is told when it completes a word of the command; quick, so nothing big is read."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem


def slugs(
    context: click.Context,  # noqa: ARG001 - click's signature
    parameter: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[CompletionItem[str]]:
    """The exercises whose names begin so."""
    return [CompletionItem(slug) for slug in known() if slug.startswith(incomplete)]


def slug_then_files(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """The first word may be an exercise; all may be files."""
    files = CompletionItem(incomplete, type="file")  # before the others: bash forgets those before
    first = not context.params.get(str(parameter.name))
    return [files, *(slugs(context, parameter, incomplete) if first else ())]


def known() -> list[str]:
    """The names of all exercises at hand."""
    from podgrade.grading.packs import packs

    return sorted({slug for pack in packs() for slug in pack.slugs()})
