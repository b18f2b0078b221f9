"""What a run says in pytest's own reports: reasons and verdicts in the language chosen."""

from __future__ import annotations

import re
from dataclasses import dataclass

from podgrade.locale import in_language
from podgrade.model.reason import Reason
from podgrade.model.text import Words, say
from podgrade.model.verdict import Outcome, Verdict

# A learner's log may hold control characters and marks that turn the direction of writing.
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Wording:
    """Says words in one language (`en` or `ko`), with nothing in them that a terminal obeys."""

    language: str

    def said(self, words: Words) -> str:
        """The words as a plain string."""
        return _HARMFUL.sub("\N{REPLACEMENT CHARACTER}", in_language(words, self.language))

    def lines(self, reason: Reason | None) -> list[str]:
        """A reason as lines: expected, seen, why, what to look at."""
        return [self.said(words) for words in sentences(reason)]

    def verdict(self, verdict: Verdict) -> str:
        """Why a check did not pass, in one text."""
        if verdict.outcome is Outcome.NOT_REACHED:
            return self.said(say("not reached: it needs {check}", check=verdict.because))
        if verdict.outcome is Outcome.NOT_GRADED:
            return "\n".join((self.said(say("not graded")), *self.lines(verdict.reason)))
        return "\n".join(self.lines(verdict.reason))


def sentences(reason: Reason | None) -> tuple[Words, ...]:
    """A reason as sentences, each with its heading."""
    if reason is None:
        return ()
    lines = (
        reason.expected and say("expected: {text}", text=reason.expected),
        reason.seen and say("seen: {text}", text=reason.seen),
        reason.why and say("why: {text}", text=reason.why),
        reason.look and say("next: {text}", text=reason.look),
    )
    return tuple(line for line in lines if line)
