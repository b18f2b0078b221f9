"""Of a log only the newest part is kept, however long its lines are."""

from __future__ import annotations

import pytest

from podgrade.model.text import say, without_tokens
from podgrade.probes.logs import KEPT, _Seen


@pytest.mark.parametrize("size", [10, 5_000, 1 << 23])
def test_100_mb_of_log_are_not_kept(size):
    seen = _Seen()
    for _ in range(min(100_000_000 // size, 200_000)):
        seen.add(b"x" * (size - 1) + b"\n")
        assert len(seen.copy()) <= 2 * KEPT
    seen.add("마지막 줄".encode())

    assert len(seen.text.encode()) <= KEPT
    assert seen.text.endswith("마지막 줄")


def test_no_sentence_holds_a_token():
    token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlcm5ldGVz.c2lnbmF0dXJl-_x"

    assert without_tokens(f"a {token}\n") == "a eyJ…\n"
    assert str(say("{log}", log=token)) == "eyJ…"
    assert without_tokens("eyJ is how a token begins") == "eyJ is how a token begins"


def test_a_sentence_shows_a_long_value_in_part():
    assert len(str(say("{name}", name="x" * 1_000_000))) == 2000
