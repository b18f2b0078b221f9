"""Workflow commands of GitHub Actions: said by us, never by what a learner wrote.

Rules: "Workflow commands for GitHub Actions" in GitHub's documentation, and the runner's parser,
which takes `::` at the start of a line (spaces aside) and `##[` anywhere.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping


def harmless(text: str) -> str:
    """The text with a bar before every line but the first, so that none is a command."""
    first, *rest = text.replace("##[", "## [").split("\n")
    if first.lstrip().startswith("::"):
        first = f"| {first}"
    return "\n".join((first, *(f"| {line}" for line in rest)))


def command(name: str, properties: Mapping[str, str], message: str) -> str:
    """One command as a line, such as an annotation: `::error file=pod.yaml,line=3::…`."""
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{name}{' ' if told else ''}{told}::{_data(message)}\n"


def stopped(text: str) -> str:
    """The text between commands that keep the runner from obeying any line of it."""
    token = secrets.token_hex(16)
    return f"::stop-commands::{token}\n{text.rstrip()}\n::{token}::\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
