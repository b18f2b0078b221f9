"""Every command of the documents exists, with its options and the files it names."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from tests.commands import DOCUMENTS, ROOT, blocks, commands, words

from podgrade.cli.main import main

# What is not podgrade's own, and what of the repository it names.
OTHERS = {
    "$EDITOR": None,
    ".": None,
    ".venv/bin/pip": None,
    "go": None,
    "kubectl": None,
    "lint-imports": None,
    "mkdir": None,
    "mypy": None,
    "pip": None,
    "python": None,
    "python3": None,
    "ruff": None,
}

EVERY = [
    pytest.param(command, id=f"{document.name}: {command[:60]}")
    for document in DOCUMENTS
    for command in dict.fromkeys(commands(document))
]


@pytest.mark.parametrize("command", EVERY)
def test_a_command_exists(command: str) -> None:
    program, *rest = (word for word in words(command) if not word.startswith("PODGRADE_"))
    if program == "podgrade":
        assert_known(main, rest)
    elif program not in OTHERS:
        named = [word for word in rest if word.startswith(("tests/", "fixtures/"))]
        paths = [program, *named] if "/" in program and "venv" not in program else named
        assert paths
        assert all((ROOT / path).exists() for path in paths)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_is_to_be_typed_stands_in_console_blocks(document: Path) -> None:
    others = [body for kind, body in blocks(document) if kind != "console"]

    assert not [body for body in others if re.search(r"^\$ |^podgrade ", body, re.MULTILINE)]


def assert_known(command: click.Command, rest: list[str]) -> None:
    """Every subcommand and every option is there."""
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(click.Context(command), rest.pop(0))
        assert found is not None
        command = found
    known = {flag for option in command.params for flag in (*option.opts, *option.secondary_opts)}
    asked = {word.partition("=")[0] for word in rest if word.startswith("-") and word != "-"}

    assert asked <= known | {"--help", "-h"}


def test_links_lead_somewhere() -> None:
    for document in DOCUMENTS:
        for target in links(document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def links(text: str) -> list[str]:
    found = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    return [target for target in found if not target.startswith(("http:", "https:"))]
