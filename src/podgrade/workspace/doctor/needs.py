"""What exercises need of a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from podgrade.model.exercise import Exercise
from podgrade.workspace.workloads import documents_in


def images_of(exercises: Sequence[Exercise]) -> tuple[str, ...]:
    """The images of their sheets and of what is set up for them, each once."""
    named = (image for exercise in exercises for image in exercise.images)
    used = (image for exercise in exercises for image in _set_up(exercise))
    return tuple(sorted({*named, *used}))


def _set_up(exercise: Exercise) -> Iterator[str]:
    for name in ("setup", "later"):
        for document in documents_in(exercise.folder / name):
            yield from _images(document.body)


def _images(part: Any) -> Iterator[str]:
    """Every `image:` of a container, wherever the containers stand."""
    if isinstance(part, Mapping):
        if isinstance(part.get("image"), str) and "name" in part:
            yield part["image"]
        for value in part.values():
            yield from _images(value)
    elif isinstance(part, list):
        for value in part:
            yield from _images(value)
