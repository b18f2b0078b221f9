"""Whether a Pod that came into a state stays in it for a while."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any

from podgrade.model.reason import Reason
from podgrade.model.text import Words, say
from podgrade.probes import aim, kubectl
from podgrade.probes.alive import are_alive
from podgrade.probes.bench import Bench
from podgrade.probes.values import About, Flag
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.target import typed

Pod = Mapping[str, Any]

_ANYTHING = Goal(GoalKind.INIT)  # nothing that happens to a container dooms this


def stays(bench: Bench, state: str, seconds: float) -> Flag:
    """See PodProbe.stays."""
    name = bench.exercise.target.name
    subject = say("Pod {name} stays in STATUS {state}", name=name, state=state)
    doing = say("waiting until {what}", what=subject)

    def come(pod: Pod) -> Pod | None:
        return pod if _is_in(pod, state) or _is_past(pod, state) else None

    pod, doom = aim.wait(bench, _goal(state), come, bench.exercise.limits.start, doing)
    if pod is None:
        return Flag(False, About(subject, doom.reason() if doom else None, _row(bench)))
    began = time.monotonic()
    if _is_in(pod, state) and not _left(bench, pod, state, began, _about(seconds)):
        # The kubelet may not have told yet that the container has ended. It will: without that
        # nobody is blamed.
        ended = not are_alive(bench, _meant(pod, state))
        if not (ended and _left(bench, pod, state, began, bench.exercise.limits.answer)):
            return Flag(True, About(subject))
    return Flag(False, About(subject, _why_left(bench, state), _row(bench)))


def _goal(state: str) -> Goal:
    """For `Init:1/2` the second init container must be able to run."""
    step = _step(state)
    return Goal(GoalKind.RUNNING) if step is None else Goal(GoalKind.INIT, step=step + 1)


def _about(seconds: float) -> float:
    """So long or up to a third longer: a fixed sleep cannot be made to fit."""
    return seconds * (1 + secrets.randbelow(1000) / 3000)


def _meant(pod: Pod, state: str) -> list[tuple[Pod, str]]:
    """The init container that `Init:1/2` says runs, if it says so."""
    step, inits = _step(state), pod["spec"].get("initContainers") or ()
    return [] if step is None or step >= len(inits) else [(pod, str(inits[step]["name"]))]


def _left(bench: Bench, pod: Pod, state: str, began: float, seconds: float) -> bool:
    """Look on for so many seconds; True as soon as another state was seen since it `began`."""
    uid = pod["metadata"]["uid"]

    def left() -> bool | None:
        seen = bench.workspace.view.sightings(uid)
        other = (one for one in seen if one.at >= began and _differs(one.pod, state))
        return next((True for _ in other), None)

    return bench.workspace.wait(_ANYTHING, left, seconds).value is not None


def _is_in(pod: Pod, state: str) -> bool:
    """True if STATUS says so and, for `Init:1/2`, the second init container does run."""
    if _differs(pod, state):
        return False
    status = (kubectl.status_of(pod, name) or {} for _, name in _meant(pod, state))
    return all("running" in one.get("state", {}) for one in status)


def _differs(pod: Pod, state: str) -> bool:
    return kubectl.status_column(pod) != state


def _is_past(pod: Pod, state: str) -> bool:
    """True if more init containers are done than `Init:1/2` says."""
    step = _step(state)
    return step is not None and _done(pod) > step


def _step(state: str) -> int | None:
    done, slash, _ = state.removeprefix("Init:").partition("/")
    return int(done) if state.startswith("Init:") and slash and done.isdigit() else None


def _done(pod: Pod) -> int:
    """How many init containers in a row have ended well, or run as sidecars."""
    count = 0
    for init in pod["spec"].get("initContainers") or ():
        status = kubectl.status_of(pod, init["name"]) or {}
        if not kubectl.is_init_done(status, init):
            break
        count += 1
    return count


def _why_left(bench: Bench, state: str) -> Reason:
    pod, step = bench.workspace.pod(), _step(state)
    inits = list(pod["spec"].get("initContainers") or ()) if pod else []
    if pod is None or step is None or step >= len(inits):
        return Reason("left-state", why=say("it did not stay in STATUS {state}", state=state))
    if not _is_past(pod, state):
        doom = aim.obstacle(bench, Goal(GoalKind.INIT, step=step + 1))
        return doom.reason() if doom else Reason("left-state")
    return _ended_early(pod, str(inits[step]["name"]))


def _ended_early(pod: Pod, container: str) -> Reason:
    why = say(
        "init container {container} has ended although what it is to wait for is not there",
        container=container,
    )
    command = f"kubectl logs {typed(pod)} -c {container}"
    return Reason("ended-early", why=why, look=aim.look_into(command))


def _row(bench: Bench) -> Words | None:
    pod = bench.workspace.pod()
    return say("STATUS {status}", status=kubectl.status_column(pod)) if pod else None
