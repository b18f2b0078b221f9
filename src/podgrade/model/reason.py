"""Why a verdict is what it is: expected, seen, why, and what to look at next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from podgrade.model.errors import GraderError
from podgrade.model.text import Text, Words, say, shown


@dataclass(frozen=True)
class Reason:
    """One explanation for a learner.

    `code` is stable and language-free (`image-not-found`, `crash-loop`): expect.yaml names it.
    The other fields are sentences without a final full stop where they stand alone in a line.
    """

    code: str
    expected: Words | None = None
    seen: Words | None = None
    why: Words | None = None
    look: Words | None = None

    def expecting(self, expected: Words | None, seen: Words | None = None) -> Reason:
        """The same reason, said of one comparison."""
        return replace(self, expected=expected or self.expected, seen=seen or self.seen)

    def filled(self, values: Mapping[str, object]) -> Reason:
        """The same reason with these values put in for `{name}`. GraderError: one is missing."""
        said = {key: shown(value) for key, value in values.items()}
        try:
            return Reason(
                self.code,
                *(
                    _filled(words, said)
                    for words in (self.expected, self.seen, self.why, self.look)
                ),
            )
        except KeyError as error:
            problem = say(
                "reason {code} wants the value {name}", code=self.code, name=error.args[0]
            )
            raise GraderError(problem) from error


def _filled(words: Words | None, values: Mapping[str, str]) -> Words | None:
    if not isinstance(words, Text):
        return words
    return Text(words.en.format_map(values), words.ko.format_map(values))


@dataclass(frozen=True)
class Doom:
    """A condition that can no longer come true, or what stood in its way when the limit came.

    `infrastructure` says that the cause is the cluster's or ours: the verdict is an error.
    """

    code: str
    why: Words
    look: Words | None = None
    container: str | None = None
    infrastructure: bool = False

    def reason(self) -> Reason:
        """This doom as the reason of a failed check."""
        return Reason(code=self.code, why=self.why, look=self.look)
