"""Clusters that a test brings up for itself, and hurts."""

from __future__ import annotations

import json
import os
import signal
import time

from tests.cluster.kubectl import Kubectl
from tests.cluster.leftovers import host_pid

from podgrade.cluster.providers import node_process as processes
from podgrade.cluster.providers.node_paths import cluster_folder, kubeconfig_path


def root_of(name: str) -> int:
    """The process that everything of a cluster ends with."""
    process = processes.load(cluster_folder(name))
    assert process is not None
    return process.pid


def pid_of(name: str, component: str) -> int:
    """The host's number of a component (a further node is one, too), by its own in status.json."""
    said = json.loads((cluster_folder(name) / "status.json").read_text())
    inner = next(part["pid"] for part in said["components"] if part["name"] == component)
    return host_pid(inner, root_of(name))


def kill(name: str, component: str) -> None:
    """SIGKILL to one component."""
    os.kill(pid_of(name, component), signal.SIGKILL)


def works(name: str) -> None:
    """A Pod starts on it: the API server, the scheduler, the kubelet and containerd do."""
    kubectl = Kubectl(kubeconfig_path(name))
    pod = f"works-{time.monotonic_ns()}"
    kubectl("run", pod, "--image=busybox", "--restart=Never", "--command", "--", "sleep", "600")
    kubectl.ready(pod, limit=60, namespace="default")
    kubectl("delete", "pod", pod, "--wait=false", "--grace-period=0")
