"""The commands that the documents show."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    path
    for path in sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md")])
    if path.name != "messages.md"
]

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+(?:\n[^`\n]+)?)`")


def commands(document: Path) -> Iterator[str]:
    """Each command of a document in its order: of its console blocks, and in its text."""
    text, end = document.read_text(encoding="utf-8"), 0
    for block in _BLOCK.finditer(text):
        yield from _in_text(text[end : block.start()])
        end = block.end()
        if block[1] == "console":
            yield from _typed(block[2])
    yield from _in_text(text[end:])


def blocks(document: Path) -> list[tuple[str, str]]:
    """Each fenced block: its language, and what is in it."""
    return _BLOCK.findall(document.read_text(encoding="utf-8"))


def words(command: str) -> list[str]:
    """A command's words, without its comment and what a shell does with its output."""
    return list(takewhile(lambda word: word not in (">", "|"), shlex.split(command, comments=True)))


def _typed(block: str) -> Iterator[str]:
    joined = block.replace("\\\n", " ")
    yield from (line[2:] for line in joined.splitlines() if line.startswith("$ "))


def _in_text(text: str) -> Iterator[str]:
    for code in _CODE.findall(text):
        line = " ".join(code.split())
        if line.startswith("podgrade ") and not line.startswith("podgrade -"):
            yield line
