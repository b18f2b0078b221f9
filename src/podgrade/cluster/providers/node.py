"""The provider `node`: a Kubernetes node of our own on this machine, without Docker."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from podgrade.cluster.providers import ClusterStatus, Progress, keep_number
from podgrade.cluster.providers import kubeconfig_merge as kubeconfigs
from podgrade.cluster.providers import node_network as network
from podgrade.cluster.providers import node_process as processes
from podgrade.cluster.providers.node_build import ensure_programs, programs_folder
from podgrade.cluster.providers.node_cache import held, locked
from podgrade.cluster.providers.node_facts import (
    NEEDS_ROOT,
    gather,
    is_root,
    why_not,
)
from podgrade.cluster.providers.node_images import ensure_images
from podgrade.cluster.providers.node_paths import (
    DEFAULT_NAME,
    cache_folder,
    cluster_folder,
    kubeconfig_path,
    node_sources,
    state_folder,
)
from podgrade.cluster.providers.node_plan import cgroup_roots, config, planned_nodes
from podgrade.cluster.providers.node_status import read_status
from podgrade.cluster.providers.node_users import sweep_cache
from podgrade.model.errors import ClusterUnavailableError
from podgrade.model.text import Words, say

__all__ = ["DEFAULT_NAME", "NodeProvider", "kubeconfig_path"]

STEPS = {
    "keys and settings": say("keys and settings"),
    "images": say("images"),
    "API server": say("API server"),
    "components": say("components"),
    "node": say("node"),
    "DNS": say("DNS"),
    "Services": say("Services"),
    "ServiceAccount": say("ServiceAccount"),
}
"""The steps of a start, as the supervisor names them in status.json."""

_START_LIMIT = 180.0  # seconds until a start counts as failed


@dataclass(frozen=True)
class NodeProvider:
    """One machine, one or more nodes, each a cluster with a name of its own."""

    nodes: int | None = None  # of a new cluster; None: one, or as many as there are
    name: str = "node"

    def available(self) -> Words | None:
        """Why a node cannot run here, in one sentence that says what to do; None when it can."""
        cache = cache_folder()
        built = programs_folder(node_sources(), cache).is_dir()
        return why_not(gather(cache, state_folder(), built=built))

    def up(self, name: str, progress: Progress) -> ClusterStatus:
        """Bring the cluster up, or mend it; returns when it is ready.

        Raises ClusterUnavailableError with a sentence that says what to do.
        """
        status = self.status(name)
        there = len(planned_nodes(name))
        if status.phase not in ("absent", "stopped", "failed"):
            keep_number("node", name, there, self.nodes)
        if status.phase == "ready":
            return status
        reason = self.available()
        if reason:
            raise ClusterUnavailableError(reason)
        programs = ensure_programs(node_sources(), cache_folder(), progress)
        images = ensure_images(node_sources(), cache_folder(), programs, progress)
        # Until the cluster's config.json names them, nothing else keeps them from being swept.
        with held(programs, images), _cluster_lock(name):
            sweep_cache(cache_folder() / "node", cluster_folder(name).parent)
            if self.status(name).phase in ("failed", "stopped", "absent"):
                _clean(name)
                _start(name, programs, images, self.nodes or there)
            return self._await_ready(name, progress)

    def down(self, name: str, progress: Progress) -> None:
        """End the cluster; nothing of it is left on the machine, the built programs aside.

        Raises ClusterUnavailableError when this user may not.
        """
        folder = cluster_folder(name)
        if not is_root():
            if not folder.exists():
                return  # only root can have made one
            raise ClusterUnavailableError(NEEDS_ROOT)
        with _cluster_lock(name):
            if folder.exists():
                progress(say("Ending the cluster {name}", name=name))
            kubeconfigs.unmerge(name, folder)
            _clean(name)
        _lock_path(name).unlink(missing_ok=True)

    def status(self, name: str) -> ClusterStatus:
        """How the cluster is: what its supervisor says, if that is alive."""
        folder = cluster_folder(name)
        if not folder.is_dir():
            return ClusterStatus(name, "absent")
        process = processes.load(folder)
        if process is None or not process.alive():
            return ClusterStatus(name, "stopped")
        return read_status(name, folder)

    def merge_kubeconfig(self, name: str) -> Path:
        """Put the cluster into the user's own kubeconfig; `down` takes it out again."""
        return kubeconfigs.merge_into_users(cluster_folder(name))

    def _await_ready(self, name: str, progress: Progress) -> ClusterStatus:
        deadline = time.monotonic() + _START_LIMIT
        told = ""
        while True:
            status = self.status(name)
            if status.phase == "ready":
                return status
            if status.phase in ("failed", "stopped") or time.monotonic() > deadline:
                raise ClusterUnavailableError(_why_failed(name, status))
            if status.step and status.step != told:
                told = status.step
                step = STEPS.get(told, told)
                progress(say("Starting the cluster {name}: {step}", name=name, step=step))
            time.sleep(0.03)


def _start(name: str, programs: Path, images: Path, nodes: int) -> None:
    folder = cluster_folder(name)
    folder.mkdir(parents=True, mode=0o700)
    for root in cgroup_roots(name, nodes):
        processes.make_cgroups(root)
    # One at a time over all clusters: the choice of a range is only taken once the routes are set.
    with locked(state_folder() / "clusters" / ".network-lock"):
        addresses = network.pick(network.host_routes())
        told = config(name, addresses, programs, images, nodes)
        path = folder / "config.json"
        path.write_text(json.dumps(told, indent=2), encoding="utf-8")
        process = processes.launch(programs / "supervisor", path, addresses.link)
        process.save(folder)
        network.connect(addresses, process.pid)


def _clean(name: str) -> None:
    """Remove whatever there is of a cluster, whole or in pieces."""
    folder = cluster_folder(name)
    process = processes.load(folder)
    if process is not None:
        processes.end(process)
        network.disconnect(process.link)
    for root in cgroup_roots(name, network.MOST_NODES):
        processes.remove_cgroups(root)
    processes.remove_folder(folder)


def _why_failed(name: str, status: ClusterStatus) -> Words:
    folder = cluster_folder(name)
    log = folder / "supervisor.log"
    said = log.read_text("utf-8", errors="replace").strip()[-500:] if log.exists() else ""
    return say(
        "The cluster {name} did not start ({reason}). Its logs: {logs}",
        name=name,
        reason=status.problem or said or status.step or status.phase,
        logs=folder / "logs",
    )


@contextmanager
def _cluster_lock(name: str) -> Iterator[None]:
    with locked(_lock_path(name)):
        yield


def _lock_path(name: str) -> Path:
    return cluster_folder(name).with_name(f".{name}.lock")
