"""How far a class has come: in lines without names, and in a picture on a terminal."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from podgrade.model.text import Text
from podgrade.model.verdict import Outcome
from podgrade.reports.class_live import ClassProgress, clock


def plain(**more):
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=False)
    return stream, ClassProgress(console, "en", total=10, **more)


def test_a_line_now_and_then():
    stream, progress = plain(named=False)
    start = progress.began
    progress.doing("", Text("connecting", ""), start)
    progress.tell(start + 10)
    progress.done("")
    progress.doing("kim", Text("waiting", ""), start + 5)
    progress.doing("lee", Text("asking", ""), start + 8)
    progress.doing("kim", Text("still waiting", ""), start + 12)
    for outcome in (Outcome.PASSED, Outcome.PASSED, Outcome.FAILED, Outcome.ERROR):
        progress.count(outcome)
    progress.tell(start + 15)
    progress.tell(start + 20)

    assert stream.getvalue().splitlines() == [
        "[ 10.0 s] 0 of 10, passed 0, failed 0, errors 0, waiting 10, connecting 10 s",
        "[ 20.0 s] 4 of 10, passed 2, failed 1, errors 1, waiting 6, about 0:30 left, "
        "slowest: still waiting 15 s",
    ]


def test_how_many_at_once_and_why():
    stream, progress = plain()
    progress.flow(11, Text("Pods wait for room", ""))
    progress.tell(progress.began + 10)

    assert "waiting 10, at most 11 at once (Pods wait for room)" in stream.getvalue()


def test_names_where_they_may_be_shown():
    stream, progress = plain()
    progress.doing("k\x1bim", Text("waiting", ""), progress.began)
    progress.tell(progress.began + 10)

    assert r"slowest: k\x1bim: waiting 10 s" in stream.getvalue()


def test_a_bar_on_a_terminal():
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=140, color_system=None)
    with ClassProgress(console, "ko", total=4) as progress:
        progress.count(Outcome.PASSED)
        progress.doing("김민수", Text("waiting", "기다리는 중"), time.monotonic() - 7)
    text = stream.getvalue()

    assert "4명 중 1명, 만점 1, 만점 아님 0, 오류 0, 남음 3" in text
    assert "가장 오래 걸리는 제출물: 김민수: 기다리는 중 7초" in text


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "0:00"), (59.6, "1:00"), (750, "12:30"), (3723, "1:02:03")]
)
def test_times(seconds, told):
    assert clock(seconds) == told
