"""What a learner is asked to do, as exercise.yaml says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from podgrade.model.fault import Faults
from podgrade.model.reason import Reason
from podgrade.model.text import Text


@dataclass(frozen=True)
class Target:
    """The object the sheet names; graders look at its Pod.

    `kinds` are the accepted forms, the first being the one that the sheet asks for. `exists`: it
    is one of the exercise's setup and runs already; the submission changes it.
    """

    name: str
    kinds: tuple[str, ...] = ("Pod", "Deployment", "Job")
    exists: bool = False


@dataclass(frozen=True)
class Limits:
    """How long a probe waits before it gives up, in seconds.

    `start`: for Pods to start, become Ready or reach a state; images are pulled meanwhile.
    `answer`: for a reply, a log line or a file of a Pod that runs.
    `steady`: how long, from the first question to a running Pod on, its containers have to run
    before `pod.steady` believes that they go on.
    """

    start: float = 90.0
    answer: float = 15.0
    steady: float = 3.0


@dataclass(frozen=True)
class Hint(Text):
    """A step further that does not give the answer away; the sheet has all of them.

    `fits` are the failures in which it is given with a verdict: a check's name and a reason's code.
    """

    fits: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Exercise:
    """One exercise of a pack; `folder` holds sheets, setup and starter.

    `material` names values that are fresh for each workspace.
    """

    slug: str
    title: Text
    goal: Text
    target: Target
    folder: Path
    grader: Path
    hints: tuple[Hint, ...] = ()
    images: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    pod_security: str = "baseline"
    capabilities: tuple[str, ...] = ()
    live: str = "yes"
    kubernetes: str = "1.29"
    needs: tuple[str, ...] = ()
    """What else the cluster must have: `default-storage-class`, `amd64`."""
    material: tuple[str, ...] = ()
    weight: int = 1
    """How many ordinary submissions one of this exercise counts for: it has many Pods."""
    after: tuple[str, ...] = ()
    """The exercises that a learner should have passed before this one."""
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    """What is said of mistakes that only this exercise's grader knows, by code (see `wrong`)."""
    faults: Faults | None = None
    """What may be wrong with the manifest to begin with; starter.yaml is right then."""

    @property
    def enforced(self) -> str:
        """The Pod Security level that the workspace itself enforces: none (privileged) where the
        exercise allows capabilities beyond it; the rest of the level is then asked for otherwise.
        """
        return "privileged" if self.capabilities else self.pod_security
