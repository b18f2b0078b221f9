"""What a class's run leaves: the journal, grades.csv, and a page for each learner."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from podgrade import __version__
from podgrade.cli.files import replace as put
from podgrade.grading.class_journal import ClassJournal, Entry, Known
from podgrade.grading.class_plan import named, nobody
from podgrade.grading.corrections import Row
from podgrade.grading.intake import HandedIn
from podgrade.model.exercise import Exercise
from podgrade.model.text import Words, say
from podgrade.model.verdict import Result
from podgrade.reports import class_page, csv, html, json
from podgrade.reports.corrected import corrected, objections
from podgrade.reports.from_json import result_of
from podgrade.reports.graded import NOT_YET, Graded
from podgrade.reports.lines import number

JOURNAL, GRADES, PAGE, PAGES = "journal.jsonl", "grades.csv", "index.html", "pages"
NOTE = "shards.json"
"""Which shards stand: see class_note.py."""

_NO_FILE_NAME = re.compile(r'[<>:"|?*\s]+')  # what Windows does not allow, and spaces
_LONGEST = 200  # bytes of a page's name


@dataclass(frozen=True)
class Closed:
    """A class after its run: everybody as reports take them, in order, with their pages' paths
    from the folder of the grades, and what is wrong with the corrections.
    """

    graded: tuple[Graded, ...]
    links: tuple[str, ...]
    wrong: tuple[Words, ...] = ()


@dataclass
class Book:
    """Where results of a class go; `rules` is the digest of what it is marked by."""

    folder: Path
    exercise: Exercise
    rules: str
    journal: ClassJournal
    language: str
    everyone: Sequence[HandedIn]
    pages: dict[str, Path] = field(init=False)

    def __post_init__(self) -> None:
        self.pages = dict(_pages(self.folder / PAGES, self.everyone))

    @property
    def known(self) -> Mapping[str, Known]:
        """The last line of each learner, by identity."""
        return self.journal.known(self.exercise.slug)

    def enter(
        self,
        one: HandedIn,
        result: Result,
        same_as: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """A learner's result, from now on not lost. Raises UsageProblem.

        `data`: what it was read from, which knows the places in the files.
        """
        same = say("byte for byte the same as another submission: both were graded once")
        notes = (*one.notes, *((same,) if same_as else ()), *result.notes)
        own = replace(result, submission=one.learner, notes=notes)
        written = self._data(own)
        if data is not None:
            _put_places(written, data)
        self._write(one, written, same_as)
        self._page(one, own)

    def take_over(self, one: HandedIn, other: str) -> None:
        """The result of another, known learner whose work is the same."""
        entry = self.journal.entry(self.exercise.slug, other)
        result = replace(corrected(result_of(entry.result), ()), notes=())
        self.enter(one, result, same_as=entry.learner, data=entry.result)

    def close(self, rows: Sequence[Row] | None) -> Closed:
        """Put corrections in (None: as they are), write grades and the pages that are missing."""
        self.journal.catch_up()
        wrong = list(self._strangers(rows or ()))
        graded, more = [], []
        for one in self.everyone:
            found = self._found(one, rows, wrong)
            graded.append(self._graded(one, result_of(found, whole=False) if found else None))
            more.append(self._more(one, graded[-1].result))
        headings = (say("handed in as"), say("the same as"), say("corrected"))
        columns = [
            csv.Column(heading, [cells[place] for cells in more])
            for place, heading in enumerate(headings)
        ]
        self.folder.mkdir(parents=True, exist_ok=True)
        put(self.folder / GRADES, csv.table(graded, columns, say("learner")))
        links = [f"{PAGES}/{self.pages[one.identity].name}" for one in self.everyone]
        put(self.folder / PAGE, class_page.render(list(zip(graded, links, strict=True))))
        return Closed(tuple(graded), tuple(links), tuple(wrong))

    def _found(
        self, one: HandedIn, rows: Sequence[Row] | None, wrong: list[Words]
    ) -> dict[str, Any] | None:
        """A learner's result as data, corrected, with its page there; None if of other work."""
        known = self.known.get(one.identity)
        if known is None or known.digest != one.digest:
            return None
        entry = self.journal.entry(self.exercise.slug, one.identity)
        if rows is not None:
            mine = [row for row in rows if named(one, row.learner)]
            entry = self._correct(entry, mine, wrong)
        if not self.pages[one.identity].exists():
            self._page(one, result_of(entry.result))
        return entry.result

    def _correct(self, entry: Entry, rows: Sequence[Row], wrong: list[Words]) -> Entry:
        result = result_of(entry.result)
        problems = list(objections(result, rows))
        wrong += problems
        new = result if problems else corrected(result, rows)
        data = self._data(new)
        _put_places(data, entry.result)
        if _corrections(data) == _corrections(entry.result):
            return entry
        return self._add(replace(entry, at=_now(), result=data))

    def _data(self, result: Result) -> dict[str, Any]:
        return json.as_data(result, self.language, __version__)

    def _write(self, one: HandedIn, result: dict[str, Any], same_as: str | None) -> Entry:
        entry = Entry(
            podgrade=__version__,
            at=_now(),
            exercise=self.exercise.slug,
            marking=self.rules,
            learner=one.learner,
            identity=one.identity,
            sources=one.sources,
            handed_in=one.when,
            digest=one.digest,
            same_as=same_as,
            result=result,
        )
        return self._add(entry)

    def _add(self, entry: Entry) -> Entry:
        self.pages[entry.identity].unlink(missing_ok=True)  # a kill must not leave an old one
        self.journal.add(entry)
        return entry

    def _page(self, one: HandedIn, result: Result) -> None:
        page = self.pages[one.identity]
        page.parent.mkdir(parents=True, exist_ok=True)
        put(page, html.render(self._graded(one, result)))

    def _more(self, one: HandedIn, result: Result | None) -> tuple[str, str, str]:
        """The cells behind the reports' own columns."""
        known = self.known.get(one.identity)
        told = [
            f"{verdict.id}: {number(verdict.points)} ({verdict.correction.why})"
            for verdict in (result.verdicts if result else ())
            if verdict.correction
        ]
        same = known.same_as if known and result else None
        return " + ".join(one.sources), same or "", "; ".join(told)

    def _graded(self, one: HandedIn, result: Result | None) -> Graded:
        problem = None if result else NOT_YET
        return Graded(self.exercise, one.learner, result, problem, self.language, __version__)

    def _strangers(self, rows: Sequence[Row]) -> Iterator[Words]:
        for row in rows:
            if not any(named(one, row.learner) for one in self.everyone):
                problem = nobody(row.learner, self.everyone)
                yield say("corrections, line {line}: {problem}", line=row.line, problem=problem)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _put_places(data: dict[str, Any], before: Mapping[str, Any]) -> None:
    """What was read back from JSON knows no more where it stands in the files."""
    for now, then in zip(data["results"], before["results"], strict=True):
        now["position"] = then["position"]


def _corrections(result: dict[str, Any]) -> list[Any]:
    return [one["correction"] for one in result["results"]]


def _pages(folder: Path, everyone: Sequence[HandedIn]) -> Iterator[tuple[str, Path]]:
    """A file for each learner that every system can hold, and no two the same."""
    taken: set[str] = set()
    for one in everyone:
        whole = _NO_FILE_NAME.sub("_", one.learner).strip("._") or "_"
        base = whole.encode()[:_LONGEST].decode("utf-8", "ignore")
        name, number_ = base, 1
        while name.casefold() in taken:
            number_ += 1
            name = f"{base}-{number_}"
        taken.add(name.casefold())
        yield one.identity, folder / f"{name}.html"
