"""Answers from a record that was made for another marking scheme, or an older one."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from podgrade.model.text import say
from podgrade.probes.bench import Bench
from podgrade.probes.codec import words_to_json
from podgrade.probes.tape import Tape, given
from podgrade.probes.values import Witness


class Recalling:
    """Answers each question as often as it was asked, in the order of then, wherever it is asked.

    A question that was not asked so often needs the cluster: there is none, which is trouble.
    """

    def __init__(self, entries: Iterable[Mapping[str, Any]]) -> None:
        self.tape = Tape()
        self.witness = Witness()
        self._left: dict[str, collections.deque[Mapping[str, Any]]] = {}
        for entry in entries:
            self._left.setdefault(entry["question"], collections.deque()).append(entry)

    def ask(self, question: str, live: Callable[[Bench], Any]) -> Any:  # noqa: ARG002 - one protocol
        left = self._left.get(question)
        entry = dict(left.popleft()) if left else _not_recorded(question)
        self.tape.entries.append(entry)
        return given(entry, self.witness)


def _not_recorded(question: str) -> dict[str, Any]:
    words = say("not recorded: {question} has to be asked on a cluster", question=question)
    return {
        "question": question,
        "at": 0.0,
        "seconds": 0.0,
        "raised": "infrastructure",
        "words": words_to_json(words),
    }
