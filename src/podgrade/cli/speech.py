"""click commands whose help is said in the user's language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from podgrade.locale import LANGUAGES, default_language, in_language
from podgrade.model.text import Message, Words, say

_F = TypeVar("_F", bound=Callable[..., Any])

LANGUAGE = "podgrade.language"
"""Key of the chosen language in click's context."""


def language(context: click.Context | None = None) -> str:
    """The language chosen with --lang, else that of the locale."""
    context = context or click.get_current_context(silent=True)
    chosen = context.meta.get(LANGUAGE) if context else None
    return chosen or default_language()


def told(words: Words | str) -> str:
    """The words in the user's language."""
    return in_language(words, language())


class SaidOption(click.Option):
    """An option with help in both languages."""

    def __init__(self, *args: Any, words: Message, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        self.help = in_language(self.words, language(ctx))
        return super().get_help_record(ctx)


class SaidCommand(click.Command):
    """A command with help in both languages; `--lang` is added to its options."""

    def __init__(self, *args: Any, words: Message, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words
        self.params.append(lang_option())

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.help = in_language(self.words, language(ctx))
        super().format_help_text(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        for parameter in self.params:
            if isinstance(parameter, SaidOption):
                parameter.help = in_language(parameter.words, language(ctx))
        return super().shell_complete(ctx, incomplete)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = in_language(say("Show this help and exit."), language(ctx))
        return option


def option(*names: str, words: Message, **kwargs: Any) -> Callable[[_F], _F]:
    """`click.option` with help in both languages."""
    return click.option(*names, cls=SaidOption, words=words, **kwargs)


def cluster_options(command: _F) -> _F:
    """`--context` and `--kubeconfig`: the cluster that a command is to use."""
    kubeconfig = option(
        "--kubeconfig",
        type=click.Path(dir_okay=False, path_type=Path),
        words=say("Kubeconfig file to use."),
    )
    return option("--context", words=say("Context of the kubeconfig to use."))(kubeconfig(command))


def evidence_option(command: _F) -> _F:
    """`--evidence`: where what was seen is kept."""
    return option(
        "--evidence",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="FOLDER",
        words=say(
            "Keep what was seen in this folder, for `podgrade report` and `podgrade regrade`."
        ),
    )(command)


def lang_option() -> SaidOption:
    """`--lang`, understood before and after the command's name."""
    return SaidOption(
        ["--lang"],
        type=click.Choice(LANGUAGES),
        is_eager=True,
        expose_value=False,
        callback=_choose,
        words=say("Language of everything that is said (else that of the locale)."),
    )


def _choose(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.meta[LANGUAGE] = value
