"""The two questions: is a goal out of reach for good, and what stood in its way?"""

from __future__ import annotations

from collections.abc import Iterator

from podgrade.model.reason import Doom
from podgrade.model.text import say
from podgrade.workspace.doom.admission import admission_doom, admission_obstacle
from podgrade.workspace.doom.case import Case
from podgrade.workspace.doom.config import config_doom
from podgrade.workspace.doom.endings import ending_doom
from podgrade.workspace.doom.images import image_doom
from podgrade.workspace.doom.limit import pod_obstacle
from podgrade.workspace.doom.part import Part
from podgrade.workspace.doom.phase import phase_doom, sandbox_doom, schedule_doom
from podgrade.workspace.doom.start import start_doom
from podgrade.workspace.doom.terms import Goal, GoalKind, Json, Lookup, Scene

_STARTS = (GoalKind.READY, GoalKind.RUNNING, GoalKind.LOG)


def judge(goal: Goal, scene: Scene, lookup: Lookup) -> Doom | None:
    """The doom that is final for this goal, by design.md's table; None while there is hope."""
    pod = newest(scene)
    if pod is None or _is_replaced(pod):
        return admission_doom(scene)
    case = Case(goal, scene, lookup, pod)
    doom = next(_dooms(case), None)
    return None if doom is not None and _job_tries_again(case) else doom


def obstacle(goal: Goal, scene: Scene, lookup: Lookup) -> Doom:
    """What stood in the goal's way when the limit came, as exactly as can be told."""
    pod = newest(scene)
    if pod is None:
        nothing = Doom("no-pod", say("there is no Pod"), say("look at `kubectl get all`"))
        return admission_obstacle(scene) or nothing
    case = Case(goal, scene, lookup, pod)
    return next(_dooms(case), None) or pod_obstacle(case)


def newest(scene: Scene) -> Json | None:
    """The youngest Pod that is not being deleted, else the youngest of all."""
    living = [pod for pod in scene.pods if not pod["metadata"].get("deletionTimestamp")]
    return next(reversed(living or scene.pods), None)


def _is_replaced(pod: Json) -> bool:
    """A Pod that is being deleted ends as it may: its ReplicaSet makes another."""
    metadata = pod["metadata"]
    owners = metadata.get("ownerReferences") or ()
    going = bool(metadata.get("deletionTimestamp"))
    return going and any(owner.get("kind") == "ReplicaSet" for owner in owners)


def _dooms(case: Case) -> Iterator[Doom]:
    """Every doom there is, the most telling first; lazily, as some of them ask the cluster."""
    if case.goal.container and case.part(case.goal.container) is None:
        yield _no_container(case)
    for part in case.concerned:
        yield from _of_part(case, part)
    if case.goal.kind is not GoalKind.FAILED or case.phase == "Succeeded":
        yield from filter(None, [phase_doom(case)])
    for question in (config_doom, schedule_doom, sandbox_doom):
        yield from filter(None, [question(case)])


def _of_part(case: Case, part: Part) -> Iterator[Doom]:
    for question in (image_doom, start_doom, ending_doom):
        doom = question(case, part)
        if doom is not None and not _wanted(case, doom):
            yield doom


def _wanted(case: Case, doom: Doom) -> bool:
    """A container that ends for good is what somebody who waits for the end waits for."""
    failing = ("init-failed", "pod-failed", "out-of-memory", "crash-loop", "init-crash-loop")
    if case.goal.kind is GoalKind.FAILED:
        return doom.code in (*failing, "cannot-start")
    return case.goal.kind is GoalKind.SUCCEEDED and doom.code == "pod-finished"


def _no_container(case: Case) -> Doom:
    why = say(
        "Pod `{pod}` has no container `{container}`, only {names}",
        pod=case.name,
        container=case.goal.container,
        names=", ".join(f"`{part.name}`" for part in case.parts),
    )
    return Doom("container-missing", why, say("name the container as the sheet does"))


def _job_tries_again(case: Case) -> bool:
    """A Job makes another Pod for one that failed, until its backoffLimit is reached."""
    owners = case.pod["metadata"].get("ownerReferences") or ()
    if case.phase != "Failed" or not any(owner.get("kind") == "Job" for owner in owners):
        return False
    ended = ("BackoffLimitExceeded", "PodFailurePolicy", "DeadlineExceeded")
    return not any(event.get("reason") in ended for event in case.scene.events)
