"""kind and Docker at work: what podgrade has them do, and what they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from podgrade.cluster.providers import ComponentStatus, Progress
from podgrade.cluster.providers import node_commands as commands
from podgrade.model.errors import ClusterUnavailableError
from podgrade.model.text import Words, say

STEPS = {
    "Ensuring node image": say("the node's image"),
    "Preparing nodes": say("the nodes' containers"),
    "Writing configuration": say("keys and settings"),
    "Starting control-plane": say("API server"),
    "Installing CNI": say("the Pods' network"),
    "Installing StorageClass": say("storage"),
    "Joining worker nodes": say("worker nodes"),
}
"""The steps that kind names while it creates a cluster."""

_LABEL = "io.x-k8s.kind.cluster"  # of every container that is a node of kind's
_DELETED_WITHIN = 120.0  # seconds
_ASKED_WITHIN = 30.0
_LOADED_WITHIN = 900.0
_STEP = re.compile(r"^\s*•\s+(.*\w\)?)")
_ABSENT = re.compile(r'image: "([^"]+)" not present locally')
# There is one of each: who renews its lease late, on a busy machine, has nobody to give way to.
# And what a power cut takes away is only practice. (Without apiVersion kind puts it into its own.)
_CONTROL_PLANE = (
    "kind: ClusterConfiguration",
    "controllerManager:",
    '  extraArgs: {leader-elect: "false"}',
    "scheduler:",
    '  extraArgs: {leader-elect: "false"}',
    "etcd:",
    '  local: {extraArgs: {unsafe-no-fsync: "true"}}',
)


def settings(nodes: int, cgroups: str) -> str:
    """Kind's configuration of a cluster: one control plane node, the others workers."""
    roles = ["control-plane", *["worker"] * (nodes - 1)]
    # Forty Pods at once want forty images at once: the defaults make that ErrImagePull.
    kubelet = ["serializeImagePulls: false", "registryPullQPS: 0"]
    # Not 0: that is documented as no limit, but client-go takes it for its own, five a second.
    kubelet += ["eventRecordQPS: 1000", "eventBurst: 2000"]
    if cgroups == "1":
        kubelet.append("failCgroupV1: false")  # Kubernetes 1.35 and newer refuse it otherwise
    lines = [
        "kind: Cluster",
        "apiVersion: kind.x-k8s.io/v1alpha4",
        "kubeadmConfigPatches:",
        "- |",
        "  apiVersion: kubelet.config.k8s.io/v1beta1",
        "  kind: KubeletConfiguration",
        *(f"  {line}" for line in kubelet),
        "- |",
        *(f"  {line}" for line in _CONTROL_PLANE),
        "nodes:",
        *(f"- role: {role}" for role in roles),
    ]
    return "\n".join(lines) + "\n"


def clusters() -> set[str]:
    """The names of all clusters of kind's on this Docker."""
    return set(_kind(["get", "clusters"], _ASKED_WITHIN).stdout.split())


def nodes(name: str) -> tuple[ComponentStatus, ...]:
    """The containers that are the cluster's nodes. Raises OSError where Docker cannot be asked."""
    shown = "{{.Names}}\t{{.State}}\t{{.Status}}"
    command = [_program("docker"), "ps", "--all", "--filter", f"label={_LABEL}={name}"]
    try:
        done = commands.run([*command, "--format", shown], timeout=_ASKED_WITHIN)
    except subprocess.TimeoutExpired as error:
        raise OSError("docker ps: no answer") from error
    if done.returncode:
        raise OSError(done.stderr.strip())
    return tuple(_node(line) for line in sorted(done.stdout.splitlines()) if "\t" in line)


def _node(line: str) -> ComponentStatus:
    name, state, status = line.split("\t", 2)
    running = state == "running"
    return ComponentStatus(name, running, 0, "" if running else status)


def create(name: str, config: Path, kubeconfig: Path, image: str, progress: Progress) -> None:
    """Create the cluster; its steps are told. Raises ClusterUnavailableError with kind's reason."""
    command = [_program("kind"), "create", "cluster", "--name", name, "--wait", "0s"]
    command += ["--config", str(config), "--kubeconfig", str(kubeconfig)]
    if image:
        command += ["--image", image]
    last: deque[str] = deque(maxlen=20)
    process = commands.start(command, folder=config.parent, environment=os.environ)
    try:
        for step in _steps(process.stderr or (), last):
            progress(say("Starting the cluster {name}: {step}", name=name, step=step))
    except BaseException:
        process.kill()
        raise
    finally:
        process.wait()
    if process.returncode:
        raise ClusterUnavailableError(
            say("kind could not create the cluster {name}: {reason}", name=name, reason=_why(last))
        )


def _steps(lines: Iterable[str], last: deque[str]) -> Iterator[Words | str]:
    """What kind begins, in words; every line is kept in `last`."""
    for line in lines:
        last.append(line.rstrip())
        begun = _STEP.match(line)
        if begun:
            known = (words for start, words in STEPS.items() if begun[1].startswith(start))
            yield next(known, begun[1])


def _why(lines: Sequence[str]) -> str:
    """Kind's own error, which comes before the output of the command that failed."""
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or [line for line in lines if line] or ["?"])[-1].removeprefix("ERROR: ")[-500:]


def delete(name: str, kubeconfig: Path) -> None:
    """Delete the cluster, if it is there. Raises ClusterUnavailableError where that fails."""
    command = ["delete", "cluster", "--name", name, "--kubeconfig", str(kubeconfig)]
    _kind(command, _DELETED_WITHIN)


def load(name: str, images: Sequence[str]) -> None:
    """Bring images of Docker, or files that hold images (.tar), into every node."""
    files = [one for one in images if one.endswith(".tar") and Path(one).is_file()]
    names = [one for one in images if one not in files]
    for what, chosen in (("docker-image", names), ("image-archive", files)):
        if chosen:
            _kind(["load", what, *chosen, "--name", name], _LOADED_WITHIN)


def _kind(arguments: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
    what = " ".join(["kind", *arguments[:2]])
    try:
        done = commands.run([_program("kind"), *arguments], timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise ClusterUnavailableError(
            say(
                "`{command}` did not end within {seconds} s: is Docker well? Run the same again.",
                command=what,
                seconds=f"{seconds:.0f}",
            )
        ) from error
    if done.returncode:
        raise ClusterUnavailableError(_refused(what, done.stderr.splitlines()))
    return done


def _refused(command: str, said: Sequence[str]) -> Words:
    absent = _ABSENT.search("\n".join(said))
    if absent:
        return say(
            "The image {image} is not in Docker: build it, or get it with `docker pull {image}`.",
            image=absent[1],
        )
    return say("`{command}` failed: {reason}", command=command, reason=_why(said))


def _program(name: str) -> str:
    return shutil.which(name) or name
