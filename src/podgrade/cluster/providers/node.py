"""The provider `node`: a Kubernetes node of our own on this machine, without Docker."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podgrade.cluster.providers import ClusterStatus, ComponentStatus, Progress
from podgrade.cluster.providers import kubeconfig_merge as kubeconfigs
from podgrade.cluster.providers import node_network as network
from podgrade.cluster.providers import node_process as processes
from podgrade.cluster.providers.node_build import ensure_programs, programs_folder
from podgrade.cluster.providers.node_cache import locked, sweep_old
from podgrade.cluster.providers.node_facts import (
    NEEDS_ROOT,
    find_command,
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
        if status.phase == "ready":
            return status
        reason = self.available()
        if reason:
            raise ClusterUnavailableError(reason)
        programs = ensure_programs(node_sources(), cache_folder(), progress)
        images = ensure_images(node_sources(), cache_folder(), programs, progress)
        with _cluster_lock(name):
            _sweep_cache()
            if self.status(name).phase in ("failed", "stopped", "absent"):
                _clean(name)
                _start(name, programs, images)
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
        return _read_status(name, folder)

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


def _start(name: str, programs: Path, images: Path) -> None:
    folder = cluster_folder(name)
    folder.mkdir(parents=True, mode=0o700)
    cgroup_root = _cgroup_root(name)
    processes.make_cgroups(cgroup_root)
    # One at a time over all clusters: the choice of a range is only taken once the routes are set.
    with locked(state_folder() / "clusters" / ".network-lock"):
        addresses = network.pick(network.host_routes())
        config = _config(name, addresses, programs, images, cgroup_root)
        path = folder / "config.json"
        path.write_text(json.dumps(config, indent=2), encoding="utf-8")
        process = processes.launch(programs / "supervisor", path, addresses.link)
        process.save(folder)
        network.connect(addresses, process.pid)


def _config(
    name: str, addresses: network.Addresses, programs: Path, images: Path, cgroup_root: str
) -> dict[str, Any]:
    """What cmd/supervisor/config.go reads."""
    return {
        "name": name,
        "node_address": addresses.node,
        "host_address": addresses.host,
        "link_bits": addresses.link_net.prefixlen,
        "pod_range": str(addresses.pods),
        "service_range": str(addresses.services),
        "api_address": addresses.api,
        "dns_address": addresses.dns,
        "programs": str(programs),
        "images": str(images),
        "folder": str(cluster_folder(name)),
        "runc": find_command("runc"),
        "cgroup_root": cgroup_root,
        "uplink": network.UPLINK,
    }


def _cgroup_root(name: str) -> str:
    """The name alone is not enough: another user, or test, may have a cluster of that name."""
    folder = hashlib.sha256(str(cluster_folder(name)).encode()).hexdigest()[:6]
    return f"/podgrade-{name}-{folder}"


def _clean(name: str) -> None:
    """Remove whatever there is of a cluster, whole or in pieces."""
    folder = cluster_folder(name)
    process = processes.load(folder)
    if process is not None:
        processes.end(process)
        network.disconnect(process.link)
    processes.remove_cgroups(_cgroup_root(name))
    processes.remove_folder(folder)


def _read_status(name: str, folder: Path) -> ClusterStatus:
    """What the supervisor last wrote to status.json; it replaces the file whole."""
    try:
        said = json.loads((folder / "status.json").read_text("utf-8"))
    except (OSError, ValueError):
        return ClusterStatus(name, "starting")
    kubeconfig = folder / "kubeconfig"
    return ClusterStatus(
        name=name,
        phase=said["phase"],
        kubeconfig=kubeconfig if kubeconfig.exists() else None,
        step=said["step"],
        problem=said["problem"],
        seconds=said["seconds"],
        components=tuple(
            ComponentStatus(part["name"], part["running"], part["restarts"], part["last_exit"])
            for part in said["components"]
        ),
    )


def _sweep_cache() -> None:
    """Older programs and images go, those of running clusters aside."""
    used: set[Path] = set()
    for path in (state_folder() / "clusters").glob("*/config.json"):
        with suppress(OSError, ValueError, KeyError):
            config = json.loads(path.read_text("utf-8"))
            used |= {Path(config["programs"]), Path(config["images"])}
    for kind in ("programs", "images"):
        sweep_old(cache_folder() / "node", kind, used)


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
