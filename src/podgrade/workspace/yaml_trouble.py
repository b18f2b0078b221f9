"""Says in a beginner's words why a text is not YAML, where, and what to try next."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from podgrade.model.text import Message, say
from podgrade.workspace.yaml_stream import Chunk

_KEY = r"[A-Za-z0-9_./\"'-]+"
_NO_SPACE = re.compile(rf"^\s*(?:-\s+)*({_KEY}):([^\s:/].*)$")
_HAS_VALUE = re.compile(rf"^\s*(?:-\s+)*({_KEY}):\s+[^\s#|>&{{\[].*$")
_TWO_COLONS = re.compile(r":\s+.*:(\s|$)")
_DASH = re.compile(r"^\s*-[^\s-]")


@dataclass(frozen=True)
class Trouble:
    """What is wrong; line and column count from 0 within the file."""

    why: Message
    look: Message | None
    line: int
    column: int


@dataclass(frozen=True)
class _Case:
    """One parser error, with the lines around it; numbers count from 0 within the chunk."""

    lines: list[str]
    first: int
    problem: str
    line: int
    column: int
    begun: int

    def text(self, line: int) -> str:
        return self.lines[line] if 0 <= line < len(self.lines) else ""

    def number(self, line: int) -> int:
        """The line's number for people."""
        return self.first + line + 1

    def before(self, line: int) -> int:
        """The nearest line above that says something, -1 if there is none."""
        above = range(min(line, len(self.lines)) - 1, -1, -1)
        return next((n for n in above if _speaks(self.lines[n])), -1)

    def trouble(
        self, why: Message, look: Message | None = None, line: int | None = None
    ) -> Trouble:
        at = self.line if line is None else line
        column = self.column if line is None else _indent(self.text(at))
        return Trouble(why, look, self.first + at, column)


def explain(chunk: Chunk, error: yaml.YAMLError) -> Trouble:
    """The trouble behind an error of PyYAML."""
    case = _case(chunk, error)
    special = _template(case) or _odd_space(case)
    if special:
        return special
    for part, explanation in _EXPLANATIONS:
        if part in case.problem:
            return explanation(case)
    return case.trouble(
        say("this is not valid YAML: {problem}", problem=case.problem),
        say("compare the indentation and the quotes here with the lines above"),
    )


def _case(chunk: Chunk, error: yaml.YAMLError) -> _Case:
    lines = chunk.text.splitlines()
    if isinstance(error, yaml.reader.ReaderError):
        return _Case(lines, chunk.line, str(error.reason), *_place_of(chunk.text, error), 0)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or error)
    if mark is None:
        return _Case(lines, chunk.line, problem, 0, 0, 0)
    begun = getattr(error, "context_mark", None) or mark
    return _Case(lines, chunk.line, problem, mark.line, mark.column, begun.line)


def _place_of(text: str, error: yaml.reader.ReaderError) -> tuple[int, int]:
    """Where an unreadable character is; libyaml says it in bytes."""
    before = text.encode("utf-8", "replace")[: error.position].decode("utf-8", "replace")
    return before.count("\n"), len(before) - before.rfind("\n") - 1


