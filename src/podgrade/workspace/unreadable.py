"""The learner's files hold no manifest: what is said of that, and where."""

from __future__ import annotations

from podgrade.model.errors import PodgradeError
from podgrade.model.reason import Reason
from podgrade.model.submission import Position
from podgrade.model.text import Words, say

NOT_YAML = "not-yaml"
NOT_KUBERNETES = "not-kubernetes"


class Unreadable(PodgradeError):
    """A submission that cannot be read, which is the learner's doing; never infrastructure."""

    def __init__(self, reason: Reason, position: Position | None = None) -> None:
        super().__init__(reason.why or say("the submission cannot be read"))
        self.reason = reason
        self.position = position


def unreadable(
    code: str, position: Position | None, why: Words, look: Words | None = None
) -> Unreadable:
    """An Unreadable from its parts."""
    return Unreadable(Reason(code, why=why, look=look), position)
