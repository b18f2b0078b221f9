"""The record of a rehearsal: every question of a check and what was answered, in order."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

from podgrade.model.errors import GraderError, InfrastructureError
from podgrade.model.failure import Failure
from podgrade.model.reason import Reason
from podgrade.model.text import Words, clipped, say, without_tokens
from podgrade.model.verdict import Evidence
from podgrade.probes.bench import Bench
from podgrade.probes.codec import reason_from_json, reason_to_json, words_from_json, words_to_json
from podgrade.probes.values import Witness, answers

CODEC = answers()

_SHOWN = 2000  # characters of an answer that evidence shows


@dataclass
class Tape:
    """Questions and answers of one check, in order."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    @property
    def trouble(self) -> Words | None:
        """The first thing that went wrong and is not the learner's doing, or None."""
        for entry in self.entries:
            if entry.get("raised") == "infrastructure":
                return words_from_json(entry["words"])
            if entry.get("raised") == "error":
                return say("{type}: {text}", type=entry["type"], text=entry["text"])
        return None

    def evidence(self, tell: Callable[[Any], Any] = lambda data: data) -> tuple[Evidence, ...]:
        """What the probes saw, shortened for people; `tell` says what of plain data is told."""
        return tuple(_evidence(entry, tell) for entry in self.entries)

    def dump(self) -> str:
        """The tape as one line of JSON."""
        return json.dumps(self.entries, ensure_ascii=False)

    @classmethod
    def load(cls, line: str) -> Tape:
        """The tape that `dump` wrote."""
        return cls(json.loads(line))


class Stage(Protocol):
    """What a probe asks its questions through: recorded when live, answered from the tape else."""

    witness: Witness

    def ask(self, question: str, live: Callable[[Bench], Any]) -> Any:
        """The answer to the question; `live` finds it out on the bench."""
        ...


class Recording:
    """Asks the real cluster and puts every answer or exception on the tape."""

    def __init__(self, bench: Bench) -> None:
        self.tape = Tape()
        self.witness = Witness()
        self._bench = bench
        self._began = time.monotonic()

    def ask(self, question: str, live: Callable[[Bench], Any]) -> Any:
        start = time.monotonic()
        outcome = _found_out(live, self._bench)
        end = time.monotonic()
        entry = {
            "question": question,
            "at": round(start - self._began, 4),
            "seconds": round(end - start, 4),
        } | outcome
        self.tape.entries.append(entry)
        return given(entry, self.witness)


class Replay:
    """Answers from a tape, in order, and notices questions that the rehearsal did not ask.

    `strayed` says which was the first of those, if there was one.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.witness = Witness()
        self.strayed: Words | None = None
        self._next = 0

    def ask(self, question: str, live: Callable[[Bench], Any]) -> Any:  # noqa: ARG002 - one protocol
        if self._next >= len(self.tape.entries):
            self._stray(say("it asked one more question: {question}", question=question))
        entry = self.tape.entries[self._next]
        if entry["question"] != question:
            self._stray(say("it asked {asked}, then {now}", asked=entry["question"], now=question))
        self._next += 1
        return given(entry, self.witness)

    def _stray(self, how: Words) -> NoReturn:
        words = say(
            "the check did not do the same when it was run again on its record: {how}", how=how
        )
        self.strayed = self.strayed or words
        raise GraderError(words)

    @property
    def finished(self) -> bool:
        """True if every answer was used."""
        return self._next == len(self.tape.entries)


def _found_out(live: Callable[[Bench], Any], bench: Bench) -> dict[str, Any]:
    try:
        return {"answer": CODEC.encode(live(bench))}
    except Failure as failure:
        return {"raised": "failure", "reason": reason_to_json(failure.reason)}
    except InfrastructureError as error:
        return {"raised": "infrastructure", "words": words_to_json(error.words)}
    except Exception as error:  # noqa: BLE001 - whatever a probe raises belongs on the tape
        return {"raised": "error", "type": type(error).__name__, "text": str(error)}


def given(entry: Mapping[str, Any], witness: Witness) -> Any:
    """The answer of a tape's entry, or what was raised instead."""
    match entry.get("raised"):
        case None:
            return CODEC.decode(entry["answer"], witness)
        case "failure":
            raise Failure(reason_from_json(entry["reason"]) or Reason("failed"))
        case "infrastructure":
            raise InfrastructureError(words_from_json(entry["words"]) or say("unknown trouble"))
        case _:
            raise GraderError(say("{type}: {text}", type=entry["type"], text=entry["text"]))


def _evidence(entry: dict[str, Any], tell: Callable[[Any], Any]) -> Evidence:
    told = entry.get("answer", {key: entry[key] for key in entry if key not in _TIMES})
    text = without_tokens(json.dumps(tell(_bounded(_short(told))), ensure_ascii=False))
    return Evidence(tell(entry["question"]), text[:_SHOWN], entry["at"], entry["seconds"])


def _bounded(data: Any) -> Any:
    """Plain data with its texts cut off where nothing more of them is shown."""
    if isinstance(data, str):
        return clipped(data, 2 * _SHOWN)
    if isinstance(data, dict):
        return {key: _bounded(part) for key, part in data.items()}
    return [_bounded(part) for part in data] if isinstance(data, list | tuple) else data


_TIMES = frozenset({"question", "at", "seconds"})


def _short(answer: Any) -> Any:
    """The plain value of an answer, without what it says about itself."""
    if isinstance(answer, dict) and "kind" in answer:
        value = answer["value"]
        if isinstance(value, dict):
            return {key: _short(part) for key, part in value.items()}
        return value[0]
    if isinstance(answer, list):
        return [_short(part) for part in answer]
    return answer
