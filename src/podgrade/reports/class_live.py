"""How far a class has come: a bar that moves on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import collections
import time
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from podgrade.locale import in_language
from podgrade.model.text import Words, say
from podgrade.model.verdict import Outcome
from podgrade.reports.live import AGAIN, Progress
from podgrade.reports.safe import visible

_BAR = 24  # columns
_SURE = 3  # results before which nothing is said of the time left


@dataclass
class ClassProgress(Progress):
    """Counts results of `total` learners. Unless `named`, nobody's name is shown."""

    total: int = 0
    named: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self._counts: collections.Counter[Outcome] = collections.Counter()
        self._begun: dict[str, float] = {}
        self._flow: Words | None = None
        self._told = self.began

    def doing(self, submission: str, doing: Words, since: float) -> None:
        with self._lock:
            self._begun.setdefault(submission, since)
        super().doing(submission, doing, since)

    def done(self, submission: str) -> None:
        with self._lock:
            self._begun.pop(submission, None)
        super().done(submission)

    def count(self, outcome: Outcome) -> None:
        """One more learner has a result."""
        with self._lock:
            self._counts[outcome] += 1

    def flow(self, number: int, why: Words) -> None:
        """So many are on the cluster at once from now on."""
        with self._lock:
            self._flow = say("at most {number} at once ({why})", number=number, why=why)

    def tell(self, now: float) -> None:
        """Print a line every now and then."""
        if now - self._told >= AGAIN:
            self._told = now
            words = f"[{now - self.began:5.1f} s] {', '.join(self._sentences(now))}"
            self.console.print(Text(words), soft_wrap=True, highlight=False)

    def _sentences(self, now: float) -> Iterator[str]:
        """How many, how long still, and who takes longest."""
        with self._lock:
            counts, begun, flow = dict(self._counts), dict(self._begun), self._flow
        done = sum(counts.values())
        for words in (
            say("{done} of {total}", done=done, total=self.total),
            say("passed {count}", count=counts.get(Outcome.PASSED, 0)),
            say("failed {count}", count=counts.get(Outcome.FAILED, 0)),
            say("errors {count}", count=counts.get(Outcome.ERROR, 0)),
            say("waiting {count}", count=self.total - done),
        ):
            yield in_language(words, self.language)
        if _SURE <= done < self.total:
            left = (now - self.began) / done * (self.total - done)
            yield in_language(say("about {time} left", time=clock(left)), self.language)
        if flow is not None:
            yield in_language(flow, self.language)
        if begun:
            yield self._slowest(min(begun, key=lambda key: begun[key]), now)

    def _slowest(self, key: str, now: float) -> str:
        with self._lock:
            wait, since = self._waiting.get(key), self._begun.get(key, now)
        doing = wait.text if wait else ""
        seconds = say("{seconds} s", seconds=max(0, round(now - since)))
        if not key:  # nobody has begun: the cluster is being asked
            return f"{doing} {in_language(seconds, self.language)}"
        who = f"{visible(key)}: " if self.named else ""
        return in_language(
            say("slowest: {doing} {seconds}", doing=f"{who}{doing}", seconds=seconds),
            self.language,
        )

    def _picture(self) -> Group:
        *counts, last = self._sentences(time.monotonic())
        with self._lock:
            done, slow = sum(self._counts.values()), bool(self._begun)
        rows: list[RenderableType] = [_line(done, self.total, counts if slow else [*counts, last])]
        if slow:
            rows.append(Text(last, "dim", overflow="ellipsis", no_wrap=True))
        return Group(*rows)


def _line(done: int, total: int, told: list[str]) -> Table:
    row = Table.grid(padding=(0, 1, 0, 0))
    bar = ProgressBar(total=max(total, 1), completed=done, width=_BAR)
    row.add_row(bar, Text(", ".join(told), overflow="ellipsis", no_wrap=True))
    return row


def clock(seconds: float) -> str:
    """A time as minutes and seconds: `0:07`, `12:30`, `1:02:03`."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    long = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{long}:{whole % 60:02}"
