"""The verdicts as a table for spreadsheets: a row a submission, a column a check.

UTF-8 with a byte order mark, so that spreadsheets show Korean, and RFC 4180's line ends.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from podgrade.locale import in_language
from podgrade.model.text import Words, say
from podgrade.model.verdict import Outcome, Verdict
from podgrade.reports.graded import Graded
from podgrade.reports.lines import OUTCOMES, number, said
from podgrade.reports.safe import visible

_SUBMISSION = say("submission")

# What makes a spreadsheet take a cell for a formula (OWASP, "CSV Injection"), wide forms too.
_FORMULA = ("=", "+", "-", "@", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def render(graded: Graded) -> str:
    """The table of one submission."""
    return table([graded])


@dataclass(frozen=True)
class Column:
    """A column behind the others: its heading, and a cell for each row."""

    heading: Words
    cells: Sequence[str]


def table(rows: Sequence[Graded], more: Sequence[Column] = (), who: Words = _SUBMISSION) -> str:
    """The table of submissions of one exercise; the columns are those of the first with checks.

    `who` is the heading of the first column.
    """
    known = next((row for row in rows if row.result), None)
    titles = [line.title for line in known.lines()] if known else []
    names = [_name(verdict) for verdict in known.result.verdicts] if known and known.result else []
    language = rows[0].language if rows else "en"
    headings = (*_heading(language, who, titles), *(said(one.heading, language) for one in more))
    behind = [[one.cells[place] for one in more] for place in range(len(rows))]
    cells = [[*_row(row, names), *others] for row, others in zip(rows, behind, strict=True)]
    return written([headings, *cells])


def written(rows: Iterable[Iterable[str]]) -> str:
    """Rows of cells as a spreadsheet reads them."""
    stream = io.StringIO()
    csv.writer(stream).writerows(map(cell, row) for row in rows)
    return "\ufeff" + stream.getvalue()


def cell(text: str) -> str:
    """One line of text that no spreadsheet takes for a formula."""
    plain = " ".join(visible(text).split())
    return f"'{plain}" if plain.startswith(_FORMULA) else plain


def _heading(language: str, who: Words, titles: Sequence[str]) -> Iterator[str]:
    yield in_language(who, language)
    yield in_language(say("exercise"), language)
    yield from titles
    yield in_language(say("total"), language)
    yield in_language(say("full marks"), language)
    yield in_language(say("verdict"), language)
    yield in_language(say("reason"), language)


def _row(graded: Graded, names: Sequence[str]) -> Iterator[str]:
    verdicts = {_name(v): v for v in graded.result.verdicts} if graded.result else {}
    yield graded.submission
    yield graded.exercise.slug
    for name in names:
        yield _points(verdicts.get(name))
    yield "" if graded.score is None else number(graded.score)
    yield number(graded.result.possible) if graded.result else ""
    yield said(OUTCOMES[graded.outcome], graded.language)
    yield reason(graded)


def _name(verdict: Verdict) -> str:
    return verdict.id or verdict.check.name


def _points(verdict: Verdict | None) -> str:
    """Empty where it is not known: an error has no points."""
    if verdict is None or verdict.open or not verdict.counts:
        return ""
    return number(verdict.points)


def reason(graded: Graded) -> str:
    """Why it is not full marks: the first check that did not pass, and what was said of it."""
    if graded.outcome is Outcome.PASSED:
        return ""
    verdicts = graded.result.verdicts if graded.result else ()
    for verdict, line in zip(verdicts, graded.lines(), strict=True):
        if not verdict.right and line.outcome in {Outcome.FAILED, Outcome.ERROR}:
            return f"{line.title} – {' · '.join(line.told())}"
    return " ".join(graded.sums())
