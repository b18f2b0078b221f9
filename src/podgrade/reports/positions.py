"""Where in the submission stands what a verdict is about."""

from __future__ import annotations

from collections.abc import Iterator

from podgrade.model.submission import Position
from podgrade.model.text import Message
from podgrade.model.verdict import Outcome, Result, Verdict


def position_of(result: Result, verdict: Verdict) -> Position | None:
    """The place of the container that the reason names, else of the object; None if it passed."""
    if verdict.outcome is not Outcome.FAILED or verdict.reason is None:
        return None
    reason = verdict.reason
    for words in (reason.why, reason.seen, reason.expected, reason.look):
        for name in _containers(words):
            if name in result.places:
                return result.places[name]
    return result.places.get("")


def _containers(words: object) -> Iterator[str]:
    """The containers that a message was given to put in, by the name of the slot."""
    if isinstance(words, Message):
        for slot, value in words.values.items():
            if slot == "container":
                yield str(value)
            yield from _containers(value)
