"""What kubectl's columns say of a Pod, counted as kubectl counts.

Source: kubernetes/pkg/printers/internalversion/printers.go, printPod.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from podgrade.cluster import conditions

Pod = Mapping[str, Any]
Status = Mapping[str, Any]


def containers(pod: Pod) -> tuple[Mapping[str, Any], ...]:
    """The containers that run as long as the Pod: `containers` and native sidecars."""
    spec = pod.get("spec", {})
    return (*filter(is_native_sidecar, spec.get("initContainers", ())), *spec["containers"])


def is_native_sidecar(container: Mapping[str, Any]) -> bool:
    """True for an init container with restartPolicy Always (KEP-753)."""
    return container.get("restartPolicy") == "Always"


def init_containers(pod: Pod) -> tuple[Mapping[str, Any], ...]:
    """The init containers that end: all but native sidecars, in the order they run."""
    inits = pod.get("spec", {}).get("initContainers", ())
    return tuple(init for init in inits if not is_native_sidecar(init))


def statuses(pod: Pod) -> Iterator[Status]:
    """The status of every container, init containers first."""
    status = pod.get("status", {})
    yield from status.get("initContainerStatuses", ())
    yield from status.get("containerStatuses", ())


def status_of(pod: Pod, container: str) -> Status | None:
    """The status of the named container, or None while the kubelet has not reported it."""
    return next((status for status in statuses(pod) if status["name"] == container), None)


def running_since(pod: Pod, container: str) -> int | None:
    """When the container's present life began (state.running.startedAt): whole seconds since the
    epoch, by the kubelet's clock; None where it does not run.
    """
    state = (status_of(pod, container) or {}).get("state") or {}
    began = (state.get("running") or {}).get("startedAt")
    return int(datetime.fromisoformat(began).timestamp()) if began else None


def endings(status: Status) -> Iterator[Mapping[str, Any]]:
    """How the container's finished lives ended (ContainerStateTerminated), the newest first.

    The API server keeps no more than two of them.
    """
    for state in (status.get("state") or {}, status.get("lastState") or {}):
        if state.get("terminated"):
            yield state["terminated"]


def last_ending(status: Status) -> Mapping[str, Any] | None:
    """How the container's newest finished life ended, if one has."""
    return next(endings(status), None)


def last_life(status: Status) -> float | None:
    """Seconds that the life which ended last went on, as `seconds_of`; None where there is none."""
    return seconds_of(last_ending(status) or {})


def seconds_of(ending: Mapping[str, Any]) -> float | None:
    """Seconds from start to end of a finished life, by the kubelet's clock (whole seconds:
    terminated.startedAt, finishedAt); None where one of them is not known.
    """
    times = [ending.get(name) for name in ("startedAt", "finishedAt")]
    if not all(times):
        return None
    began, end = (datetime.fromisoformat(str(time)) for time in times)
    return (end - began).total_seconds()


def ready_column(pod: Pod) -> str:
    """READY as `kubectl get pod` prints it: native sidecars count."""
    names = [container["name"] for container in containers(pod)]
    ready = sum(1 for name in names if _counts_as_ready(status_of(pod, name)))
    return f"{ready}/{len(names)}"


def _counts_as_ready(status: Status | None) -> bool:
    return bool(status and status.get("ready") and "running" in status.get("state", {}))


def is_ready(pod: Pod) -> bool:
    """True if the Pod's condition Ready is True and it is not being deleted."""
    return "deletionTimestamp" not in pod["metadata"] and conditions.is_ready(pod)


def status_column(pod: Pod) -> str:
    """STATUS as `kubectl get pod` prints it (`Init:1/2`, `Running`, `CrashLoopBackOff`, …)."""
    status = pod.get("status", {})
    phase = str(status.get("phase", "Unknown"))
    if "deletionTimestamp" in pod["metadata"]:
        if status.get("reason") == "NodeLost":
            return "Unknown"
        if phase not in {"Succeeded", "Failed"}:
            return "Terminating"
    initializing = _init_status(pod)
    if initializing is not None and not conditions.condition(pod, "Initialized"):
        return initializing
    plain = str(_gated(pod) or status.get("reason") or phase)
    return _container_status(pod, initializing or plain)


def _gated(pod: Pod) -> str | None:
    refused = conditions.condition(pod, "PodScheduled", "False") or {}
    return _GATED if refused.get("reason") == _GATED else None


_GATED = "SchedulingGated"


def _init_status(pod: Pod) -> str | None:
    """What the first init container that is not done says, or None if all are."""
    inits = pod.get("spec", {}).get("initContainers", ())
    by_name = {init["name"]: init for init in inits}
    for done, status in enumerate(pod.get("status", {}).get("initContainerStatuses", ())):
        if not is_init_done(status, by_name.get(status["name"], {})):
            return f"Init:{_init_reason(status) or f'{done}/{len(inits)}'}"
    return None


def is_init_done(status: Status, spec: Mapping[str, Any]) -> bool:
    """True for an init container that ended well, and for a native sidecar that has started."""
    terminated = status.get("state", {}).get("terminated")
    if terminated is not None and terminated["exitCode"] == 0:
        return True
    return is_native_sidecar(spec) and bool(status.get("started"))


def _init_reason(status: Status) -> str | None:
    """Why an init container is not done, or None while it runs or waits for its turn."""
    state = status.get("state", {})
    if "terminated" in state:
        return _ended(state["terminated"])
    waiting = (state.get("waiting") or {}).get("reason")
    return None if waiting == "PodInitializing" else waiting


def _ended(terminated: Mapping[str, Any]) -> str:
    if terminated.get("reason"):
        return str(terminated["reason"])
    if terminated.get("signal"):
        return f"Signal:{terminated['signal']}"
    return f"ExitCode:{terminated['exitCode']}"


def _container_status(pod: Pod, otherwise: str) -> str:
    """What the first container that waits or has ended says; `otherwise` where none does."""
    found, running = otherwise, False
    for status in reversed(pod.get("status", {}).get("containerStatuses", ())):
        state = status.get("state", {})
        if (state.get("waiting") or {}).get("reason"):
            found = str(state["waiting"]["reason"])
        elif "terminated" in state:
            found = _ended(state["terminated"])
        elif status.get("ready") and "running" in state:
            running = True
    if found == "Completed" and running:
        return "Running" if conditions.is_ready(pod) else "NotReady"
    return found
