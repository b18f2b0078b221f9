"""What a command's answer shows of itself."""

from __future__ import annotations

from podgrade.cluster.connection import ExecAnswer
from podgrade.probes.execute import as_answer


def answer(code: int, out: bytes, err: bytes):
    return as_answer("app", "redis-cli ping", ExecAnswer(code, out, err))


def test_a_command_that_printed_nothing_shows_its_error_output():
    said = answer(1, b"", b"Could not connect\n")

    assert str(said.out.about.shown) == "nothing (error output: Could not connect)"
    assert str(said.code.about.shown) == "1 (error output: Could not connect)"


def test_what_was_printed_is_shown_by_itself():
    assert answer(0, b"PONG\n", b"a warning").out.about.shown is None


def test_silence_has_nothing_to_show():
    assert answer(0, b"", b"").out.about.shown is None
