"""Every error podgrade raises on purpose, each with a sentence for the person who meets it."""

from __future__ import annotations

from podgrade.model.text import Words, say


class PodgradeError(Exception):
    """The root of podgrade's own errors; `words` is the sentence in both languages."""

    def __init__(self, words: Words | str) -> None:
        self.words: Words = say("{text}", text=words) if isinstance(words, str) else words
        super().__init__(str(self.words))


class UsageProblem(PodgradeError):
    """The operator asked for something that cannot be: exit code 2."""


class InfrastructureError(PodgradeError):
    """The cluster, the network or podgrade itself failed: never the learner's fault."""


class ClusterUnavailableError(InfrastructureError):
    """There is no usable cluster: none found, none reachable, or one that must be named."""


class GraderError(PodgradeError):
    """The grader itself is wrong: a check that is not deterministic, an unknown probe."""
