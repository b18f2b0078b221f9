"""Commands inside sentences: what a learner is to type, said for the namespace that is meant."""

from __future__ import annotations

import re
from dataclasses import replace

from podgrade.locale import in_language
from podgrade.model.reason import Reason
from podgrade.model.text import Text, Words

_COMMAND = re.compile(r"`kubectl (?=([^`]*))")
_NAMED = re.compile(r"(^|\s)(-n|--namespace|-A|--all-namespaces)\b")
# The rest of a line, of which no namespace can be said: kinds without one, and no kind at all.
_NOWHERE = re.compile(
    r"explain\b|(get|describe) (nodes?|namespaces?|ns|storageclass(es)?|sc|persistentvolumes?|pv)\b"
)


def in_namespace(words: Words, namespace: str) -> Words:
    """The words with `-n NAMESPACE` in each command between backticks that lacks one.

    For what runs where it is (`--live`, an exam): elsewhere learners type these commands in a
    namespace of their own choosing.
    """
    plain = {language: in_language(words, language) for language in ("en", "ko")}
    named = {language: _named(text, namespace) for language, text in plain.items()}
    return words if named == plain else Text(**named)


def reason_in_namespace(reason: Reason | None, namespace: str) -> Reason | None:
    """The reason with the next thing to look at as `in_namespace` says it."""
    if reason is None or reason.look is None or not namespace:
        return reason
    return replace(reason, look=in_namespace(reason.look, namespace))


def _named(text: str, namespace: str) -> str:
    def put(found: re.Match[str]) -> str:
        line = found[1].partition(" -- ")[0]  # what follows is a container's command
        known = _NAMED.search(line) or _NOWHERE.match(line)
        return found[0] if known else f"{found[0]}-n {namespace} "

    return _COMMAND.sub(put, text)
