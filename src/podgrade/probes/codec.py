"""Words, reasons and answers as JSON and back: what is put on a tape is what a check sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from podgrade.model.reason import Reason
from podgrade.model.text import Message, Text, Words

Json = Any

_SENTENCES = ("expected", "seen", "why", "look")


def words_to_json(words: Words | None) -> Json:
    """A Message or Text as JSON; values inside it may be words again."""
    if words is None:
        return None
    if isinstance(words, Text):
        return {"en": words.en, "ko": words.ko}
    return {"say": words.template, "with": {k: _value(v) for k, v in words.values.items()}}


def _value(value: object) -> Json:
    if isinstance(value, Text | Message):
        return words_to_json(value)
    return value if isinstance(value, bool | int | float) else str(value)


def words_from_json(data: Json) -> Words | None:
    """The words that `words_to_json` wrote."""
    if data is None:
        return None
    if "say" in data:
        values = {
            key: words_from_json(value) if isinstance(value, Mapping) else value
            for key, value in data["with"].items()
        }
        return Message(data["say"], values)
    return Text(data["en"], data["ko"])


def reason_to_json(reason: Reason | None) -> Json:
    """A Reason as JSON."""
    if reason is None:
        return None
    sentences = {name: words_to_json(getattr(reason, name)) for name in _SENTENCES}
    return {"code": reason.code} | {name: said for name, said in sentences.items() if said}


def reason_from_json(data: Json) -> Reason | None:
    """The Reason that `reason_to_json` wrote."""
    if data is None:
        return None
    return Reason(data["code"], *(words_from_json(data.get(name)) for name in _SENTENCES))


class Codec:
    """Turns answers into JSON and back; each kind of answer registers under a short name."""

    def __init__(self) -> None:
        self._encoders: dict[type, tuple[str, Callable[[Any], Json]]] = {}
        self._decoders: dict[str, Callable[[Json, Any], Any]] = {}

    def register(
        self,
        kind: type,
        name: str,
        encode: Callable[[Any], Json],
        decode: Callable[[Json, Any], Any],
    ) -> None:
        """Register a kind; `decode` gets the JSON and the witness of the check."""
        self._encoders[kind] = (name, encode)
        self._decoders[name] = decode

    def encode(self, value: Any) -> Json:
        """The value as JSON. Raises TypeError for a kind that nobody registered."""
        if type(value) in self._encoders:
            name, encode = self._encoders[type(value)]
            return {"kind": name, "value": encode(value)}
        if isinstance(value, list | tuple):
            return [self.encode(part) for part in value]
        if value is None or isinstance(value, bool | int | float | str):
            return value
        raise TypeError(f"a probe's answer cannot be a {type(value).__name__}")

    def decode(self, data: Json, witness: Any) -> Any:
        """The value again; sequences come back as tuples, so that an answer cannot change."""
        if isinstance(data, dict):
            return self._decoders[data["kind"]](data["value"], witness)
        if isinstance(data, list):
            return tuple(self.decode(part, witness) for part in data)
        return data