def _speaks(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _template(case: _Case) -> Trouble | None:
    if "{{" not in case.text(case.line) and "{{" not in case.text(case.before(case.line)):
        return None
    return case.trouble(*template_words())


def _odd_space(case: _Case) -> Trouble | None:
    """Spaces that are none to YAML, as they come with text copied from a web page."""
    for line in (case.line, case.before(case.line), case.begun):
        text = case.text(line)
        if any(odd in text[: _indent(text)] for odd in "\u00a0\u3000\u200b\u2003"):
            return case.trouble(
                say("line {line} is indented with invisible characters", line=case.number(line)),
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


def _tab(case: _Case) -> Trouble:
    return case.trouble(
        say(
            "line {line} is indented with a tab; YAML allows only spaces",
            line=case.number(case.line),
        ),
        say("replace each tab by two spaces"),
    )


def _no_token(case: _Case) -> Trouble:
    character = case.text(case.line)[case.column : case.column + 1]
    if character == "\t":
        return _tab(case)
    if case.text(case.line).startswith("```"):
        return case.trouble(
            say("line {line} is a Markdown fence, not YAML", line=case.number(case.line)),
            say("hand in only what stands between the two fences"),
        )
    return case.trouble(
        say("a value cannot begin with `{character}`", character=character),
        say("put the whole value in quotes"),
    )


def _mapping_not_allowed(case: _Case) -> Trouble:
    line, above = case.text(case.line), case.before(case.line)
    previous = case.text(above)
    if _NO_SPACE.match(previous) and not _HAS_VALUE.match(previous):
        return _missing_space(case, above)
    if _DASH.match(previous) or _DASH.match(line):
        return _missing_dash_space(case, above if _DASH.match(previous) else case.line)
    if _TWO_COLONS.search(line):
        return case.trouble(
            say("line {line} has a second `: ` inside its value", line=case.number(case.line)),
            say("put the whole value in quotes"),
        )
    if _indent(line) > _indent(previous) and _HAS_VALUE.match(previous):
        return _too_deep(case, above)
    if previous and ":" not in previous:
        return _missing_colon(case, above)
    return _misaligned(case)


def _too_deep(case: _Case, above: int) -> Trouble:
    return case.trouble(
        say(
            "line {line} is indented further than line {above}, which already has a value",
            line=case.number(case.line),
            above=case.number(above),
        ),
        say("let keys that belong together begin in the same column"),
        case.line,
    )


def _missing_space(case: _Case, line: int) -> Trouble:
    match = _NO_SPACE.match(case.text(line))
    key, value = (match[1], match[2]) if match else ("", "")
    return case.trouble(
        say("line {line} has no space after the colon", line=case.number(line)),
        say("write `{line}`", line=f"{key}: {value.strip()}"),
        line,
    )


def _missing_colon(case: _Case, line: int) -> Trouble:
    return case.trouble(
        say("line {line} has no colon after its key", line=case.number(line)),
        say("write `key: value`, or `key:` where something indented follows"),
        line,
    )


def _missing_dash_space(case: _Case, line: int) -> Trouble:
    return case.trouble(
        say("line {line} has no space after the dash", line=case.number(line)),
        say("write `- ` in front of each item of a list"),
        line,
    )


def _no_colon(case: _Case) -> Trouble:
    """A key without its colon, which libyaml notices on a later line than it stands."""
    line = case.begun
    above = case.before(line)
    if case.text(above).rstrip().endswith(("|", ">", "|-", ">-", "|+", ">+")):
        return case.trouble(
            say(
                "the text after line {above} has to be indented further than its key",
                above=case.number(above),
            ),
            say("indent line {line} by two more spaces", line=case.number(line)),
            line,
        )
    if _NO_SPACE.match(case.text(line)):
        return _missing_space(case, line)
    if _DASH.match(case.text(line)):
        return _missing_dash_space(case, line)
    return _missing_colon(case, line)


def _no_key(case: _Case) -> Trouble:
    line = case.text(case.line)
    if line.lstrip().startswith(("]", "}")) or line[case.column : case.column + 1] in ("]", "}"):
        return case.trouble(
            say("line {line} closes a bracket that is not open", line=case.number(case.line)),
            say("count the brackets of this line"),
        )
    if case.column > _indent(line):
        return case.trouble(
            say("line {line} goes on after a closed quote", line=case.number(case.line)),
            say(
                "put the whole value in one pair of quotes, of the other kind than those inside it"
            ),
        )
    return _misaligned(case)


def _misaligned(case: _Case) -> Trouble:
    return case.trouble(
        say(
            "line {line} is not in line with the block it belongs to, which begins in line {begun}",
            line=case.number(case.line),
            begun=case.number(
                case.begun if case.begun < case.line else max(case.before(case.line), 0)
            ),
        ),
        say("let keys that belong together begin in the same column; count the spaces"),
    )


def _no_dash(case: _Case) -> Trouble:
    return case.trouble(
        say(
            "line {line} should be the next item of the list that begins in line {begun}",
            line=case.number(case.line),
            begun=case.number(case.begun),
        ),
        say("begin each item with `- `, in the same column as the first"),
    )


def _open_quote(case: _Case) -> Trouble:
    return case.trouble(
        say("the quote that opens in line {line} is never closed", line=case.number(case.begun)),
        say("close it on the same line, with the same kind of quote"),
        case.begun,
    )


def _open_bracket(case: _Case) -> Trouble:
    if case.begun == case.line:
        why = say(
            "line {line}: a comma, a bracket or a quote is missing", line=case.number(case.line)
        )
    else:
        why = say(
            "the bracket that opens in line {line} is not closed", line=case.number(case.begun)
        )
    return case.trouble(
        why,
        say("put commas between the items; inside double quotes use single ones"),
        case.line if case.begun == case.line else case.begun,
    )


def _escape(case: _Case) -> Trouble:
    return case.trouble(
        say("a backslash in double quotes begins an escape that YAML does not know"),
        say("use single quotes, where a backslash is only a backslash"),
    )


def _dash_after_key(case: _Case) -> Trouble:
    return case.trouble(
        say("a list cannot begin on the same line as its key"),
        say("begin the list on the next line, or write it as `[a, b]`"),
    )


def _name_expected(case: _Case) -> Trouble:
    return case.trouble(
        say("a value that begins with `*` or `&` has to be in quotes"),
        say("put the whole value in quotes"),
    )


def _control(case: _Case) -> Trouble:
    return case.trouble(
        say("line {line} holds a control character", line=case.number(case.line)),
        say("delete the invisible character, or type the line again"),
    )


def _block_header(case: _Case) -> Trouble:
    return case.trouble(
        say("after `|` or `>` the text begins on the next line"),
        say("move the text to the next line and indent it further than its key"),
    )


def _second_document(case: _Case) -> Trouble:
    return case.trouble(
        say("line {line} begins something new without `---`", line=case.number(case.line)),
        say("write `---` on a line of its own between two objects"),
    )


_EXPLANATIONS = (
    ("tab character", _tab),
    ("cannot start any token", _no_token),
    ("mapping values are not allowed", _mapping_not_allowed),
    ("could not find expected ':'", _no_colon),
    ("did not find expected key", _no_key),
    ("did not find expected '-'", _no_dash),
    ("unexpected end of stream", _open_quote),
    ("did not find expected ','", _open_bracket),
    ("unknown escape", _escape),
    ("block sequence entries", _dash_after_key),
    ("alphabetic or numeric", _name_expected),
    ("control characters", _control),
    ("special characters", _control),
    ("comment or line break", _block_header),
    ("<document start>", _second_document),
)
