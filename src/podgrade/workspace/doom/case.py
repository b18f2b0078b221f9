"""One Pod under judgement, with everything the judges ask about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from podgrade.model.text import Message, say
from podgrade.workspace.doom.part import Part, Role, parts
from podgrade.workspace.doom.terms import Goal, GoalKind, Json, Lookup, Scene
from podgrade.workspace.target import typed

_MOST_LINES = 5
_MOST_CHARACTERS = 400
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Case:
    """A goal, the scene and the newest Pod of the target."""

    goal: Goal
    scene: Scene
    lookup: Lookup
    pod: Json

    @cached_property
    def name(self) -> str:
        """The Pod's name."""
        return str(self.pod["metadata"]["name"])

    @cached_property
    def uid(self) -> str:
        """The Pod's uid."""
        return str(self.pod["metadata"].get("uid", ""))

    @property
    def stands_alone(self) -> bool:
        """True for a Pod that no controller made."""
        return not self.pod["metadata"].get("ownerReferences")

    @cached_property
    def phase(self) -> str:
        """The Pod's phase."""
        return str((self.pod.get("status") or {}).get("phase", ""))

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """All containers."""
        return parts(self.pod)

    @cached_property
    def concerned(self) -> tuple[Part, ...]:
        """The containers whose trouble keeps this goal from being reached."""
        goal = self.goal
        if goal.kind is GoalKind.INIT:
            return self._inits[: goal.step]
        if goal.container is None:
            return self.parts
        wanted = self.part(goal.container)
        return () if wanted is None else (*self.before(wanted), wanted)

    @property
    def _inits(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.role is not Role.MAIN)

    def before(self, wanted: Part) -> tuple[Part, ...]:
        """The init containers and sidecars that it still waits for."""
        limit = len(self.parts) if wanted.role is Role.MAIN else wanted.index
        return tuple(part for part in self._inits[:limit] if not part.past)

    def part(self, name: str) -> Part | None:
        """The container of that name."""
        return next((part for part in self.parts if part.name == name), None)

    @cached_property
    def events(self) -> tuple[Json, ...]:
        """The Pod's own Events, in order of arrival."""
        return tuple(
            event
            for event in self.scene.events
            if (event.get("involvedObject") or {}).get("uid") == self.uid
        )

    def events_of(self, part: Part, *reasons: str) -> tuple[Json, ...]:
        """Events about one container."""
        return tuple(
            event
            for event in self.events
            if event.get("reason") in reasons
            and f"{{{part.name}}}" in str(event["involvedObject"].get("fieldPath", ""))
        )

    def history(self, part: Part) -> tuple[Part, ...]:
        """The container in each version of the Pod that was seen, oldest first, this one last."""
        seen = [*(sighting.pod for sighting in self.scene.sightings(self.uid)), self.pod]
        return tuple(old for pod in seen for old in parts(pod) if old.name == part.name)

    def describe(self) -> Message:
        """The look at the Pod."""
        return say("look at `kubectl describe pod {pod}`", pod=self.prefix)

    @property
    def prefix(self) -> str:
        """What `kubectl describe pod` is given: the name or, where the rest of it is drawn by lot,
        how it begins.
        """
        return typed(self.pod).rpartition("/")[2]

    def read_log(self, part: Part, *, previous: bool) -> Message:
        """The look at a container's log."""
        names = {"pod": typed(self.pod), "container": part.name}
        if previous:
            return say("look at `kubectl logs {pod} -c {container} --previous`", **names)
        return say("look at `kubectl logs {pod} -c {container}`", **names)

    def last_lines(self, part: Part, *, previous: bool) -> str:
        """The end of a container's log, short and without control characters."""
        text = self.scene.last_lines(self.name, part.name, previous)
        return short(text)

    def of(self, pod: Json) -> Case:
        """The same case about another Pod."""
        return replace(self, pod=pod)


def short(text: str) -> str:
    """The last lines of a text, harmless and bounded."""
    lines = [_CONTROL.sub("", line).rstrip() for line in text.strip().splitlines()]
    kept = "\n".join(line for line in lines if line)
    kept = "\n".join(kept.splitlines()[-_MOST_LINES:])
    return kept if len(kept) <= _MOST_CHARACTERS else "…" + kept[-_MOST_CHARACTERS:]
