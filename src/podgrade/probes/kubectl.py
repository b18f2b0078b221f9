"""What kubectl's columns say of a Pod, counted as kubectl counts.

Source: kubernetes/pkg/printers/internalversion/printers.go, printPod.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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


def ready_column(pod: Pod) -> str:
    """READY as `kubectl get pod` prints it: native sidecars count."""
    names = [container["name"] for container in containers(pod)]
    ready = sum(1 for name in names if _counts_as_ready(status_of(pod, name)))
    return f"{ready}/{len(names)}"


def _counts_as_ready(status: Status | None) -> bool:
    return bool(status and status.get("ready") and "running" in status.get("state", {}))


def is_ready(pod: Pod) -> bool:
    """True if the Pod's condition Ready is True and it is not being deleted."""
    if "deletionTimestamp" in pod["metadata"]:
        return False
    conditions = pod.get("status", {}).get("conditions", ())
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def status_column(pod: Pod) -> str:
    """STATUS as `kubectl get pod` prints it (`Init:1/2`, `Running`, `CrashLoopBackOff`, …)."""
    status = pod.get("status", {})
    initializing = _init_status(pod)
    if initializing is not None:
        reason = initializing
    else:
        reason = _container_reason(pod) or status.get("reason") or status.get("phase", "Unknown")
    if "deletionTimestamp" in pod["metadata"]:
        return "Terminating"
    return str(reason)


def _init_status(pod: Pod) -> str | None:
    inits = pod.get("spec", {}).get("initContainers", ())
    by_name = {init["name"]: init for init in inits}
    for done, status in enumerate(pod.get("status", {}).get("initContainerStatuses", ())):
        said = _one_init(status, by_name.get(status["name"], {}))
        if said is not None:
            return f"Init:{said}" if said else f"Init:{done}/{len(inits)}"
    return None


def _one_init(status: Status, spec: Mapping[str, Any]) -> str | None:
    """None if this init container is done; its reason if it has one; `` while it runs."""
    state = status.get("state", {})
    terminated, waiting = state.get("terminated"), state.get("waiting")
    if terminated is not None and terminated["exitCode"] == 0:
        return None
    if is_native_sidecar(spec) and status.get("started"):
        return None
    if terminated is not None:
        return str(terminated.get("reason") or f"ExitCode:{terminated['exitCode']}")
    if waiting and waiting.get("reason") and waiting["reason"] != "PodInitializing":
        return str(waiting["reason"])
    return ""


def _container_reason(pod: Pod) -> str | None:
    reason, running = None, False
    for status in reversed(pod.get("status", {}).get("containerStatuses", ())):
        state = status.get("state", {})
        waiting, terminated = state.get("waiting", {}), state.get("terminated", {})
        if waiting.get("reason"):
            reason = waiting["reason"]
        elif terminated:
            reason = terminated.get("reason") or f"ExitCode:{terminated['exitCode']}"
        elif status.get("ready") and "running" in state:
            running = True
    if reason == "Completed" and running:
        return "Running" if is_ready(pod) else "NotReady"
    return reason
