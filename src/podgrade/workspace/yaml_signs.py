"""Troubles with signs: quotes, brackets, and characters that mean something to YAML."""

from __future__ import annotations

from podgrade.model.text import say
from podgrade.workspace.yaml_spot import Spot, Trouble


def tab(spot: Spot) -> Trouble:
    return spot.trouble(
        say(
            "line {line} is indented with a tab; YAML allows only spaces",
            line=spot.number(spot.line),
        ),
        say("replace each tab by two spaces"),
    )


def no_token(spot: Spot) -> Trouble:
    character = spot.text(spot.line)[spot.column : spot.column + 1]
    if character == "\t":
        return tab(spot)
    if spot.text(spot.line).startswith("```"):
        return spot.trouble(
            say("line {line} is a Markdown fence, not YAML", line=spot.number(spot.line)),
            say("hand in only what stands between the two fences"),
        )
    return spot.trouble(
        say("a value cannot begin with `{character}`", character=character),
        say("put the whole value in quotes"),
    )


def open_quote(spot: Spot) -> Trouble:
    return spot.trouble(
        say("the quote that opens in line {line} is never closed", line=spot.number(spot.begun)),
        say("close it on the same line, with the same kind of quote"),
        spot.begun,
    )


def open_bracket(spot: Spot) -> Trouble:
    if spot.begun == spot.line:
        why = say(
            "line {line}: a comma, a bracket or a quote is missing", line=spot.number(spot.line)
        )
    else:
        why = say(
            "the bracket that opens in line {line} is not closed", line=spot.number(spot.begun)
        )
    return spot.trouble(
        why,
        say("put commas between the items; inside double quotes use single ones"),
        spot.line if spot.begun == spot.line else spot.begun,
    )


def escape(spot: Spot) -> Trouble:
    return spot.trouble(
        say("a backslash in double quotes begins an escape that YAML does not know"),
        say("use single quotes, where a backslash is only a backslash"),
    )


def dash_after_key(spot: Spot) -> Trouble:
    return spot.trouble(
        say("a list cannot begin on the same line as its key"),
        say("begin the list on the next line, or write it as `[a, b]`"),
    )


def name_expected(spot: Spot) -> Trouble:
    return spot.trouble(
        say("a value that begins with `*` or `&` has to be in quotes"),
        say("put the whole value in quotes"),
    )


def control(spot: Spot) -> Trouble:
    return spot.trouble(
        say("line {line} holds a control character", line=spot.number(spot.line)),
        say("delete the invisible character, or type the line again"),
    )


def block_header(spot: Spot) -> Trouble:
    return spot.trouble(
        say("after `|` or `>` the text begins on the next line"),
        say("move the text to the next line and indent it further than its key"),
    )


def second_document(spot: Spot) -> Trouble:
    return spot.trouble(
        say("line {line} begins something new without `---`", line=spot.number(spot.line)),
        say("write `---` on a line of its own between two objects"),
    )
