"""Which exercises an exam has, what each is worth, and how much time there is."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from podgrade.grading import catalogue
from podgrade.grading.sheet import checked
from podgrade.model.errors import UsageProblem
from podgrade.model.exam import MINUTES_EACH, PASSING
from podgrade.model.exercise import Exercise
from podgrade.model.text import say

DRAWN = 5  # exercises of an exam for which none were named

Draw = Callable[[Sequence[Exercise], int], Sequence[Exercise]]


@dataclass(frozen=True)
class Plan:
    """The exercises in their order, each with its weight."""

    exercises: tuple[tuple[Exercise, float], ...]
    minutes: float
    passing: float = PASSING


def from_file(path: Path, minutes: float | None = None) -> Plan:
    """The exam that a YAML file describes. UsageProblem says what is wrong with it."""
    body = checked(path, "exam.schema.json")
    weights: Mapping[str, float] = body["exercises"]
    wanted = tuple((_graded_in_place(slug), float(w)) for slug, w in weights.items())
    usual = body.get("minutes", MINUTES_EACH * len(wanted))
    return Plan(wanted, float(minutes or usual), float(body.get("passing", PASSING)))


def from_names(slugs: Sequence[str], minutes: float | None = None) -> Plan:
    """An exam of these exercises, which are all worth the same."""
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    if twice:
        raise UsageProblem(say("named more than once: {slugs}", slugs=", ".join(twice)))
    wanted = tuple((_graded_in_place(slug), 1.0) for slug in slugs)
    return Plan(wanted, float(minutes or MINUTES_EACH * len(wanted)))


def drawn(minutes: float | None = None, draw: Draw | None = None) -> Plan:
    """An exam of exercises that are drawn by chance."""
    fit = [one for one in catalogue.exercises() if one.live != "no"]
    chosen = (draw or random.SystemRandom().sample)(fit, min(DRAWN, len(fit)))
    return from_names([one.slug for one in chosen], minutes)


def _graded_in_place(slug: str) -> Exercise:
    found = catalogue.exercise(slug)
    if found.live == "no":
        fit = [one.slug for one in catalogue.exercises() if one.live != "no"]
        raise UsageProblem(
            say(
                "{slug} cannot be part of an exam, since it is not graded in place. These can: "
                "{slugs}",
                slug=slug,
                slugs=", ".join(fit),
            )
        )
    return found
