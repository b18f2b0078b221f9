"""Takes a class in, grades what is to be graded, and writes everything down."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from podgrade.cli import class_course
from podgrade.cli.alone import Grading
from podgrade.cli.class_course import Ended
from podgrade.cli.class_results import JOURNAL, NOTE, Book
from podgrade.cli.class_run import Work, mark, marker_of
from podgrade.cli.class_words import Done, intentions, must_be_new, remarks, unread
from podgrade.cluster.connection import Connection
from podgrade.grading import course_file
from podgrade.grading.catalogue import exercise
from podgrade.grading.class_journal import ClassJournal
from podgrade.grading.class_plan import marking, meant, plan
from podgrade.grading.corrections import Row, about, strangers
from podgrade.grading.course_file import Course, Part
from podgrade.grading.intake import Roster, take_in
from podgrade.model.errors import UsageProblem
from podgrade.model.text import Words, say
from podgrade.reports.lines import said


@dataclass(frozen=True)
class Shards:
    """How many Pods grade on the cluster itself, of which image (None: the node's own)."""

    count: int
    image: str | None = None
    in_flight: int | None = None


@dataclass(frozen=True)
class Task:
    """What was asked for; `several`: each exercise has a folder of its own in the target."""

    course: Course
    several: bool
    target: Path
    only: Sequence[str]
    rows: Sequence[Row] | None
    goes_on: bool
    arguments: Sequence[str]
    named: bool
    language: str
    context: str | None = None
    kubeconfig: Path | None = None
    shards: Shards | None = None

    def connect(self) -> Connection:
        """A connection to the cluster that was named, or to the one there is."""
        from podgrade.cluster.providers.current import connect

        return connect(self.kubeconfig, self.context)

    def rows_about(self, part: Part) -> Sequence[Row] | None:
        """The corrections of an exercise; None where they are to stay as they are."""
        slug, alone = part.exercise.slug, not self.several
        return None if self.rows is None else about(self.rows, slug, alone=alone)


def chosen(slug: str, folder: Path | None) -> Course:
    """The exercise and its folder, or what the course's file names. Raises UsageProblem."""
    if slug.lower().endswith(course_file.ENDINGS):
        if folder is None:
            return course_file.read(Path(slug))
        raise UsageProblem(
            say("{file} names the folders itself: leave {folder} out", file=slug, folder=folder)
        )
    found = exercise(slug)
    if folder is None:
        raise UsageProblem(say("name the folder, too: `podgrade class {slug} FOLDER`", slug=slug))
    return Course(found.title, (Part(found, folder),))


def grade(task: Task) -> Done:
    """Do what was asked for. Raises PodgradeError before anything is graded."""
    began = time.monotonic()
    rosters = [_roster(task, part) for part in task.course.parts]
    meant(task.only, [one for roster in rosters for one in roster.everyone])
    if not task.goes_on:
        must_be_new(task.target / JOURNAL)
    with ClassJournal(task.target / JOURNAL) as journal:
        books = [
            _book(task, *pair, journal) for pair in zip(task.course.parts, rosters, strict=True)
        ]
        tell(_left_on_cluster(task, journal, books), task.language)
        work = [_work(task, *pair) for pair in zip(books, rosters, strict=True)]
        tell(unread(journal.unread), task.language)
        grading = _graded(task, work)
        ended = [_ended(task, part, one) for part, one in zip(task.course.parts, work, strict=True)]
        if task.several:
            class_course.write(task.target, task.course.title, ended, task.language)
    return Done(grading, ended, tuple(_strangers(task)), time.monotonic() - began)


def _graded(task: Task, work: Sequence[Work]) -> Grading:
    marker = marker_of(work, task.language, task.named)
    if task.shards is None:
        return mark(work, marker, task.arguments)
    from podgrade.cli.class_shards import mark_on_cluster

    def told(words: Words) -> None:
        tell((words,), task.language)

    return mark_on_cluster(work, marker, task.shards, task.connect, told)


def _left_on_cluster(task: Task, journal: ClassJournal, books: Sequence[Book]) -> Iterator[Words]:
    """Who has a result by the shards of a command that was killed."""
    if journal.path.with_name(NOTE).exists():
        from podgrade.cli.class_note import take_in

        yield from take_in(journal, books, task.connect)


def _roster(task: Task, part: Part) -> Roster:
    return take_in(part.folder, part.exercise.slug, task.target)


def _book(task: Task, part: Part, roster: Roster, journal: ClassJournal) -> Book:
    folder = task.target / part.exercise.slug if task.several else task.target
    rules = marking(part.exercise)
    return Book(folder, part.exercise, rules, journal, task.language, roster.everyone)


def _work(task: Task, book: Book, roster: Roster) -> Work:
    work = Work(book, plan(roster.everyone, book.known, book.rules, task.only))
    told: Iterable[Words] = (*remarks(roster, task.named), *intentions(work.plan, roster))
    if task.several:
        slug = book.exercise.slug
        told = (say("{exercise}: {text}", exercise=slug, text=words) for words in told)
    tell(told, task.language)
    return work


def _ended(task: Task, part: Part, work: Work) -> Ended:
    return Ended(part, work.book.everyone, work.book.close(task.rows_about(part)))


def _strangers(task: Task) -> Iterator[Words]:
    if task.several:
        yield from strangers(task.rows or (), [part.exercise.slug for part in task.course.parts])


def tell(lines: Iterable[Words], language: str) -> None:
    """Told on standard error; what learners wrote is shown, never obeyed."""
    for line in lines:
        click.echo(said(line, language), err=True)
