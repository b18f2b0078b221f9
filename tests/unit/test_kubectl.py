"""READY and STATUS are counted as kubectl counts them (printPod in printers.go)."""

from __future__ import annotations

from typing import Any

import pytest

from podgrade.probes import kubectl

RUNNING = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}


def waiting(reason: str = "ContainerCreating") -> dict[str, Any]:
    return {"waiting": {"reason": reason}}


def ended(code: int, reason: str | None = None, signal: int = 0) -> dict[str, Any]:
    body: dict[str, Any] = {"exitCode": code}
    return {"terminated": body | ({"reason": reason} if reason else {}) | {"signal": signal}}


def pod(
    *states: dict[str, Any],
    inits: tuple[tuple[dict[str, Any], bool], ...] = (),
    phase: str = "Running",
    conditions: dict[str, str] | None = None,
    deleted: bool = False,
    **status: Any,
) -> dict[str, Any]:
    """A Pod whose containers have these states; an init is a state and whether it is native."""
    return {
        "metadata": {"name": "web"} | ({"deletionTimestamp": "now"} if deleted else {}),
        "spec": {
            "containers": [{"name": f"c{n}"} for n in range(len(states))],
            "initContainers": [
                {"name": f"i{n}"} | ({"restartPolicy": "Always"} if native else {})
                for n, (_, native) in enumerate(inits)
            ],
        },
        "status": {
            "phase": phase,
            "conditions": [{"type": k, "status": v} for k, v in (conditions or {}).items()],
            "containerStatuses": [_status(f"c{n}", state) for n, state in enumerate(states)],
            "initContainerStatuses": [
                _status(f"i{n}", state) for n, (state, _) in enumerate(inits)
            ],
        }
        | status,
    }


def _status(name: str, state: dict[str, Any]) -> dict[str, Any]:
    up = "running" in state
    return {"name": name, "ready": up, "started": up, "restartCount": 0, "state": state}


ROWS = [
    ("all run", pod(RUNNING, RUNNING), "2/2", "Running"),
    ("one is created", pod(RUNNING, waiting()), "1/2", "ContainerCreating"),
    ("an image is missing", pod(waiting("ImagePullBackOff"), phase="Pending"), "0/1",
     "ImagePullBackOff"),
    ("the first that waits is named", pod(waiting("ErrImagePull"), waiting("CrashLoopBackOff")),
     "0/2", "ErrImagePull"),
    ("not scheduled", pod(phase="Pending"), "0/0", "Pending"),
    ("done", pod(ended(0, "Completed"), phase="Succeeded"), "0/1", "Completed"),
    ("failed", pod(ended(1, "Error"), phase="Failed"), "0/1", "Error"),
    ("out of memory", pod(ended(137, "OOMKilled")), "0/1", "OOMKilled"),
    ("killed without a reason", pod(ended(137, None, 9)), "0/1", "Signal:9"),
    ("ended without a reason", pod(ended(3)), "0/1", "ExitCode:3"),
    ("one is done, one runs, Ready", pod(ended(0, "Completed"), RUNNING,
     conditions={"Ready": "True"}), "1/2", "Running"),
    ("one is done, one runs, not Ready", pod(ended(0, "Completed"), RUNNING), "1/2", "NotReady"),
    ("the first init runs", pod(waiting("PodInitializing"), inits=((RUNNING, False),
     (waiting("PodInitializing"), False)), phase="Pending"), "0/1", "Init:0/2"),
    ("the second init runs", pod(waiting("PodInitializing"), inits=((ended(0, "Completed"), False),
     (RUNNING, False)), phase="Pending"), "0/1", "Init:1/2"),
    ("an init waits for its image", pod(waiting("PodInitializing"),
     inits=((waiting("ErrImagePull"), False),), phase="Pending"), "0/1", "Init:ErrImagePull"),
    ("an init failed", pod(waiting("PodInitializing"), inits=((ended(1, "Error"), False),),
     phase="Pending"), "0/1", "Init:Error"),
    ("an init ended without a reason", pod(waiting("PodInitializing"), inits=((ended(2), False),)),
     "0/1", "Init:ExitCode:2"),
    ("an init was killed", pod(waiting("PodInitializing"), inits=((ended(137, None, 9), False),)),
     "0/1", "Init:Signal:9"),
    ("a native sidecar counts", pod(RUNNING, inits=((RUNNING, True),)), "2/2", "Running"),
    ("a native sidecar and an init that runs", pod(waiting("PodInitializing"),
     inits=((RUNNING, True), (RUNNING, False)), phase="Pending"), "1/2", "Init:1/2"),
    ("a native sidecar that crashes later", pod(RUNNING,
     inits=((waiting("CrashLoopBackOff"), True),), conditions={"Initialized": "True"}),
     "1/2", "Init:CrashLoopBackOff"),
    ("a native sidecar crashes before the rest", pod(waiting("PodInitializing"),
     inits=((waiting("CrashLoopBackOff"), True),), phase="Pending"), "0/2",
     "Init:CrashLoopBackOff"),
    ("being deleted", pod(RUNNING, deleted=True), "1/1", "Terminating"),
    ("deleted after its end", pod(ended(0, "Completed"), phase="Succeeded", deleted=True), "0/1",
     "Completed"),
    ("its node is lost", pod(RUNNING, deleted=True, reason="NodeLost"), "1/1", "Unknown"),
    ("evicted", pod(phase="Failed", reason="Evicted"), "0/0", "Evicted"),
    ("held by a gate", pod(phase="Pending") | {"status": {"phase": "Pending", "conditions": [
        {"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}]}}, "0/0",
     "SchedulingGated"),
    ("nothing reported yet", {"metadata": {}, "spec": {"containers": [{"name": "a"}]}}, "0/1",
     "Unknown"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("found", "ready", "status"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_columns_are_kubectls(found: dict[str, Any], ready: str, status: str) -> None:
    assert (kubectl.ready_column(found), kubectl.status_column(found)) == (ready, status)


def test_containers_that_run_as_long_as_the_pod_are_told_from_those_that_end() -> None:
    found = pod(RUNNING, inits=((ended(0), False), (RUNNING, True)))
    assert [c["name"] for c in kubectl.containers(found)] == ["i1", "c0"]
    assert [c["name"] for c in kubectl.init_containers(found)] == ["i0"]


def test_a_pod_being_deleted_is_not_ready() -> None:
    assert kubectl.is_ready(pod(RUNNING, conditions={"Ready": "True"}))
    assert not kubectl.is_ready(pod(RUNNING, conditions={"Ready": "True"}, deleted=True))


def test_the_status_of_a_container_that_was_not_reported_is_none() -> None:
    assert kubectl.status_of(pod(RUNNING), "other") is None
    assert kubectl.status_of(pod(RUNNING), "c0") is not None
