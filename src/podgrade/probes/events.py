"""The probe `events`: what the cluster's components said about the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podgrade.model.text import clipped
from podgrade.probes.bench import Bench
from podgrade.probes.tape import Stage
from podgrade.probes.values import Happening

_MOST = 200  # events handed to a check; more than a Pod of an exercise ever has


class EventsProbe:
    """Events of the workspace, in order of arrival. They come late and are merged: statuses
    are the truth, events the words (Event v1).
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, reason: str | None = None) -> tuple[Happening, ...]:
        """The newest 200 Events, or those with this `reason` (`Pulled`, `BackOff`, …)."""

        def live(bench: Bench) -> list[Happening]:
            events = bench.workspace.view.events()
            chosen = [event for event in events if reason in {None, event.get("reason")}]
            return [_happening(event) for event in chosen[-_MOST:]]

        answer: tuple[Happening, ...] = self._stage.ask(f"events({reason!r})", live)
        return answer


def _happening(event: Mapping[str, Any]) -> Happening:
    about = event.get("involvedObject") or event.get("regarding") or {}
    return Happening(
        str(event.get("type", "")),
        str(event.get("reason", "")),
        f"{about.get('kind', '')}/{about.get('name', '')}",
        clipped(str(event.get("message") or event.get("note") or ""), 1024),
        int(event.get("count") or event.get("deprecatedCount") or 1),
    )
