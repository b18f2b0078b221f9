"""What is being waited for, and for how long: moving on a terminal, plain lines elsewhere."""

from __future__ import annotations

import threading
import time
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


@dataclass
class Progress:
    """Shows what each submission waits for; safe to be told so from any thread."""

    console: Console
    language: str
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, tuple[str, float]] = {}
        self._spinner = Spinner("dots")
        self._live: RichLive | None = None

    def __enter__(self) -> Progress:
        if self.console.is_terminal:
            self._live = RichLive(
                get_renderable=self._picture,
                console=self.console,
                refresh_per_second=5,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def doing(self, submission: str, doing: Words, since: float) -> None:
        """The submission waits for something new since that moment (time.monotonic)."""
        text = visible(in_language(doing, self.language))
        with self._lock:
            before = self._waiting.get(submission)
            self._waiting[submission] = (text, since)
        if self._live is None and (before is None or before[0] != text):
            self._print(text)

    def done(self, submission: str) -> None:
        """The submission waits for nothing any more."""
        with self._lock:
            self._waiting.pop(submission, None)

    def _print(self, text: str) -> None:
        passed = f"[{time.monotonic() - self.began:5.1f} s]"
        self.console.print(Text(f"{passed} {text}"), soft_wrap=True, highlight=False)

    def _picture(self) -> Group:
        with self._lock:
            waiting = list(self._waiting.items())
        now = time.monotonic()
        rows = [self._row(key, *told, now, len(waiting) > 1) for key, told in waiting[:_SHOWN]]
        if len(waiting) > _SHOWN:
            more = say("… and {count} more", count=len(waiting) - _SHOWN)
            rows.append(Text(in_language(more, self.language), "dim"))
        return Group(*rows)

    def _row(self, key: str, text: str, since: float, now: float, named: bool) -> Text:
        name = f"{visible(key)}: " if named else ""
        seconds = say("{seconds} s", seconds=max(0, round(now - since)))
        row = Text(overflow="ellipsis", no_wrap=True)
        row.append_text(_frame(self._spinner, now))
        return row.append(f" {name}{text} ").append(in_language(seconds, self.language), "dim")


def _frame(spinner: Spinner, now: float) -> Text:
    frame = spinner.render(now)
    return frame if isinstance(frame, Text) else Text("…")
