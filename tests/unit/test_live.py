"""Progress: plain lines elsewhere, a picture that moves on a terminal."""

from __future__ import annotations

import io
import re
import time

from rich.console import Console
from tests.waiting import until

from podgrade.model.text import Text, say
from podgrade.reports.live import Progress


def plain():
    stream = io.StringIO()
    return stream, Progress(Console(file=stream, force_terminal=False), "en")


def test_a_plain_line_for_each_wait_that_lasts():
    stream, progress = plain()
    start = progress.began
    progress.doing("a", Text("short", ""), start)
    progress.tell(start + 0.9)
    progress.doing("a", Text("long", ""), start + 0.9)
    for later in (2.0, 5.0, 12.5):
        progress.tell(start + later)

    assert stream.getvalue().splitlines() == ["[  2.0 s] long 1 s", "[ 12.5 s] long 12 s"]


def told(pattern, text):
    """The seconds that a line says."""
    return int(re.search(pattern, text)[1])


def test_plain_lines_come_by_themselves():
    stream, progress = plain()
    since = time.monotonic() - 5
    with progress:
        progress.doing("a", Text("waiting", ""), since)
        until(stream.getvalue)

    assert 5 <= told(r"waiting (\d+) s", stream.getvalue()) <= round(time.monotonic() - since)


def test_what_a_learner_named_is_shown_not_obeyed():
    stream, progress = plain()
    progress.doing("a", Text("\x1b[2J [bold]x", ""), 0.0)
    progress.tell(time.monotonic())

    assert r"\x1b[2J [bold]x" in stream.getvalue()


def test_a_terminal_shows_what_and_how_long():
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=80, color_system=None)
    since = time.monotonic() - 7
    with Progress(console, "ko") as progress:
        progress.doing("a", say("connecting to the cluster"), since)
    seconds = told(r"클러스터에 연결하는 중 (\d+)초", stream.getvalue())

    assert 7 <= seconds <= round(time.monotonic() - since)


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


def test_where_lines_are_not_wanted_there_are_none():
    stream = io.StringIO()
    with Progress(Console(file=stream, force_terminal=False), "en", lines=False) as progress:
        progress.doing("a", Text("waiting", ""), time.monotonic() - 5)
        time.sleep(0.7)

    assert stream.getvalue() == ""


def test_what_is_printed_aside_stays_above_what_moves():
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=40)
    with Progress(console, "en") as progress:
        progress.doing("a", Text("waiting", ""), time.monotonic())
        with progress.aside():
            before = stream.getvalue()
            stream.write("told\n")

    assert before.endswith("\x1b[2K")  # the line that moved is gone
    assert "waiting" in stream.getvalue().partition("told\n")[2]
