"""What is being waited for, and for how long: moving on a terminal, plain lines elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType

from rich.console import Console, Group
from rich.live import Live as RichLive
from rich.spinner import Spinner
from rich.text import Text

from podgrade.locale import in_language
from podgrade.model.text import Words, say
from podgrade.reports.safe import visible

_SHOWN = 8  # submissions shown at once
_PATIENCE = 1.0  # seconds a wait must last to be worth a plain line
AGAIN = 10.0  # seconds after which a plain line is said again
_TICK = 0.5


@dataclass
class _Wait:
    """What one submission waits for, since when, and when that was last said in a line."""

    text: str
    since: float
    said: float | None = None

    def due(self, now: float) -> bool:
        """True if it is time for a plain line."""
        last, pause = (self.since, _PATIENCE) if self.said is None else (self.said, AGAIN)
        return now - last >= pause


@dataclass
class Progress:
    """Shows what each submission waits for; safe to be told so from any thread."""

    console: Console
    language: str
    lines: bool = True
    """Say in plain lines, too, what is waited for, where nothing can move."""
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, _Wait] = {}
        self._ended = threading.Event()
        self._spinner = Spinner("dots")
        self._live: RichLive | None = None

    def __enter__(self) -> Progress:
        if self.console.is_terminal:
            self._show()
        elif self.lines:
            threading.Thread(target=self._tell, name="progress", daemon=True).start()
        return self

    def _show(self) -> None:
        self._live = RichLive(
            get_renderable=self._picture,
            console=self.console,
            refresh_per_second=5,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._hide()

    def _hide(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is printed in here stays, above what moves."""
        self._hide()
        yield
        if self.console.is_terminal and not self._ended.is_set():
            self._show()

    def doing(self, submission: str, doing: Words, since: float) -> None:
        """The submission waits for something new since that moment (time.monotonic)."""
        text = visible(in_language(doing, self.language))
        with self._lock:
            self._waiting[submission] = _Wait(text, since)

    def done(self, submission: str) -> None:
        """The submission waits for nothing any more."""
        with self._lock:
            self._waiting.pop(submission, None)

    def _tell(self) -> None:
        while not self._ended.wait(_TICK):
            self.tell(time.monotonic())

    def tell(self, now: float) -> None:
        """Print a line for each wait that has lasted a while."""
        with self._lock:
            due = [(key, wait) for key, wait in self._waiting.items() if wait.due(now)]
            named = len(self._waiting) > 1
        for key, wait in due:
            wait.said = now
            line = Text(f"[{now - self.began:5.1f} s] ")
            line.append_text(self._words(key, wait, now, named))
            self.console.print(line, soft_wrap=True, highlight=False)

    def _picture(self) -> Group:
        with self._lock:
            waiting = list(self._waiting.items())
        now = time.monotonic()
        rows = [self._row(key, wait, now, len(waiting) > 1) for key, wait in waiting[:_SHOWN]]
        if len(waiting) > _SHOWN:
            more = say("… and {count} more", count=len(waiting) - _SHOWN)
            rows.append(Text(in_language(more, self.language), "dim"))
        return Group(*rows)

    def _row(self, key: str, wait: _Wait, now: float, named: bool) -> Text:
        row = Text(overflow="ellipsis", no_wrap=True)
        row.append_text(_frame(self._spinner, now)).append(" ")
        return row.append_text(self._words(key, wait, now, named))

    def _words(self, key: str, wait: _Wait, now: float, named: bool) -> Text:
        name = f"{visible(key)}: " if named else ""
        seconds = say("{seconds} s", seconds=max(0, round(now - wait.since)))
        words = Text(f"{name}{wait.text} ")
        return words.append(in_language(seconds, self.language), "dim")


def _frame(spinner: Spinner, now: float) -> Text:
    frame = spinner.render(now)
    return frame if isinstance(frame, Text) else Text("…")
