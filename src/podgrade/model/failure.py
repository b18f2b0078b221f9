"""What a probe raises when the learner did not provide what a check asks about."""

from __future__ import annotations

from podgrade.model.errors import PodgradeError
from podgrade.model.reason import Reason
from podgrade.model.text import Words, say


class Failure(PodgradeError):
    """The learner's doing: the verdict is failed, with this reason."""

    def __init__(self, reason: Reason | Words | str) -> None:
        if not isinstance(reason, Reason):
            words = say("{text}", text=reason) if isinstance(reason, str) else reason
            reason = Reason(code="failed", why=words)
        self.reason = reason
        super().__init__(reason.why or reason.seen or reason.expected or reason.code)
