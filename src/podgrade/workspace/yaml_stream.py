"""Cuts a file into documents exactly where kubectl does.

Source: k8s.io/apimachinery/pkg/util/yaml/decoder.go. A stream that begins with `{` is read as
JSON values one after the other until that fails, then as YAML; YAML is cut at each line that
begins with `---`, after which only a comment may stand.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MISSING = object()


class SeparatorError(Exception):
    """Something stands behind `---` on the same line; `line` counts from 0."""

    def __init__(self, line: int, rest: str) -> None:
        super().__init__(rest)
        self.line, self.rest = line, rest


@dataclass(frozen=True)
class Chunk:
    """One document's text, where it begins in the file (from 0), and its value if it is JSON."""

    text: str
    line: int
    column: int = 0
    json: Any = _MISSING

    @property
    def is_json(self) -> bool:
        """True if `json` is the document's value."""
        return self.json is not _MISSING


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 with a byte order mark as Windows writes it.

    Raises UnicodeDecodeError.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding)
    return data.decode("utf-8")


def chunks(text: str) -> Iterator[Chunk]:
    """The documents of a file, in order. Raises SeparatorError when it comes to one."""
    start = line = 0
    if text.lstrip().startswith("{"):
        for begin, end, value in _json_values(text):
            line += text.count("\n", start, begin)
            yield Chunk(text[begin:end], line, begin - text.rfind("\n", 0, begin) - 1, value)
            line += text.count("\n", begin, end)
            start = end
    yield from _yaml_chunks(text[start:], line)


def _json_values(text: str) -> Iterator[tuple[int, int, Any]]:
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    position = _skip_space(text, 0)
    while position < len(text):
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return
        yield position, end, value
        position = _skip_space(text, end)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _yaml_chunks(text: str, first: int) -> Iterator[Chunk]:
    lines: list[str] = []
    begin = first
    for number, line in enumerate(text.split("\n"), first):
        if not line.startswith("---"):
            lines.append(line)
            continue
        _check_separator(line, number)
        if lines:
            yield Chunk("\n".join(lines) + "\n", begin)
        lines, begin = [""], number
    yield Chunk("\n".join(lines).removesuffix("\n") + "\n", begin)


def _check_separator(line: str, number: int) -> None:
    rest = line[3:].strip()
    if rest and not rest.startswith("#"):
        raise SeparatorError(number, rest)
