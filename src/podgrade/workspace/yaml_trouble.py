"""Says in a beginner's words why a text is not YAML, where, and what to try next."""

from __future__ import annotations

import yaml

from podgrade.model.text import Message, say
from podgrade.workspace import yaml_layout, yaml_signs
from podgrade.workspace.yaml_spot import Spot, Trouble, indent, spot_of
from podgrade.workspace.yaml_stream import Chunk

_EXPLANATIONS = (
    ("tab character", yaml_signs.tab),
    ("cannot start any token", yaml_signs.no_token),
    ("mapping values are not allowed", yaml_layout.mapping_not_allowed),
    ("could not find expected ':'", yaml_layout.no_colon),
    ("did not find expected key", yaml_layout.no_key),
    ("did not find expected '-'", yaml_layout.no_dash),
    ("unexpected end of stream", yaml_signs.open_quote),
    ("did not find expected ','", yaml_signs.open_bracket),
    ("unknown escape", yaml_signs.escape),
    ("block sequence entries", yaml_signs.dash_after_key),
    ("alphabetic or numeric", yaml_signs.name_expected),
    ("control characters", yaml_signs.control),
    ("special characters", yaml_signs.control),
    ("comment or line break", yaml_signs.block_header),
    ("<document start>", yaml_signs.second_document),
)


def explain(chunk: Chunk, error: yaml.YAMLError) -> Trouble:
    """The trouble behind an error of PyYAML."""
    spot = spot_of(chunk, error)
    special = _template(spot) or _odd_space(spot)
    if special:
        return special
    for part, explanation in _EXPLANATIONS:
        if part in spot.problem:
            return explanation(spot)
    return spot.trouble(
        say("this is not valid YAML: {problem}", problem=spot.problem),
        say("compare the indentation and the quotes here with the lines above"),
    )


def _template(spot: Spot) -> Trouble | None:
    if "{{" not in spot.text(spot.line) and "{{" not in spot.text(spot.before(spot.line)):
        return None
    return spot.trouble(*template_words())


def _odd_space(spot: Spot) -> Trouble | None:
    """Spaces that are none to YAML, as they come with text copied from a web page."""
    for line in (spot.line, spot.before(spot.line), spot.begun):
        text = spot.text(line)
        if any(odd in text[: indent(text)] for odd in "\u00a0\u3000\u200b\u2003"):
            return spot.trouble(
                say("line {line} is indented with invisible characters", line=spot.number(line)),
                say("delete them and type ordinary spaces"),
                line,
            )
    return None


def template_words() -> tuple[Message, Message]:
    """What is said of a Helm template."""
    return (
        say("this is a template ({braces}), not a manifest yet", braces="{{ … }}"),
        say("fill it in first, for instance with `helm template`, and hand in what comes out"),
    )
