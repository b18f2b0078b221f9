"""The sheet of an exercise as a page of one file, in every language that it is written in."""

from __future__ import annotations

from collections.abc import Mapping

from podgrade.model.exercise import Exercise
from podgrade.model.text import Words, say
from podgrade.reports import page
from podgrade.reports.anatomy import Parts, picture
from podgrade.reports.anatomy.svg import style as anatomy_style
from podgrade.reports.markdown import html_of

_WORDS: dict[str, Words] = {
    "hints": say("Hints"),
    "hints_note": say("One after the other, and only as many as you need."),
    "after": say("After you have passed: what the Pod is made of, and why"),
    "after_note": say("One right answer as a picture; others may look different."),
    "picture": say("Picture of the Pod"),
}


def render(
    exercise: Exercise,
    sheets: Mapping[str, str],
    parts: Parts | None,
    language: str,
    version: str,
    ideas: Mapping[str, str] | None = None,
) -> str:
    """The exercise's page as HTML.

    `sheets` is the Markdown by language, `parts` what the folded picture shows, None for no
    picture; `language` is the one that is shown first, if there is a sheet in it. `ideas` is what
    is explained below the picture.
    """
    first = language if language in sheets else next(iter(sheets))
    return page.render(
        "sheet.html.j2",
        language=first,
        languages=tuple(sheets),
        title=exercise.title,
        style=page.own("sheet.css") + anatomy_style(),
        goal=exercise.goal,
        slug=exercise.slug,
        sheets={each: html_of(sheet) for each, sheet in sheets.items()},
        hints=exercise.hints,
        hint=lambda number: say("Hint {number}", number=number),
        pictures=_pictures(parts, tuple(sheets)),
        ideas={each: html_of(idea) for each, idea in (ideas or {}).items()},
        words=_WORDS,
        version=version,
    )


def _pictures(parts: Parts | None, languages: tuple[str, ...]) -> dict[str, str]:
    """The picture by language, if there is anything to be drawn."""
    if parts is None or not parts.pods:
        return {}
    return {each: picture(parts, each, f"anatomy-{each}") for each in languages}
