"""Examinations that try it: workspaces, Pod Security, images, and who reaches whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from podgrade.cluster.connection import ApiRefusal, TimedOut
from podgrade.cluster.kinds import path_of
from podgrade.model.text import say
from podgrade.workspace.doctor.finding import Finding, State
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.toolbox import TOOLBOX_IMAGE, Toolbox
from podgrade.workspace.wait import wait
from podgrade.workspace.workspace import Workspace

_ENDED, _READY = Goal(GoalKind.SUCCEEDED), Goal(GoalKind.READY)
_PULLED_WITHIN = 180.0  # seconds for all images together
_STARTED_WITHIN = 60.0  # seconds for a Pod whose image is there
_PATIENCE = 4  # seconds that curl tries to connect
_LIMITED = ("toomanyrequests", "rate limit", "429", "pull qps")
_ANSWERING = (
    r"while :; do printf 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n' | nc -l -p 8080; done"
)
_REFUSED = frozenset({"ErrImagePull", "ImagePullBackOff", "InvalidImageName"})


def pod_security(workspace: Workspace) -> Finding:
    """Whether the cluster refuses a privileged Pod in a namespace that says baseline."""
    subject = say("Pod Security")
    body = _pod("doctor-privileged", "doctor", ["true"], {"privileged": True})
    try:
        _create(workspace, body, dryRun="All")
    except ApiRefusal as refusal:
        if "PodSecurity" in refusal.message:
            return Finding(subject, State.GOOD, say("enforced"))
        seen = say("not found out: {message}", message=refusal.message)
        return Finding(subject, State.UNKNOWN, seen)
    cure = say(
        "grade only manifests of people you trust here: the API server's PodSecurity admission"
        " plug-in is off"
    )
    return Finding(subject, State.WARNING, say("not enforced"), cure)


def images(workspace: Workspace, wanted: Sequence[str]) -> Iterator[Finding]:
    """Whether each image is there or can be pulled; all are tried at once."""
    names = {f"doctor-image-{number}": image for number, image in enumerate(wanted)}
    for name, image in names.items():
        _create(workspace, _pod(name, image, ["true"]))
    limit = _PULLED_WITHIN
    for name, image in names.items():
        waited = wait(workspace.scope(name), _ENDED, partial(_pulled, workspace, name), limit)
        limit = max(limit - waited.seconds, 1.0)
        yield _of_image(image, waited.value)


def _of_image(image: str, message: str | None) -> Finding:
    subject = say("image {image}", image=image)
    if message == "":
        return Finding(subject, State.GOOD, say("there, or can be pulled"))
    if message is None:
        seen = say("was not pulled within {seconds} s", seconds=f"{_PULLED_WITHIN:.0f}")
    elif any(word in message.lower() for word in _LIMITED):
        seen = say("the registry lets this cluster pull no more for now")
    else:
        seen = say("cannot be pulled: {message}", message=message)
    cure = say(
        "load it (with kind: `docker pull {image}`, then `kind load docker-image {image}`), or let"
        " the nodes reach the registry",
        image=image,
    )
    return Finding(subject, State.BAD, seen, cure)


def _pulled(workspace: Workspace, name: str) -> str | None:
    """Empty once the image is there, what the kubelet says if it cannot be had, None until then."""
    pod = _found(workspace, name)
    for status in (pod or {}).get("status", {}).get("containerStatuses") or ():
        waiting = status.get("state", {}).get("waiting") or {}
        if status.get("imageID") or status.get("state", {}).keys() & {"running", "terminated"}:
            return ""
        if waiting.get("reason") in _REFUSED:
            return str(waiting.get("message") or waiting["reason"])
        if waiting.get("reason") in {"RunContainerError", "CreateContainerError"}:
            return ""
    return None


def network(server: Workspace, stranger: Workspace, toolbox: Toolbox) -> Finding:
    """Whether one workspace can reach another: refused where NetworkPolicies are enforced.

    The toolbox, which policies let in, must reach the same Pod at the same time.
    """
    subject = say("NetworkPolicy")
    _create(server, _pod("doctor-server", TOOLBOX_IMAGE, ["sh", "-c", _ANSWERING]))
    _create(stranger, _pod("doctor-stranger", TOOLBOX_IMAGE, ["sleep", "300"]))
    address = _running(server, "doctor-server")
    if not address or not _running(stranger, "doctor-stranger"):
        return Finding(subject, State.UNKNOWN, say("not found out: its Pods did not start"))
    asked = ["curl", "-s", "-o", "/dev/null", "--retry", "3", "--retry-connrefused"]
    asked += ["--connect-timeout", str(_PATIENCE), f"http://{address}:8080/"]
    if toolbox.exec(asked, timeout=30.0).code != 0:
        return Finding(subject, State.UNKNOWN, say("not found out: its Pod did not answer"))
    if _reached(stranger, asked):
        cure = say(
            "a submission can reach others here while they run: for strangers, use a cluster whose"
            " network plug-in enforces policies (Calico, Cilium; kind since v0.24)"
        )
        return Finding(subject, State.WARNING, say("not enforced"), cure)
    return Finding(subject, State.GOOD, say("enforced"))


def _reached(stranger: Workspace, asked: Sequence[str]) -> bool:
    try:
        answer = stranger.connection.exec(
            stranger.namespace, "doctor-stranger", "main", asked, timeout=30.0
        )
    except TimedOut:
        return False
    return answer.code == 0


def _running(workspace: Workspace, name: str) -> str | None:
    """The Pod's address once it runs."""

    def address() -> str | None:
        status = (_found(workspace, name) or {}).get("status", {})
        ready = all(s.get("ready") for s in status.get("containerStatuses") or [{}])
        return status.get("podIP") if ready and status.get("phase") == "Running" else None

    return wait(workspace.scope(name), _READY, address, _STARTED_WITHIN).value


def _found(workspace: Workspace, name: str) -> Mapping[str, Any] | None:
    named = (pod for pod in workspace.view.pods() if pod["metadata"]["name"] == name)
    return next(named, None)


def _create(workspace: Workspace, body: Mapping[str, Any], **query: str) -> None:
    path = path_of("Pod", workspace.namespace)
    workspace.connection.request("POST", path, query=query, body=body)


def _pod(
    name: str, image: str, command: Sequence[str], security: Mapping[str, Any] | None = None
) -> Mapping[str, Any]:
    container = {"name": "main", "image": image, "command": list(command)}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {
            "containers": [{**container, "securityContext": dict(security or {})}],
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,
            "automountServiceAccountToken": False,
        },
    }
