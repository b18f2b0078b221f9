"""Troubles with the layout: tabs, indentation, colons and dashes."""

from __future__ import annotations

import re

from podgrade.model.text import say
from podgrade.workspace.yaml_spot import Spot, Trouble, indent

_KEY = r"[A-Za-z0-9_./\"'-]+"
_NO_SPACE = re.compile(rf"^\s*(?:-\s+)*({_KEY}):([^\s:/].*)$")
_HAS_VALUE = re.compile(rf"^\s*(?:-\s+)*({_KEY}):\s+[^\s#|>&{{\[].*$")
_TWO_COLONS = re.compile(r":\s+.*:(\s|$)")
_DASH = re.compile(r"^\s*-[^\s-]")


def mapping_not_allowed(spot: Spot) -> Trouble:
    line, above = spot.text(spot.line), spot.before(spot.line)
    previous = spot.text(above)
    if _NO_SPACE.match(previous) and not _HAS_VALUE.match(previous):
        return _missing_space(spot, above)
    if _DASH.match(previous) or _DASH.match(line):
        return _missing_dash_space(spot, above if _DASH.match(previous) else spot.line)
    if _TWO_COLONS.search(line):
        return spot.trouble(
            say("line {line} has a second `: ` inside its value", line=spot.number(spot.line)),
            say("put the whole value in quotes"),
        )
    if indent(line) > indent(previous) and _HAS_VALUE.match(previous):
        return _too_deep(spot, above)
    if previous and ":" not in previous:
        return _missing_colon(spot, above)
    return _misaligned(spot)


def _too_deep(spot: Spot, above: int) -> Trouble:
    return spot.trouble(
        say(
            "line {line} is indented further than line {above}, which already has a value",
            line=spot.number(spot.line),
            above=spot.number(above),
        ),
        say("let keys that belong together begin in the same column"),
        spot.line,
    )


def _missing_space(spot: Spot, line: int) -> Trouble:
    match = _NO_SPACE.match(spot.text(line))
    key, value = (match[1], match[2]) if match else ("", "")
    return spot.trouble(
        say("line {line} has no space after the colon", line=spot.number(line)),
        say("write `{line}`", line=f"{key}: {value.strip()}"),
        line,
    )


def _missing_colon(spot: Spot, line: int) -> Trouble:
    return spot.trouble(
        say("line {line} has no colon after its key", line=spot.number(line)),
        say("write `key: value`, or `key:` where something indented follows"),
        line,
    )


def _missing_dash_space(spot: Spot, line: int) -> Trouble:
    return spot.trouble(
        say("line {line} has no space after the dash", line=spot.number(line)),
        say("write `- ` in front of each item of a list"),
        line,
    )


def no_colon(spot: Spot) -> Trouble:
    """A key without its colon, which libyaml notices on a later line than it stands."""
    line = spot.begun
    above = spot.before(line)
    if spot.text(above).rstrip().endswith(("|", ">", "|-", ">-", "|+", ">+")):
        return spot.trouble(
            say(
                "the text after line {above} has to be indented further than its key",
                above=spot.number(above),
            ),
            say("indent line {line} by two more spaces", line=spot.number(line)),
            line,
        )
    if _NO_SPACE.match(spot.text(line)):
        return _missing_space(spot, line)
    if _DASH.match(spot.text(line)):
        return _missing_dash_space(spot, line)
    return _missing_colon(spot, line)


def no_key(spot: Spot) -> Trouble:
    line = spot.text(spot.line)
    if line.lstrip().startswith(("]", "}")) or line[spot.column : spot.column + 1] in ("]", "}"):
        return spot.trouble(
            say("line {line} closes a bracket that is not open", line=spot.number(spot.line)),
            say("count the brackets of this line"),
        )
    if spot.column > indent(line):
        return spot.trouble(
            say("line {line} goes on after a closed quote", line=spot.number(spot.line)),
            say(
                "put the whole value in one pair of quotes, of the other kind than those inside it"
            ),
        )
    return _misaligned(spot)


def _misaligned(spot: Spot) -> Trouble:
    return spot.trouble(
        say(
            "line {line} is not in line with the block it belongs to, which begins in line {begun}",
            line=spot.number(spot.line),
            begun=spot.number(
                spot.begun if spot.begun < spot.line else max(spot.before(spot.line), 0)
            ),
        ),
        say("let keys that belong together begin in the same column; count the spaces"),
    )


def no_dash(spot: Spot) -> Trouble:
    return spot.trouble(
        say(
            "line {line} should be the next item of the list that begins in line {begun}",
            line=spot.number(spot.line),
            begun=spot.number(spot.begun),
        ),
        say("begin each item with `- `, in the same column as the first"),
    )
