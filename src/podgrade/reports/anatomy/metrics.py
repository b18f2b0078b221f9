"""How much room a text takes, guessed without a font, and where it is broken."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """Letters of one kind: `size` and `height` (of a line) in pixels, `advance` in ems."""

    name: str
    size: int
    height: int
    advance: float


# Wide enough for the common fonts of each kind; the browser tests measure real ones.
TAG = Style("tag", 12, 18, 0.6)
NAME = Style("name", 15, 22, 0.63)
CODE = Style("code", 13, 19, 0.62)
NOTE = Style("note", 12, 18, 0.57)

_GOOD_ENDS = " /-.:,"


def width(text: str, style: Style) -> float:
    """The width of a line in pixels; Korean letters take a whole em, marks on letters none."""
    return sum(_advance(letter, style) for letter in text) * style.size


def broken(text: str, style: Style, limit: float) -> tuple[str, ...]:
    """The text in lines no wider than `limit` pixels; joined they are the text again."""
    lines: list[str] = []
    while text:
        end = _end(text, style, limit)
        lines.append(text[:end])
        text = text[end:]
    return tuple(lines)


def _advance(letter: str, style: Style) -> float:
    if unicodedata.combining(letter):
        return 0.0
    # What is neither Latin nor marked narrow may be as wide as it likes.
    return style.advance if letter.isascii() else 1.05


def _end(text: str, style: Style, limit: float) -> int:
    """How many letters fit in a line; it ends after a separator where one is in its second half."""
    used, count = 0.0, 0
    for letter in text:
        used += _advance(letter, style) * style.size
        if used > limit and count:
            break
        count += 1
    if count == len(text):
        return count
    good = max(text.rfind(sign, 0, count) for sign in _GOOD_ENDS) + 1
    return good if good > count // 2 else count
