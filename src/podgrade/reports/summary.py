"""A GitHub step summary: the verdict as Markdown of at most 1 MiB.

All of it is HTML without an empty line, so that GitHub's Markdown reads none of it; what came
from a learner stands in `code` or `pre`, where no mention, link or emoji is made of it.
"""

from __future__ import annotations

import html
from collections.abc import Iterator

from podgrade.locale import in_language
from podgrade.model.text import Words, say
from podgrade.model.verdict import Outcome
from podgrade.reports import timeline
from podgrade.reports.graded import Graded
from podgrade.reports.lines import Line
from podgrade.reports.safe import bounded, encodable, visible

_ROOM = 1_000_000  # bytes, of GitHub's 1 MiB
_LONGEST = 4_000  # characters of one detail
_SIGNS = {
    Outcome.PASSED: "✅",
    Outcome.FAILED: "❌",
    Outcome.NOT_REACHED: "⚪",
    Outcome.ERROR: "⚠️",
    Outcome.NOT_GRADED: "➖",
}


def render(graded: Graded) -> str:
    """The summary; without its details, and then without anything else, where it is too long."""
    for rows in (_rows, _titles):
        text = encodable("\n".join(_parts(graded, list(rows(graded))))) + "\n\n"
        if len(text.encode()) <= _ROOM:
            return text
    return f"<h3>{_plain(graded.title)}</h3>\n\n"


def _parts(graded: Graded, rows: list[str]) -> Iterator[str]:
    yield f"<h3>{_plain(graded.title)} – {_code(graded.submission)}</h3>"
    for sentence in graded.sums():
        yield f"<p><strong>{_plain(sentence)}</strong></p>"
    if rows:
        yield "<table>"
        heading = (say("verdict"), say("points"), say("check"))
        yield f"<tr>{''.join(f'<th>{_said(words, graded)}</th>' for words in heading)}</tr>"
        yield from rows
        yield "</table>"
    if graded.remarks():
        yield "<ul>"
        yield from (f"<li>{_code(remark)}</li>" for remark in graded.remarks())
        yield "</ul>"
    yield from _timeline(graded)


def _rows(graded: Graded) -> Iterator[str]:
    for line in graded.lines():
        yield _row(line, graded.language, _details(line))


def _titles(graded: Graded) -> Iterator[str]:
    for line in graded.lines():
        yield _row(line, graded.language, "")


def _row(line: Line, language: str, details: str) -> str:
    mark = f"{_SIGNS[line.outcome]} {_plain(line.mark(language))}"
    return f"<tr><td>{mark}</td><td>{line.points}</td><td>{_plain(line.title)}{details}</td></tr>"


def _details(line: Line) -> str:
    return "".join(
        f"<br>{_plain(detail.label)}: {_code(detail.text)}" if detail.label else ""
        for detail in line.details
    )


def _timeline(graded: Graded) -> Iterator[str]:
    result = graded.result
    if result is None or not result.lanes:
        return
    yield f"<details><summary>{_said(say('What the containers did'), graded)}</summary><table>"
    for lane in result.lanes:
        name = timeline.name_of(lane, result, graded.language)
        did = timeline.told(lane, graded.language)
        yield f"<tr><td>{_code(name)}</td><td>{_plain(did)}</td></tr>"
    yield "</table></details>"


def _said(words: Words, graded: Graded) -> str:
    return _plain(in_language(words, graded.language))


def _plain(text: str) -> str:
    """Text of ours or of the exercise's author."""
    return html.escape(" ".join(text.split()))


def _code(text: str) -> str:
    """Text that may be a learner's: several lines are a block, whose line feeds are written so
    that no line of the file is empty.
    """
    shown = html.escape(bounded(visible(text), _LONGEST)).replace("`", "&#96;")
    if "\n" in shown:
        return f"<pre>{shown.replace(chr(10), '&#10;')}</pre>"
    return f"<code>{shown}</code>"
