"""One container of a Pod as its spec and its status show it together.

Source: core/v1 ContainerStatus and the kubelet's rules for restarts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from podgrade.workspace.doom.terms import Json

_NOTHING: Json = {}


class Role(StrEnum):
    """An init container with restartPolicy Always is a native sidecar: it runs on."""

    INIT = "init"
    SIDECAR = "sidecar"
    MAIN = "main"


@dataclass(frozen=True)
class Part:
    """A container: `index` counts within initContainers (INIT, SIDECAR) or containers (MAIN)."""

    name: str
    role: Role
    index: int
    spec: Json
    status: Json
    policy: str

    @property
    def image(self) -> str:
        """The image as the manifest writes it."""
        return str(self.spec.get("image", ""))

    @property
    def waiting(self) -> Json | None:
        """State waiting, with `reason` and `message`."""
        return self._state("state").get("waiting")

    @property
    def running(self) -> Json | None:
        """State running, with `startedAt`."""
        return self._state("state").get("running")

    @property
    def terminated(self) -> Json | None:
        """State terminated, with `exitCode`, `reason` and `message`."""
        return self._state("state").get("terminated")

    @property
    def ending(self) -> Json | None:
        """The newest ending: this state's, else the last one's."""
        return self.terminated or self._state("lastState").get("terminated")

    @property
    def endings(self) -> int:
        """How often the container has ended, by restartCount and state."""
        restarts = int(self.status.get("restartCount", 0))
        if self.running is not None or self.ending is None:
            return restarts
        return restarts + 1

    @property
    def why_waiting(self) -> tuple[str, str]:
        """Reason and message of state waiting; empty strings where it does not wait."""
        waiting = self.waiting or _NOTHING
        return str(waiting.get("reason") or ""), str(waiting.get("message") or "")

    @property
    def ready(self) -> bool:
        """As kubectl counts it for READY; an init container is ready once it has succeeded."""
        return bool(self.status.get("ready"))

    @property
    def past(self) -> bool:
        """True if what comes after this init container or sidecar may start."""
        if self.role is Role.SIDECAR:
            return bool(self.status.get("started"))
        ended = self.terminated
        return self.role is Role.INIT and ended is not None and ended.get("exitCode") == 0

    def starts_again(self, exit_code: int) -> bool:
        """True if the kubelet starts it again after it ended so."""
        if self.spec.get("restartPolicyRules"):
            return True
        if self.role is Role.SIDECAR:
            return True
        if self.role is Role.INIT or self.policy == "OnFailure":
            return self.policy != "Never" and exit_code != 0
        return self.policy == "Always"

    def _state(self, which: str) -> dict[str, Any]:
        state = self.status.get(which)
        return state if isinstance(state, dict) else {}


def parts(pod: Json) -> tuple[Part, ...]:
    """All containers of a Pod in the order in which they start."""
    spec, status = pod.get("spec") or _NOTHING, pod.get("status") or _NOTHING
    policy = str(spec.get("restartPolicy") or "Always")
    return (
        *_of(spec.get("initContainers"), status.get("initContainerStatuses"), policy, init=True),
        *_of(spec.get("containers"), status.get("containerStatuses"), policy, init=False),
    )


def _of(specs: Any, statuses: Any, policy: str, *, init: bool) -> list[Part]:
    known = {status["name"]: status for status in statuses or ()}
    return [
        Part(
            name=str(spec["name"]),
            role=_role(spec, init=init),
            index=index,
            spec=spec,
            status=known.get(spec["name"], _NOTHING),
            policy=str(spec.get("restartPolicy") or policy),
        )
        for index, spec in enumerate(specs or ())
    ]


def _role(spec: Json, *, init: bool) -> Role:
    if not init:
        return Role.MAIN
    return Role.SIDECAR if spec.get("restartPolicy") == "Always" else Role.INIT
