"""Which exercise comes next, by what each says it comes after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from podgrade.model.exercise import Exercise


def in_order(exercises: Sequence[Exercise]) -> tuple[Exercise, ...]:
    """Those that need nothing first, then those that need only these, and so on; within, those
    that more of the others lead back to.

    What an exercise comes after and what is not among them does not hold it back; neither do
    exercises that come after each other.
    """
    by_slug = {exercise.slug: exercise for exercise in exercises}
    before = {slug: _before(slug, by_slug) for slug in by_slug}
    leads_to = Counter(slug for found in before.values() for slug in found)
    left = sorted(exercises, key=lambda exercise: (-leads_to[exercise.slug], exercise.slug))
    found: list[Exercise] = []
    while left:
        names = {exercise.slug for exercise in left}
        free = [one for one in left if not names & {*one.after} - {one.slug}] or left
        found.extend(free)
        left = [one for one in left if one not in free]
    return tuple(found)


def _before(slug: str, by_slug: Mapping[str, Exercise]) -> set[str]:
    """Everything that the exercise comes after, however far back."""
    found: set[str] = set()
    new = {slug}
    while new:
        new = {one for name in new for one in by_slug[name].after if one in by_slug} - found
        found |= new
    return found


def what_is_next(exercises: Sequence[Exercise], passed: Collection[str]) -> Exercise | None:
    """The first that was not passed; one whose predecessors were all passed, if there is any."""
    known = {exercise.slug for exercise in exercises}
    left = [exercise for exercise in in_order(exercises) if exercise.slug not in passed]
    ready = (one for one in left if {*one.after} & known <= {*passed})
    return next(ready, left[0] if left else None)
