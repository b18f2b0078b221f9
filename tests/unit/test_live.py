"""Progress: plain lines elsewhere, a picture that moves on a terminal."""

from __future__ import annotations

import io
import time

from rich.console import Console

from podgrade.model.text import Text, say
from podgrade.reports.live import Progress


def plain():
    stream = io.StringIO()
    return stream, Progress(Console(file=stream, force_terminal=False), "en")


def test_each_new_wait_is_one_plain_line():
    stream, progress = plain()
    with progress:
        for words in ("waiting", "waiting", "asking"):
            progress.doing("a", Text(words, ""), time.monotonic())

    lines = stream.getvalue().splitlines()
    assert [line.split("] ")[1] for line in lines] == ["waiting", "asking"]


def test_what_a_learner_named_is_shown_not_obeyed():
    stream, progress = plain()
    progress.doing("a", Text("\x1b[2J [bold]x", ""), 0.0)

    assert r"\x1b[2J [bold]x" in stream.getvalue()


def test_a_terminal_shows_what_and_how_long():
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=80, color_system=None)
    with Progress(console, "ko") as progress:
        progress.doing("a", say("connecting to the cluster"), time.monotonic() - 7)
    text = stream.getvalue()

    assert "클러스터에 연결하는 중 7초" in text


def test_many_submissions_are_named_and_bounded():
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=80, color_system=None)
    with Progress(console, "en") as progress:
        for number in range(12):
            progress.doing(f"learner-{number}", Text("waiting", ""), time.monotonic())
        progress.done("learner-0")
    text = stream.getvalue()

    assert "learner-1: waiting" in text
    assert "… and 3 more" in text
