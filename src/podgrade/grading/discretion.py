"""What is known of a submission's Secrets while it is rehearsed, so that nothing tells of them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator

from podgrade.grading.case import Case
from podgrade.grading.catalogue import sheets
from podgrade.grading.redact import Redaction, redaction_of
from podgrade.model.errors import UsageProblem
from podgrade.model.submission import Document
from podgrade.model.text import Text, Words

Progress = Callable[[str, Words, float], None]


class Discretion:
    """Learns the Secrets of one submission as they come: of its files, its objects, the setup's."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._documents: dict[int, Document] = {}
        self._known: Redaction | None = None

    def learn(self, documents: Iterable[Document]) -> None:
        """Know these objects, too: their Secrets, and the names that are told as they are."""
        new = {id(one): one for one in documents if id(one) not in self._documents}
        if new:
            self._documents |= new
            self._known = None

    @property
    def redaction(self) -> Redaction:
        """What hides all that is known by now."""
        if self._known is None:
            known, files = tuple(self._documents.values()), self._case.submission.files
            self._known = redaction_of(known, files, lambda: _said(self._case))
        return self._known

    def about(self, progress: Progress) -> Progress:
        """The same, with nothing of a Secret in what is told meanwhile."""

        def told(submission: str, doing: Words, since: float) -> None:
            progress(submission, self.redaction.words(doing), since)

        return told


def _said(case: Case) -> str:
    """All that the exercise itself tells learners."""
    told = [*_texts(case), case.exercise.target.name]
    with contextlib.suppress(UsageProblem):  # a sheet that cannot be read says nothing
        told += sheets(case.exercise).values()
    return "\n".join(told)


def _texts(case: Case) -> Iterator[str]:
    exercise = case.exercise
    titles = [instance.check.line.title for instance in case.instances]
    for text in (exercise.title, exercise.goal, *exercise.hints, *titles):
        yield from (text.en, text.ko)
    for reason in exercise.reasons.values():
        for words in (reason.expected, reason.seen, reason.why, reason.look):
            yield from (words.en, words.ko) if isinstance(words, Text) else ()
