"""The page of a course for its teacher: each exercise, and each learner on all of them."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import quote

from podgrade.model.text import Words, say
from podgrade.model.verdict import Outcome
from podgrade.reports import page
from podgrade.reports.class_page import bars
from podgrade.reports.course import FULL, Mark, Part, Person, Report, missing, points
from podgrade.reports.lines import number
from podgrade.reports.safe import encodable

_WORDS: dict[str, Words] = {
    "course": say("the course"),
    "exercises": say("The exercises"),
    "learners": say("The learners"),
    "learner": say("learner"),
    "total": say("total"),
}


def render(report: Report) -> str:
    """The page as one HTML text."""
    sums = say(
        "{learners} learners, {exercises} exercises",
        learners=len(report.people),
        exercises=len(report.parts),
    )
    return page.render(
        "course.html.j2",
        language=report.language,
        style=page.own("verdict.css") + page.own("class.css") + page.own("course.css"),
        title=report.title,
        sums=sums,
        parts=[_part(report, place, part) for place, part in enumerate(report.parts)],
        learners=[_learner(report, person) for person in report.people],
        words=_WORDS,
        full=number(FULL),
        version=report.version,
    )


def _part(report: Report, place: int, part: Part) -> dict[str, Any]:
    kinds = Counter(_kind(person.marks[place]) for person in report.people)
    told = say(
        "full marks {passed}, less {failed}, not handed in {open}, errors or not graded {errors}",
        passed=kinds["passed"],
        failed=kinds["failed"],
        open=kinds["open"],
        errors=kinds["error"],
    )
    return {
        "slug": part.exercise.slug,
        "title": part.exercise.title,
        "link": quote(part.link),
        "weight": say("weight {weight}", weight=number(part.weight)),
        "told": told,
        "bars": list(bars(kinds, len(report.people))),
    }


def _kind(mark: Mark | None) -> str:
    if mark is None:
        return "open"
    return str(mark.graded.outcome.value)


def _learner(report: Report, person: Person) -> dict[str, Any]:
    total = report.total(person)
    return {
        "name": person.name,
        "total": "–" if total is None else number(total),
        "cells": list(map(_cell, person.marks)),
    }


def _cell(mark: Mark | None) -> dict[str, Any]:
    why = missing(mark)
    linked = mark is not None and mark.graded.result is not None
    kind = {Outcome.PASSED: "passed", Outcome.FAILED: "failed"}
    return {
        "points": points(mark) or "–",
        "why": why,
        "kind": kind.get(mark.graded.outcome, "error") if mark else "open",
        "link": quote(encodable(mark.link)) if mark and linked else None,
    }
