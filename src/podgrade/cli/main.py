"""The command `podgrade`: its commands are imported when they are used."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from podgrade import __version__
from podgrade.cli.codes import INTERRUPTED, exit_code
from podgrade.cli.speech import SaidCommand, language, told
from podgrade.locale import in_language
from podgrade.model.errors import PodgradeError
from podgrade.model.text import Message, say

# name → where the command is, and what it is for
COMMANDS: dict[str, tuple[str, Message]] = {
    "check": ("check:check", say("Grade a manifest on a real cluster and say why.")),
    "watch": ("watch:watch", say("Grade again each time a file is saved.")),
    "class": ("whole_class:whole_class", say("Grade everybody's work in a folder.")),
    "list": ("list:list_exercises", say("List the exercises.")),
    "show": ("show:show", say("Show the sheet of an exercise.")),
    "start": (
        "start:start",
        say("Put the sheet and a starter of an exercise into the current folder."),
    ),
    "next": ("next:what_next", say("Say which exercise comes next.")),
    "explain": (
        "explain:explain",
        say("Explain an exercise that you have passed: its Pod as a picture, and the idea."),
    ),
    "exam": ("exam:exam", say("Practise under exam conditions: several exercises, one clock.")),
    "verify": (
        "verify:verify",
        say("Prove a pack: that its fixtures come out as they should on a real cluster."),
    ),
    "cluster": (
        "cluster:cluster",
        say("Bring a practice cluster up, take it down, or see how it is."),
    ),
    "doctor": ("doctor:doctor", say("Look a cluster over before anyone is graded on it.")),
    "report": (
        "report:report",
        say("Make any output again of what `--evidence` kept, without a cluster."),
    ),
    "regrade": (
        "regrade:regrade",
        say("Run a corrected grader's checks on what `--evidence` kept, without a cluster."),
    ),
    "completion": (
        "completion:completion",
        say("Print what a shell needs to complete commands, options and exercises."),
    ),
    "rights": (
        "rights:rights",
        say("Print the rights that a class graded in shards needs on a cluster."),
    ),
    "clean": ("clean:clean", say("Delete what a killed run left on the cluster.")),
}


class Commands(SaidCommand, click.Group):
    """Knows what each command is for without importing it, and says errors as sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        found: click.Command = getattr(import_module(f"podgrade.cli.{module}"), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, in_language(words, language(ctx))) for name, (_, words) in COMMANDS.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Options, or the commands with what each is for, without importing any."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        return [
            CompletionItem(name, help=in_language(words, language(ctx)))
            for name, (_, words) in COMMANDS.items()
            if name.startswith(incomplete)
        ]

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PodgradeError as error:
            click.echo(f"podgrade: {told(error.words)}", err=True)
            ctx.exit(exit_code(error))
        except KeyboardInterrupt:
            click.echo(f"podgrade: {told(say('interrupted'))}", err=True)
            ctx.exit(INTERRUPTED)


@click.group(
    cls=Commands,
    words=say(
        "Grades Kubernetes manifests on a real cluster and says why they are right or wrong."
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="podgrade %(version)s")
def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        # A terminal without Korean letters shows escapes instead of ending the program.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
