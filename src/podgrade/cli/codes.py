"""Exit codes of the command (pytest, run directly, keeps its own)."""

from __future__ import annotations

from podgrade.model.errors import PodgradeError, UsageProblem

FULL_MARKS = 0
FAILED = 1
USAGE = 2
TROUBLE = 3
"""Trouble of the cluster's or of a grader: wins over FAILED."""
INTERRUPTED = 130
"""Ctrl-C, as shells count it (128 + SIGINT)."""


def exit_code(error: PodgradeError) -> int:
    """USAGE for what the user asked wrongly, TROUBLE for anything else that stopped the run."""
    return USAGE if isinstance(error, UsageProblem) else TROUBLE
