"""What `podgrade check --live` hands to a run: no file, but a namespace."""

from __future__ import annotations

from collections.abc import Sequence

from podgrade.cli.meant import meant_in_place
from podgrade.model.errors import UsageProblem
from podgrade.model.submission import Live, Submission
from podgrade.model.text import say


def in_place(
    words: Sequence[str], namespace: str | None, *, allow_changes: bool
) -> tuple[str, Submission]:
    """The exercise that is meant, and the submission that runs already. Raises UsageProblem."""
    slug = meant_in_place(words)
    return slug, Submission(namespace or "live", (), live=Live(namespace, allow_changes))


def only_with_live(namespace: str | None, *, allow_changes: bool) -> None:
    """Raise UsageProblem for options that mean nothing where a file is graded."""
    if namespace is not None or allow_changes:
        raise UsageProblem(
            say(
                "-n and --allow-changes belong to --live: a file is graded in a namespace of "
                "its own"
            )
        )
