"""Finds the Pod and the container that a check looks at, or says why there is none."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import tenacity

from podgrade.cluster.connection import ApiRefusal
from podgrade.model.errors import InfrastructureError
from podgrade.model.failure import Failure
from podgrade.model.reason import Doom, Reason
from podgrade.model.submission import Document
from podgrade.model.text import Words, say
from podgrade.probes import kubectl
from podgrade.probes.bench import Baseline, Bench, Life, Role
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.target import containers_of
from podgrade.workspace.workloads import RUNS
from podgrade.workspace.workspace import Waited

T = TypeVar("T")
Pod = Mapping[str, Any]


def name_of(pod: Pod) -> str:
    """The Pod's name."""
    return str(pod["metadata"]["name"])


def wait(
    bench: Bench, goal: Goal, condition: Callable[[Pod], T | None], limit: float, doing: Words
) -> tuple[T | None, Doom | None]:
    """Wait until the condition holds for the target's newest Pod; else the doom says why not.

    Raises InfrastructureError where the doom is the cluster's, or the setup's.
    """

    def of_newest() -> T | None:
        pod = bench.workspace.pod()
        return None if pod is None else condition(pod)

    return wait_for(bench, goal, of_newest, limit, doing)


def wait_for(
    bench: Bench, goal: Goal, condition: Callable[[], T | None], limit: float, doing: Words
) -> tuple[T | None, Doom | None]:
    """As `wait`, for a condition that looks at more than the newest Pod."""
    if bench.role is Role.SUBMISSION:
        target_document(bench)
    bench.doing(doing)
    began = time.monotonic()
    waited = bench.workspace.wait(_from_now_on(bench, goal), condition, limit)
    if waited.overdue:
        bench.in_vain(began, starting=True)
    if waited.doom is not None:
        bench.doom = waited.doom.reason()
        if waited.doom.infrastructure or bench.role is Role.SETUP:
            raise InfrastructureError(waited.doom.why)
    return waited.value, waited.doom


def obstacle(bench: Bench, goal: Goal) -> Doom | None:
    """What stands in the way of the goal right now, as far as it is the learner's."""
    waited: Waited[None] = bench.workspace.wait(_from_now_on(bench, goal), lambda: None, 0.0)
    return None if waited.doom is None or waited.doom.infrastructure else waited.doom


def _from_now_on(bench: Bench, goal: Goal) -> Goal:
    """Endings before something was supplied are no evidence."""
    return replace(goal, since=goal.since or bench.since)


def existing_pod(bench: Bench) -> Pod:
    """The target's Pod as soon as there is one. Raises Failure where there never will be."""
    doing = say("waiting for the Pod of {name}", name=bench.exercise.target.name)
    goal = Goal(GoalKind.INIT, step=0)
    return _given(*wait(bench, goal, lambda pod: pod, bench.exercise.limits.start, doing))


def running_pod(bench: Bench) -> Pod:
    """The target's Pod once it has an address and runs. Raises Failure where it cannot."""
    doing = say("waiting for {name} to run", name=bench.exercise.target.name)
    goal = Goal(GoalKind.RUNNING)
    return _given(*wait(bench, goal, _if_running, bench.exercise.limits.start, doing))


def started_container(bench: Bench, container: str, *, running: bool) -> Pod:
    """The Pod once the container runs (or, if `running` is False, has run at all)."""
    require_container(existing_pod(bench), container)
    doing = say("waiting for container {container} to start", container=container)
    goal = Goal(GoalKind.RUNNING if running else GoalKind.LOG, container)

    def started(pod: Pod) -> Pod | None:
        return pod if _has_started(pod, container, running=running) else None

    return _given(*wait(bench, goal, started, bench.exercise.limits.start, doing))


def require_container(pod: Pod, container: str) -> Mapping[str, Any]:
    """The container's spec. Raises Failure that lists the names there are."""
    every = containers_of(pod["spec"])
    for candidate in every:
        if candidate["name"] == container:
            return dict(candidate)
    names = ", ".join(str(candidate["name"]) for candidate in every)
    raise Failure(
        Reason(
            "container-missing",
            expected=say("a container named {name}", name=container),
            seen=say("containers {names}", names=names),
            why=say("the Pod has no container named {name}", name=container),
            look=look_at_names(pod),
        )
    )


def look_at_names(pod: Pod) -> Words:
    """Where the names of the Pod's containers are written."""
    if pod["spec"].get("initContainers"):
        return look_at_lists()
    return say("Check `name:` under `containers:` in your manifest")


