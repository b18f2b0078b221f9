"""What is made of a course besides its classes: a total for each learner, and one page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from podgrade import __version__
from podgrade.cli.class_results import GRADES, PAGE, Closed
from podgrade.cli.files import replace as put
from podgrade.grading.course_file import Part
from podgrade.grading.intake import HandedIn
from podgrade.model.text import Text
from podgrade.reports import course, course_page


@dataclass(frozen=True)
class Ended:
    """An exercise of the course, who handed in for it, and what became of them."""

    part: Part
    everyone: Sequence[HandedIn]
    closed: Closed

    def mark(self, place: int) -> course.Mark:
        """A learner by place, with the page's path from the course's folder."""
        link = f"{self.part.exercise.slug}/{self.closed.links[place]}"
        return course.Mark(self.closed.graded[place], link)


def write(folder: Path, title: Text, ended: Sequence[Ended], language: str) -> None:
    """Write the course's grades.csv and page. Raises UsageProblem."""
    parts = (
        course.Part(one.part.exercise, one.part.weight, f"{one.part.exercise.slug}/{PAGE}")
        for one in ended
    )
    report = course.Report(title, tuple(parts), tuple(people(ended)), language, __version__)
    put(folder / GRADES, course.table(report))
    put(folder / PAGE, course_page.render(report))


def people(ended: Sequence[Ended]) -> Iterator[course.Person]:
    """Everybody who handed in for any of the exercises, sorted by name."""
    marks: dict[str, dict[int, course.Mark]] = {}
    names: dict[str, str] = {}
    for number, one in enumerate(ended):
        for place, learner in enumerate(one.everyone):
            key = _who(learner)
            names[key] = learner.learner
            marks.setdefault(key, {})[number] = one.mark(place)
    for key, name in sorted(_told_apart(names).items(), key=lambda pair: pair[1]):
        found = tuple(marks[key].get(number) for number in range(len(ended)))
        yield course.Person(name, found)


def _who(one: HandedIn) -> str:
    """The same person's in each exercise: Moodle's numbers are another for each, so the name."""
    return one.identity if one.identity.startswith("gradescope:") else one.learner


def _told_apart(names: Mapping[str, str]) -> dict[str, str]:
    count = Counter(names.values())
    return {
        key: f"{name} ({key.partition(':')[2] or key})" if count[name] > 1 else name
        for key, name in names.items()
    }
