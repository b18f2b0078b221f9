"""Words in two languages: given pairs, and messages that the catalogue translates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LANGUAGES = ("en", "ko")

_TOKEN = re.compile(r"eyJ[\w-]{10,}(\.[\w-]{10,}){1,2}")
_LONGEST = 2000  # characters of one value that a sentence shows


@dataclass(frozen=True)
class Text:
    """The same words in English and Korean, as a pack's author gives them."""

    en: str
    ko: str

    def __str__(self) -> str:
        return self.en


@dataclass(frozen=True)
class Message:
    """A sentence of podgrade's own: an English template and what is put into it.

    The template is the key of the gettext catalogue (podgrade.locale); a value may be a
    Message or Text itself. Values are data: they are shown, never looked up or formatted again.
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format_map({key: shown(value) for key, value in self.values.items()})


Words = Text | Message


def shown(value: object) -> str:
    """A value as a sentence shows it: a name of a megabyte makes no sentence of a megabyte."""
    return clipped(without_tokens(str(value)), _LONGEST)


def clipped(text: str, longest: int) -> str:
    """At most so many characters of the text; an ellipsis says that it was cut off there."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def say(template: str, **values: object) -> Message:
    """Mark an English template for translation: `say("image {image} was not found", image=…)`."""
    return Message(template, values)


def without_tokens(text: str) -> str:
    """The text with log-in tokens (JWT, RFC 7519) cut short: a log may hold the Pod's own."""
    return _TOKEN.sub("eyJ…", text)
