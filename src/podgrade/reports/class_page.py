"""The page of a class for its teacher: how each check went, and who is stuck where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from podgrade.model.text import Words, say
from podgrade.model.verdict import CheckLine, Outcome, Verdict
from podgrade.reports import page
from podgrade.reports.graded import AN_ERROR, NOT_YET, Graded
from podgrade.reports.lines import number
from podgrade.reports.safe import encodable

_WORDS: dict[str, Words] = {
    "checks": say("How each check went"),
    "stuck": say("Who is stuck where"),
    "class": say("the class"),
}
_WIDTH = 1000  # of a bar

Row = tuple[Graded, str]


def render(rows: Sequence[Row]) -> str:
    """The page on these learners of one exercise, each with the path of its own page."""
    first = rows[0][0]
    return page.render(
        "class.html.j2",
        language=first.language,
        style=page.own("verdict.css") + page.own("class.css"),
        title=first.exercise.title,
        exercise=first.exercise.title,
        slug=first.exercise.slug,
        sums=sums([graded for graded, _ in rows]),
        checks=[_check(place, line, rows) for place, line in enumerate(_scheme(rows))],
        groups=list(_groups(rows)),
        words=_WORDS,
        version=first.version,
    )


def counted(rows: Sequence[Graded]) -> tuple[Counter[Outcome], int]:
    """How many of those with a result passed, failed or met an error; how many have none."""
    counts = Counter(one.outcome for one in rows if one.result is not None)
    return counts, sum(1 for one in rows if one.result is None)


def sums(rows: Sequence[Graded]) -> Words:
    """How the class came out, in one sentence."""
    counts, left = counted(rows)
    return say(
        "{total} learners: {passed} with full marks, {failed} without, {errors} with an error, "
        "{open} not graded",
        total=len(rows),
        passed=counts[Outcome.PASSED],
        failed=counts[Outcome.FAILED],
        errors=counts[Outcome.ERROR],
        open=left,
    )


def _verdicts(graded: Graded) -> tuple[Verdict, ...]:
    return graded.result.verdicts if graded.result else ()


def _scheme(rows: Sequence[Row]) -> list[CheckLine]:
    """The checks, of whoever has most of them."""
    most: tuple[Verdict, ...] = max((_verdicts(graded) for graded, _ in rows), key=len)
    return [verdict.check for verdict in most]


def _check(place: int, line: CheckLine, rows: Sequence[Row]) -> dict[str, Any]:
    found = [_verdicts(graded)[place] for graded, _ in rows if len(_verdicts(graded)) > place]
    kinds = Counter(map(_kind, found))
    told = say(
        "passed {passed}, failed {failed}, not checked {open}, errors {errors}",
        passed=kinds["passed"],
        failed=kinds["failed"],
        open=kinds["open"],
        errors=kinds["error"],
    )
    return {
        "title": line.title,
        "share": f"{kinds['passed']}/{len(found)}",
        "told": told,
        "bars": list(bars(kinds, len(found))),
    }


def _kind(verdict: Verdict) -> str:
    """The class of a bar."""
    if verdict.right:
        return "passed"
    if verdict.open:
        return "error"
    left = {Outcome.NOT_REACHED, Outcome.NOT_GRADED}
    reached = verdict.outcome not in left or verdict.correction
    return "failed" if reached else "open"


def bars(kinds: Counter[str], whole: int) -> Iterator[dict[str, Any]]:
    """How many of the whole passed, failed, are open or met an error, side by side."""
    begin = 0.0
    for kind in ("passed", "failed", "open", "error"):
        length = kinds[kind] * _WIDTH / max(whole, 1)
        if length:
            yield {"kind": kind, "begin": round(begin, 1), "length": round(length, 1)}
        begin += length


def _groups(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Learners by the first check that they did not pass, in the order of the marking scheme."""
    groups: dict[int, list[Row]] = {}
    for row in rows:
        groups.setdefault(_stuck_at(row[0]), []).append(row)
    scheme = _scheme(rows)
    others: dict[int, Words] = {
        _OPEN: NOT_YET,
        _ERROR: AN_ERROR,
        _DONE: say("full marks"),
    }
    for place in sorted(groups):
        title = others.get(place) or scheme[place].title
        learners = [_learner(graded, link) for graded, link in groups[place]]
        yield {"title": title, "learners": learners}


_OPEN, _ERROR, _DONE = -2, -1, 10**6


def _stuck_at(graded: Graded) -> int:
    if graded.result is None:
        return _OPEN
    if graded.score is None:
        return _ERROR
    wrong = (
        place for place, one in enumerate(graded.result.verdicts) if not one.right and one.counts
    )
    return next(wrong, _DONE)


def _learner(graded: Graded, link: str) -> dict[str, Any]:
    known = graded.result is not None and graded.score is not None
    return {
        "name": graded.submission,
        "link": quote(encodable(link)) if graded.result else None,
        "score": number(graded.score or 0) if known else "–",
    }
