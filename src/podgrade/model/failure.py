"""What a probe raises when the learner did not provide what a check asks about."""

from __future__ import annotations

from collections.abc import Mapping

from podgrade.model.errors import PodgradeError
from podgrade.model.reason import Reason
from podgrade.model.text import Words, say


class Failure(PodgradeError):
    """The learner's doing: the verdict is failed, with this reason.

    `values` are those of a reason that the exercise has the words for (see `wrong`).
    """

    def __init__(
        self, reason: Reason | Words | str, values: Mapping[str, object] | None = None
    ) -> None:
        if not isinstance(reason, Reason):
            words = say("{text}", text=reason) if isinstance(reason, str) else reason
            reason = Reason(code="failed", why=words)
        self.reason = reason
        self.values = values
        super().__init__(reason.why or reason.seen or reason.expected or reason.code)


def wrong(code: str, **values: object) -> Failure:
    """What a check raises to fail for a reason that exercise.yaml has under `reasons`: its words,
    with these values put in for `{name}`.
    """
    return Failure(Reason(code), values)
