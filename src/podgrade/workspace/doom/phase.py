"""What the Pod's own phase and conditions say: finished, failed, evicted, not to be placed."""

from __future__ import annotations

import re

from podgrade.cluster.conditions import condition
from podgrade.model.reason import Doom
from podgrade.model.text import say
from podgrade.workspace.doom.case import Case, short
from podgrade.workspace.doom.endings import ENDINGS, ended
from podgrade.workspace.doom.part import Role
from podgrade.workspace.doom.terms import GoalKind, Json

_SCHEDULER_TAIL = re.compile(r"[.,]? *(?:no new claims|preemption:|not found$).*", re.DOTALL)
_NO_NODE = re.compile(r"0/(\d+) nodes are available: \1 node\(s\) didn't match Pod's node affinity")
TOO_LITTLE = "memory limit too low"
_OWN_LIMITS = re.compile(r"exceeds the (total )?limit|exceeded its local ephemeral", re.I)


def phase_doom(case: Case) -> Doom | None:
    """Final: a Pod that is over and did not end as the goal wants it."""
    if case.phase == "Failed" and case.goal.kind is not GoalKind.FAILED:
        return _failed(case)
    if case.phase == "Succeeded" and case.goal.kind is not GoalKind.SUCCEEDED:
        return _succeeded(case)
    return None


def _failed(case: Case) -> Doom:
    status = case.pod.get("status") or {}
    reason, message = str(status.get("reason") or ""), str(status.get("message") or "")
    if reason == "DeadlineExceeded":
        why = say("the Pod ran longer than its `activeDeadlineSeconds` allows")
        return Doom("pod-failed", why, case.describe())
    if reason and not _OWN_LIMITS.search(message):
        why = say(
            "the node ended the Pod; this is not your mistake: {message}",
            message=short(f"{reason}: {message}"),
        )
        return Doom("node-trouble", why, say("try again later"), infrastructure=True)
    return _by_container(case) or Doom(
        "pod-failed", say("the Pod failed: {message}", message=short(message)), case.describe()
    )


def _by_container(case: Case) -> Doom | None:
    for part in case.parts:
        ending = part.terminated
        if ending and ending.get("exitCode") and part.role is not Role.SIDECAR:
            return ended(case, part, ending)
    return None


def _succeeded(case: Case) -> Doom:
    why = say("the Pod is finished: every container ended with exit code 0")
    if case.goal.kind is GoalKind.FAILED:
        return Doom("pod-finished", why, case.describe())
    look = say("let its command run on, for instance with `tail -f` or a loop that sleeps")
    return Doom("pod-finished", why, look)


def schedule_doom(case: Case) -> Doom | None:
    """Final: no node could hold the Pod even if nothing else ran there."""
    refused = unscheduled(case)
    if refused is None or refused.get("reason") != "Unschedulable":
        return None
    no_node = _NO_NODE.search(str(refused.get("message")))
    if not no_node and case.lookup.fits_empty_node(case.pod):
        return None
    return too_big(case, refused)


def sandbox_doom(case: Case) -> Doom | None:
    """Final: the third sandbox that the Pod's own memory limit kills."""
    killed = [event for event in case.events if TOO_LITTLE in str(event.get("message"))]
    times = sum(int(event.get("count") or 1) for event in killed)
    return too_little_memory() if times >= ENDINGS and case.phase == "Pending" else None


def too_little_memory() -> Doom:
    """A limit below what even an empty container needs."""
    why = say("the memory limit is so low that nothing can start under it")
    return Doom(
        "out-of-memory", why, say("raise `resources.limits.memory`, to `64Mi` for instance")
    )


def unscheduled(case: Case) -> Json | None:
    """The condition PodScheduled where it is False."""
    return condition(case.pod, "PodScheduled", "False")


def too_big(case: Case, refused: Json) -> Doom:
    """No node takes the Pod, in the scheduler's words."""
    message = str(refused.get("message", ""))
    reasons = _SCHEDULER_TAIL.sub("", message)
    why = say("no node can take the Pod: {message}", message=short(reasons))
    look = case.describe()
    if "node affinity/selector" in message:
        look = say("compare `nodeSelector` and `affinity` with `kubectl get nodes --show-labels`")
    elif "Insufficient" in message:
        look = say("ask for less in `resources.requests`")
    return Doom("unschedulable", why, look)
