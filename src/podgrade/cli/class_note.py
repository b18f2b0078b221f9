"""What a command that was killed left at work on the cluster, as the one that goes on finds it.

A note lies beside the journal while a run's shards stand. Only one command at a time holds the
journal, so whoever holds it and finds a note knows that the run's own command is gone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from podgrade.cli.class_results import NOTE, Book
from podgrade.cli.class_run import Work
from podgrade.cli.files import replace as put
from podgrade.cluster.connection import Connection
from podgrade.grading.class_journal import ClassJournal
from podgrade.grading.intake import HandedIn
from podgrade.model.errors import PodgradeError
from podgrade.model.text import Words, say
from podgrade.model.verdict import Result
from podgrade.reports.from_json import result_of
from podgrade.workspace.run import Run
from podgrade.workspace.shards import letters
from podgrade.workspace.shards.hall import Hall
from podgrade.workspace.shards.letters import Letter
from podgrade.workspace.shards.objects import Order
from podgrade.workspace.shards.share import id_of


@dataclass(frozen=True)
class Note:
    """A run: its id, whose API server has it, and how long the journal was when it began.

    `pieces` has the digests of each one's work and marking, by the id of its verdict.
    """

    run: str
    host: str
    journal: int
    pieces: Mapping[str, Sequence[str]]


def leave(hall: Hall, work: Sequence[Work]) -> Path:
    """Write down that shards are about to stand; the note's path. Raises UsageProblem."""
    journal = work[0].book.journal
    pieces = {
        id_of(one.book.exercise.slug, group[0].identity): (group[0].digest, one.book.rules)
        for one in work
        for group in one.plan.groups
    }
    note = Note(hall.run.id, hall.connection.host, journal.end, pieces)
    path = journal.path.with_name(NOTE)
    put(path, json.dumps(asdict(note)))
    return path


def take_in(
    journal: ClassJournal, books: Sequence[Book], connect: Callable[[], Connection]
) -> Iterator[Words]:
    """End what an earlier command's shards still do and write down what they graded.

    What was handed in or is marked otherwise since then is left out.
    """
    path = journal.path.with_name(NOTE)
    note = _read(path)
    if note is None:
        return
    try:
        connection = connect()
        if connection.host != note.host:
            return
        hall = Hall(connection, Order("", 0), Run(note.run))
        hall.stop()
        open_ = dict(_open(note, books))
        count = 0
        for letter in letters.every(connection, hall.namespace):
            if letter.id in open_:
                book, one = open_[letter.id]
                book.enter(one, result_in(letter), data=letter.data["result"])
                count += 1
        hall.clear()
    except PodgradeError as error:
        yield say("what shards graded before could not be taken in: {problem}", problem=error.words)
        return
    path.unlink(missing_ok=True)
    if count:
        yield say("{count} results that shards had left on the cluster were taken in", count=count)


def _read(path: Path) -> Note | None:
    try:
        return Note(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _open(note: Note, books: Sequence[Book]) -> Iterator[tuple[str, tuple[Book, HandedIn]]]:
    """Whose verdict the run's own command has not written down, by the verdict's id."""
    for book in books:
        for one in book.everyone:
            id_ = id_of(book.exercise.slug, one.identity)
            known = book.known.get(one.identity)
            fresh = known is None or known.place < note.journal
            if fresh and [one.digest, book.rules] == note.pieces.get(id_):
                yield id_, (book, one)


def result_in(letter: Letter) -> Result:
    """The result that came in a letter."""
    result = result_of(letter.data["result"])
    if not letter.data.get("cut"):
        return result
    note = say("evidence and timeline were too large to be carried back from the cluster")
    return replace(result, notes=(*result.notes, note))
