"""Grades a class by a Job on the cluster itself, and writes the results down here as they come."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from podgrade import __version__
from podgrade.cli.alone import Grading
from podgrade.cli.class_note import leave, result_in
from podgrade.cli.class_run import Marker, Work
from podgrade.cli.class_task import Shards
from podgrade.cluster.connection import Connection
from podgrade.cluster.providers import Progress as Tell
from podgrade.cluster.providers.current import is_practice
from podgrade.cluster.providers.node_podgrade import image_of_node
from podgrade.grading.intake.contents import hidden
from podgrade.grading.signals import terminated_like_interrupted
from podgrade.model.errors import InfrastructureError, PodgradeError, UsageProblem
from podgrade.model.text import Words, say
from podgrade.workspace.shards import letters, rights
from podgrade.workspace.shards.hall import Hall, Look
from podgrade.workspace.shards.letters import Letter
from podgrade.workspace.shards.objects import Order
from podgrade.workspace.shards.share import Piece, bundled, shares


def mark_on_cluster(
    work: Sequence[Work],
    marker: Marker,
    shards: Shards,
    connect: Callable[[], Connection],
    tell: Tell,
) -> Grading:
    """Grade what is to be graded; results go into the books.

    Raises PodgradeError where it cannot begin; later trouble is in what is given back.
    """
    pieces = list(_pieces(work))
    if not pieces:
        return marker.grading
    hall = _hall(connect(), shards, marker.language, tell)
    run = _Run(hall, marker, {piece.id for piece in pieces}, leave(hall, work))
    with marker.progress, terminated_like_interrupted():
        run.through(shares(pieces, shards.count), packs(work))
    return marker.grading


def _hall(connection: Connection, shards: Shards, language: str, tell: Tell) -> Hall:
    image = shards.image or image_of_node(connection, __version__, tell)
    if image is None:
        raise UsageProblem(
            say(
                "podgrade does not know which image of podgrade this cluster can pull: build one "
                "(ci/image/README.md) and name it with --image"
            )
        )
    rights.ensure(connection, apply=is_practice(connection.context))
    return Hall(connection, Order(image, shards.count, tuple(_arguments(shards, language))))


def _arguments(shards: Shards, language: str) -> Iterator[str]:
    """What each Pod is told; of what is to be in flight at once, its part."""
    yield f"--version={__version__}"
    yield f"--lang={language}"
    if shards.in_flight is not None:
        yield f"--in-flight={max(1, shards.in_flight // shards.count)}"


def _pieces(work: Sequence[Work]) -> Iterator[Piece]:
    for one in work:
        for group in one.plan.groups:
            submission = replace(group[0].submission, exercise=one.book.exercise.slug)
            yield Piece(one.book.exercise.slug, group[0].identity, submission)


def packs(work: Sequence[Work]) -> bytes:
    """The exercises that are graded with their graders, a folder for each pack."""
    roots = list(dict.fromkeys(one.pack for one in work))
    files = {
        f"{roots.index(one.pack):03}/{file.relative_to(one.pack).as_posix()}": file.read_bytes()
        for one in work
        for file in _files(one)
    }
    return bundled(files)


def _files(one: Work) -> Iterator[Path]:
    """An exercise's folder, its grader, and what graders of its pack may import."""
    exercise = one.book.exercise
    yield exercise.grader
    yield from one.pack.glob("conftest.py")
    for path in sorted(exercise.grader.parent.rglob("*.py")):
        if not path.name.startswith("test_"):
            yield path
    for path in sorted(exercise.folder.rglob("*")):
        if path.is_file() and not hidden(path.relative_to(exercise.folder).parts):
            yield path


class _Run:
    """One run's course: begun, followed, ended; what came stays. `note`: see class_note.py."""

    def __init__(self, hall: Hall, marker: Marker, open_: set[str], note: Path) -> None:
        self._hall = hall
        self._marker = marker
        self._open = open_
        self._note = note

    @property
    def _connection(self) -> Connection:
        return self._hall.connection

    def through(self, shares: Sequence[Sequence[Piece]], pack: bytes) -> None:
        try:
            self._tell(say("starting {count} shards", count=len(shares)))
            self._hall.begin(shares, pack)
            self._follow()
        except KeyboardInterrupt:
            self._marker.grading.interrupted = True
        except PodgradeError as error:
            self._marker.grading.trouble = error
        finally:
            self._end()

    def _follow(self) -> None:
        """Write down what comes until there is nothing to wait for."""
        for letter in letters.coming(self._connection, self._hall.namespace):
            if letter is not None:
                self._take(letter)
            elif (look := self._look()).over:
                self._take_all()
                self._explain(look)
            if not self._open:
                return

    def _look(self) -> Look:
        """How it goes, which is told as well."""
        look = self._hall.look()
        if look.running:
            words = say(
                "{running} of {count} shards at work on {nodes}",
                running=look.running,
                count=self._hall.order.count,
                nodes=", ".join(look.nodes),
            )
        else:
            words = say("waiting for the shards to begin")
        self._tell(words)
        return look

    def _tell(self, words: Words) -> None:
        progress = self._marker.progress
        progress.doing("", words, progress.began)

    def _take_all(self) -> None:
        for letter in letters.every(self._connection, self._hall.namespace):
            self._take(letter)

    def _take(self, letter: Letter) -> None:
        """A letter may come twice; only the first time counts."""
        if letter.trouble is not None:
            raise InfrastructureError(letter.trouble)
        if letter.id in self._open:
            self._open.discard(letter.id)
            self._marker.enter(result_in(letter), letter.data["result"])

    def _explain(self, look: Look) -> None:
        """Why the Job has ended although somebody has no verdict. Raises InfrastructureError."""
        if not self._open:
            return
        failed = look.failed[0] if look.failed else None
        said = self._hall.last_words(failed) if failed is not None else None
        words = say(
            "{count} have no result: the shards {failed} failed too often; the last words: {said}",
            count=len(self._open),
            failed=", ".join(map(str, look.failed)) or "–",
            said=said or "–",
        )
        raise InfrastructureError(words)

    def _end(self) -> None:
        """No Pod goes on; what was graded meanwhile is taken in; nothing is left behind."""
        with contextlib.suppress(PodgradeError):
            self._hall.stop()
            if self._open:
                self._take_all()
        with contextlib.suppress(PodgradeError):
            self._hall.clear()
            self._note.unlink(missing_ok=True)
