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
    """Learns the Secrets of one submission as they come: from its files, its objects, the setup's.

    `redaction` is what is known by now.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._documents: dict[int, Document] = {}
        self.redaction = Redaction()
        self.learn(())

    def learn(self, documents: Iterable[Document]) -> None:
        """Know these objects, too: their Secrets, and the names that are told as they are."""
        self._documents |= {id(document): document for document in documents}
        known, files = tuple(self._documents.values()), self._case.submission.files
        self.redaction = redaction_of(known, files, lambda: _said(self._case))

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
