"""The report of an exam: what came out of the whole, and each task's verdict."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from podgrade.model.exam import Exam, Marked, percent, rounded
from podgrade.model.text import Words, say
from podgrade.reports import page, plain
from podgrade.reports.forms import render as render_one
from podgrade.reports.graded import Graded
from podgrade.reports.lines import number, said
from podgrade.reports.safe import encodable

_WORDS: dict[str, Words] = {
    "exam": say("exam"),
    "tasks": say("The tasks"),
}


@dataclass(frozen=True)
class Report:
    """An exam that was graded, task by task; `graded` has what outputs are made from."""

    exam: Exam
    marked: Sequence[Marked]
    graded: Sequence[Graded]
    used: float
    """Minutes from its beginning until it was handed in."""
    language: str
    version: str


def sums(report: Report) -> tuple[Words, ...]:
    """What came out of the whole, and how long it took."""
    exam = report.exam
    whole = percent(exam, report.marked)
    used = {"used": round(report.used), "minutes": number(exam.minutes)}
    late = report.used > exam.minutes
    time = (
        say("handed in after {used} minutes: later than the {minutes} there were", **used)
        if late
        else say("handed in after {used} of {minutes} minutes", **used)
    )
    if whole is None:
        return say("No result: not every task could be graded. This is not your fault."), time
    about = {"percent": rounded(whole), "passing": number(exam.passing)}
    enough = whole >= exam.passing
    if enough:
        return say("Passed: {percent} % ({passing} % are enough)", **about), time
    return say("Not passed: {percent} % ({passing} % are needed)", **about), time


def row(report: Report, one: Marked) -> Words:
    """One task in a line: what it is worth, and what was earned."""
    share = report.exam.share(one.task)
    if one.part is None or one.result is None:
        return say("not graded, of {share} %", share=rounded(share))
    return say(
        "{score}/{possible} points: {earned} of {share} %",
        score=number(one.result.score or 0.0),
        possible=number(one.result.possible),
        earned=rounded(one.part * share),
        share=rounded(share),
    )


def summary(report: Report) -> str:
    """The whole and a line for each task."""
    lines = [said(words, report.language) for words in sums(report)]
    width = max(len(one.task.stem) for one in report.marked)
    for one, graded in zip(report.marked, report.graded, strict=True):
        told = said(row(report, one), report.language)
        lines.append(f"  {one.task.stem:<{width}}  {told}  {graded.title}")
    return "\n".join(lines) + "\n"


def as_text(report: Report) -> str:
    """The summary, then each task's verdict."""
    return "\n".join((summary(report), *map(plain.render, report.graded)))


def as_json(report: Report) -> str:
    """The whole as plain data; each task's `verdict` is the output `json` of `podgrade check`."""
    whole = percent(report.exam, report.marked)
    tasks = [
        _data(report, one, graded) for one, graded in zip(report.marked, report.graded, strict=True)
    ]
    data = {
        "version": report.version,
        "percent": None if whole is None else round(whole, 2),
        "passing": report.exam.passing,
        "passed": None if whole is None else whole >= report.exam.passing,
        "minutes": {"given": report.exam.minutes, "used": round(report.used, 1)},
        "tasks": tasks,
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _data(report: Report, one: Marked, graded: Graded) -> dict[str, Any]:
    return {
        "exercise": one.task.slug,
        "share": round(report.exam.share(one.task), 2),
        "part": None if one.part is None else round(one.part, 4),
        "verdict": json.loads(render_one("json", graded)) if graded.result else None,
        "problem": said(graded.problem, report.language) if graded.problem else None,
    }


def as_html(report: Report) -> str:
    """The page of the whole, with links to the tasks' own pages beside it."""
    return page.render(
        "exam.html.j2",
        language=report.language,
        style=page.own("verdict.css") + page.own("class.css"),
        title=_WORDS["exam"],
        sums=sums(report),
        outcome=_outcome(report),
        tasks=[
            {
                "title": graded.exercise.title,
                "link": quote(encodable(f"{one.task.stem}.html")) if graded.result else None,
                "told": row(report, one),
                "width": round(1000 * (one.part or 0.0), 1),
            }
            for one, graded in zip(report.marked, report.graded, strict=True)
        ],
        words=_WORDS,
        version=report.version,
    )


def _outcome(report: Report) -> str:
    whole = percent(report.exam, report.marked)
    if whole is None:
        return "error"
    return "passed" if whole >= report.exam.passing else "failed"
