"""The list of codes is the one that the source uses."""

from __future__ import annotations

import ast
from pathlib import Path

import podgrade
from podgrade.model import codes

PACKAGE = Path(podgrade.__file__).parent
SOURCES = [file for file in PACKAGE.rglob("*.py") if file != Path(codes.__file__)]
MAKERS = {"Reason", "Doom", "unreadable"}


def nodes():
    for file in SOURCES:
        yield from ast.walk(ast.parse(file.read_text(encoding="utf-8")))


def given():
    """The codes that are written where a reason is made."""
    for node in nodes():
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MAKERS:
            named = [word.value for word in node.keywords if word.arg == "code"]
            for value in [*node.args[:1], *named]:
                parts = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
                yield from (part.value for part in parts if isinstance(part, ast.Constant))


def test_every_code_is_listed():
    assert set(given()) <= codes.CODES


def test_every_listed_code_is_used():
    literals = {node.value for node in nodes() if isinstance(node, ast.Constant)}

    assert [code for code in sorted(codes.CODES) if code not in literals] == []
