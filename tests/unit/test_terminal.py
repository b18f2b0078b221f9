"""The verdict for people: complete, harmless, and right at 80 columns."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console
from tests.unit.results import NOT_FOUND, erroneous, failed, full_marks

from podgrade.grading.catalogue import exercise
from podgrade.grading.gaps import gaps
from podgrade.grading.proof import Compared
from podgrade.model.exercise import Hint
from podgrade.model.reason import Reason
from podgrade.model.submission import Submission
from podgrade.model.text import Text
from podgrade.reports.lines import hint
from podgrade.reports.safe import encodable, visible
from podgrade.reports.terminal import show


def shown(result, language="en", terminal=False, width=80):
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=width, color_system=None)
    show(result, exercise("sidecar"), language, console)
    return stream.getvalue()


def test_full_marks():
    text = shown(full_marks())

    assert "✓ passed  2/2  The Pod shows 2/2 Ready" in text
    assert "Total 10/10" in text
    assert "Hint" not in text


def test_a_failure_says_what_was_expected_and_seen_and_why():
    text = shown(failed())

    assert "✗ failed  0/2  The Pod shows 2/2 Ready" in text
    for line in ("Expected: READY: 2/2", "Seen: READY: 1/2", "Why: image busyboxx was not found"):
        assert line in text
    assert "not checked (an earlier step did not pass): The Pod shows 2/2 Ready" in text
    assert "Note: a note" in text


def test_what_was_seen_is_told_even_if_it_stands_in_what_was_expected():
    expected = Text("the file: anything but 5", "파일: 5 이외의 값")
    text = shown(failed(Reason("different", expected, Text("5", "5"), Text("5", "5"))), "ko")

    assert "실제값: 5" in text
    assert "이유: 5" not in text


def test_korean_words_are_those_of_the_catalogue():
    text = shown(failed(), "ko") + shown(erroneous(), "ko")

    for word in ("✓ 통과", "✗ 실패", "확인하지 못함(앞 단계 미통과)", "채점 환경 오류(감점 없음)"):
        assert word in text


def test_an_error_has_no_score():
    text = shown(erroneous())

    assert "–/2" in text
    assert "No score: the grading environment failed. This is not your fault." in text
    assert "Total" not in text


def test_a_hint_belongs_to_a_check_and_a_reason():
    hints = (
        Hint("on the sheet only", "과제에만"),
        Hint("wait", "기다리세요", frozenset({("test_ready", "silent")})),
        Hint("too late", "늦음", frozenset({("test_ready", "silent")})),
    )
    sidecar = replace(exercise("sidecar"), hints=hints)
    silent = failed(Reason("silent", why=Text("silence", "침묵")))

    assert hint(silent, sidecar, "en") == "wait"
    assert hint(silent, sidecar, "ko") == "기다리세요"
    assert hint(failed(), sidecar, "en") is None
    assert hint(full_marks(), sidecar, "en") is None


def test_a_hint_for_a_failure_that_no_mistake_has_is_a_gap():
    fits = frozenset({("test_ready", NOT_FOUND.code), ("test_ready", "silent")})
    sidecar = replace(exercise("sidecar"), hints=(Hint("", ""), Hint("wait", "기다리세요", fits)))
    one = Compared(Submission("broken/x", (), fixture="broken/x"), failed(), {}, {})

    assert [str(words) for words in gaps(sidecar, [one]) if "hint" in str(words)] == [
        "hint 2 is for test_ready with the reason silent, and no mistake fails so"
    ]


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [40, 80])
def test_a_terminal_is_never_overrun(language, width):
    text = shown(failed(), language, terminal=True, width=width)

    assert max(cell_len(line.rstrip()) for line in text.splitlines()) <= width


def test_plain_lines_are_not_wrapped():
    long = Reason("silent", why=Text("word " * 60, ""))

    assert "word " * 59 in shown(failed(long))


def test_nothing_of_a_learners_is_obeyed():
    evil = Text("[red]x[/red] \x1b[31mred\x07 \u202eevil :smile: \ud800", "")
    text = shown(failed(Reason(NOT_FOUND.code, why=evil)), terminal=True)

    assert r"[red]x[/red] \x1b[31mred\x07 \u202eevil :smile: \ud800" in text
    assert "\x1b" not in text


def test_control_characters_become_escapes():
    assert visible("a\x00b\r\nc\td\x9b") == "a\\x00b\nc   d\\x9b"
    assert visible("한글 ✓") == "한글 ✓"
    assert encodable("a\ud800").encode() == b"a?"
