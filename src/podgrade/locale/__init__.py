"""Says a Message or Text in a language: gettext catalogues, one file a room."""

from __future__ import annotations

import locale
import os
from functools import cache
from importlib.resources import files

from podgrade.model.text import LANGUAGES, Message, Text, Words, shown

__all__ = ["LANGUAGES", "catalogue", "default_language", "in_language"]


@cache
def catalogue(language: str) -> dict[str, str]:
    """All translated templates of a language; English is the key itself and has none."""
    from babel.messages.pofile import read_po

    folder = files(__name__) / language
    entries: dict[str, str] = {}
    if not folder.is_dir():
        return entries
    for source in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if source.name.endswith(".po"):
            with source.open("rb") as stream:
                messages = read_po(stream, locale=language)
            entries.update(
                (str(message.id), str(message.string)) for message in messages if message.string
            )
    return entries


def in_language(words: Words | str, language: str) -> str:
    """The words as a plain string in `language` (`en` or `ko`); English where none is known."""
    if isinstance(words, str):
        return words
    if isinstance(words, Text):
        return words.ko if language == "ko" else words.en
    template = words.template if language == "en" else _translated(words, language)
    return template.format_map(
        {key: _value(value, language) for key, value in words.values.items()}
    )


def _translated(message: Message, language: str) -> str:
    return catalogue(language).get(message.template, message.template)


def _value(value: object, language: str) -> str:
    if isinstance(value, Text | Message):
        return in_language(value, language)
    return shown(value)


def default_language() -> str:
    """`ko` where the user's locale is Korean, else `en` (LC_ALL, LC_MESSAGES, LANG)."""
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    name = named or locale.getlocale()[0] or ""
    return "ko" if name.lower().startswith(("ko", "korean")) else "en"
