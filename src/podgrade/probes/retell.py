"""Tells of a clone so that its owner understands: it is gone when the words are read."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from podgrade.model.reason import Reason
from podgrade.model.text import Message, Words, say
from podgrade.probes.values import About, Flag, Names, Number, Text
from podgrade.workspace.twin import Changes

_FOUND_OUT = say(
    "Look for what is written out in your manifest instead of being found out by the Pod itself"
)


@dataclass(frozen=True)
class Retelling:
    """Of the clone named `clone` to whoever submitted `original`; `changes` is what differs."""

    clone: str
    original: str
    changes: Changes

    def reason(self, reason: Reason) -> Reason:
        """Why something is so in the clone; what is to be looked at, in the original."""
        why = self._why(reason.why) if reason.why else self._what()
        if reason.code == "different":
            return Reason("clone-differs", why=why, look=_FOUND_OUT)
        look = self._of_original(reason.look)
        if self.changes.idle and reason.code == "no-such-file":
            idle = ", ".join(sorted(self.changes.idle))
            look = say("What is missing was made by {idle} itself: who is to make it?", idle=idle)
        return replace(reason, why=why, look=look)

    def answer(self, value: Any) -> Any:
        """An answer of the clone with its reasons retold; other values as they are."""
        match value:
            case Text():
                return Text(str(value), self._about(value.about))
            case Number():
                return Number(int(value), self._about(value.about))
            case Flag(value=True, about=About(reason=None)):
                return value
            case Flag():
                return Flag(value.value, self._about(value.about))
            case Names():  # they say themselves which are missing
                return value
        if is_dataclass(value) and not isinstance(value, type):
            parts = {part.name: self.answer(getattr(value, part.name)) for part in fields(value)}
            return replace(value, **parts)
        return value

    def _about(self, about: About) -> About:
        return replace(about, reason=self.reason(about.reason or Reason("different")))

    def _what(self) -> Words:
        return say(
            "podgrade made a copy of {original} under {clone}: what is right for the one Pod "
            "only is wrong in it",
            original=self.original,
            clone=self._named_clone(),
        )

    def _why(self, why: Words) -> Words:
        return say("in a copy under {clone}: {why}", clone=self._named_clone(), why=why)

    def _named_clone(self) -> Words:
        changes = self.changes
        told = [f"{c}: {k}={v}" for c, some in changes.env.items() for k, v in some.items()]
        told += [f"{container}: {image}" for container, image in changes.images.items()]
        if told:
            with_ = ", ".join(told)
            return say("the name {clone} with {changes}", clone=self.clone, changes=with_)
        if changes.idle:
            idle = ", ".join(sorted(changes.idle))
            return say(
                "the name {clone} in which container {idle} only waits", clone=self.clone, idle=idle
            )
        return say("the name {clone}", clone=self.clone)

    def _of_original(self, words: Words | None) -> Words | None:
        """The copy is deleted by then; the same command tells of the original."""
        if not isinstance(words, Message):
            return words
        return replace(words, values={k: self._named(v) for k, v in words.values.items()})

    def _named(self, value: Any) -> Any:
        if isinstance(value, Message):
            return self._of_original(value)
        return value.replace(self.clone, self.original) if isinstance(value, str) else value