def look_at_lists() -> Words:
    """Where it is written which containers are init containers."""
    return say(
        "Check in your manifest what is under `containers:` and what is under `initContainers:`"
    )


def look_into(command: str) -> Words:
    """The next step: a command, exactly as it is to be typed."""
    return say("Look at `{command}`", command=command)


def gone() -> Reason:
    """Why nothing more can be seen of a Pod that was there."""
    return Reason("no-pod", why=say("the Pod is gone"))


def snapshot(bench: Bench, pod: Pod) -> None:
    """Remember, at the first functional question, how the long-running containers run; of one
    that has not started by then (an init container was asked), as soon as it has.
    """
    before = bench.baseline or Baseline({}, time.monotonic())
    bench.baseline = Baseline({**running_ids(pod), **before.running}, before.at)


def running_ids(pod: Pod) -> dict[str, Life]:
    """Container id and restart count of every long-running container that has been started."""
    found = {}
    for container in kubectl.containers(pod):
        status = kubectl.status_of(pod, container["name"])
        if status is not None and status.get("containerID"):
            found[str(container["name"])] = (
                str(status["containerID"]),
                int(status["restartCount"]),
            )
    return found


def lives(pod: Pod, container: str, life: Life | None) -> bool:
    """True while the container runs and its life (container id, restart count) is that one."""
    running = "running" in (kubectl.status_of(pod, container) or {}).get("state", {})
    return running and running_ids(pod).get(container) == life


def deadline(bench: Bench) -> float:
    """When a running Pod's answer is overdue (time.monotonic, seconds)."""
    return time.monotonic() + bench.exercise.limits.answer


def entering(bench: Bench) -> tenacity.Retrying:
    """Tries again for `limits.answer` seconds where a container cannot be entered yet."""
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(ApiRefusal),
        stop=tenacity.stop_after_delay(bench.exercise.limits.answer)
        | tenacity.stop_when_event_set(bench.stop),
        wait=tenacity.wait_fixed(0.2),
        sleep=tenacity.sleep_using_event(bench.stop),
        reraise=True,
    )


def check_stop(bench: Bench) -> None:
    """Raise InfrastructureError if the run is being ended."""
    if bench.stop.is_set():
        raise InfrastructureError(say("the run was ended before this was found out"))


def _given(pod: T | None, doom: Doom | None) -> T:
    if pod is None:
        raise Failure(doom.reason() if doom else Reason("no-pod"))
    return pod


def _if_running(pod: Pod) -> Pod | None:
    status = pod.get("status", {})
    return pod if status.get("podIP") and status.get("phase") == "Running" else None


def _has_started(pod: Pod, container: str, *, running: bool) -> bool:
    status = kubectl.status_of(pod, container)
    if status is None:
        return False
    if running:
        return "running" in status["state"]
    started = {"running", "terminated"}
    return bool(started & {*status["state"], *status.get("lastState", {})})


def target_document(bench: Bench) -> Document:
    """The object that the sheet asks for, as it was handed in. Raises Failure if there is none."""
    target = bench.exercise.target
    wanted = {"kind": target.kinds[0], "name": target.name}
    documents = bench.manifest.documents if bench.manifest else ()
    workloads = [document for document in documents if document.kind in {*target.kinds, *RUNS}]
    for document in workloads:
        if document.name == target.name and document.kind in target.kinds:
            return document
    seen = ", ".join(f"{document.kind} {document.name}" for document in workloads)
    of_name = [document.kind for document in workloads if document.name == target.name]
    if of_name:
        raise Failure(_other_kind(seen, **wanted))
    raise Failure(
        Reason(
            "no-target",
            expected=say("{kind} {name}", **wanted),
            seen=say("{seen}", seen=seen or ", ".join(d.kind for d in documents) or "-"),
            why=say(
                "the manifest has no {kind} named {name}", kind=target.kinds[0], name=target.name
            ),
            look=say("Check `metadata.name` in your manifest"),
        )
    )


def _other_kind(seen: str, kind: str, name: str) -> Reason:
    return Reason(
        "no-target",
        expected=say("{kind} {name}", kind=kind, name=name),
        seen=say("{seen}", seen=seen),
        why=say("{name} is of another kind than the sheet asks for", name=name),
        look=say("Check `kind:` in your manifest: {kind}", kind=kind),
    )
