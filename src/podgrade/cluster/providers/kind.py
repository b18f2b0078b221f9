"""The provider `kind`: nodes of Kubernetes as containers of Docker."""

from __future__ import annotations

import json
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podgrade.cluster.connection import Connection
from podgrade.cluster.providers import ClusterStatus, Progress, keep_number
from podgrade.cluster.providers import kind_program as program
from podgrade.cluster.providers import kubeconfig_merge as kubeconfigs
from podgrade.cluster.providers.kind_facts import look_at_docker, look_at_kind, why_not
from podgrade.cluster.providers.node_paths import checked_name, state_folder
from podgrade.cluster.providers.starting import await_pods_can_start
from podgrade.model.errors import ClusterUnavailableError
from podgrade.model.text import Words, say

KIND_NAME = "podgrade"
_READY = "ready.json"  # written once Pods can start: its absence is a start that was cut off
_START_LIMIT = 240.0  # seconds from kind's end until Pods can start


@dataclass(frozen=True)
class KindProvider:
    """Clusters of kind's that podgrade made; those that others made are left alone."""

    nodes: int | None = None  # of a new cluster; None: one, or as many as there are
    images: tuple[str, ...] = ()  # of Docker, or .tar files: loaded into the nodes
    node_image: str = ""  # what kind calls --image; empty: kind's own choice
    name: str = "kind"

    def available(self) -> Words | None:
        """Why kind cannot work here, in one sentence that says what to do; None when it can."""
        return why_not(look_at_docker(), look_at_kind())

    def up(self, name: str, progress: Progress) -> ClusterStatus:
        """Create the cluster, or use the one of that name that podgrade made; then load images.

        Raises ClusterUnavailableError with a sentence that says what to do.
        """
        folder = kind_folder(name)
        docker = look_at_docker()
        reason = why_not(docker, look_at_kind())
        if reason:
            raise ClusterUnavailableError(reason)
        phase = self.status(name).phase
        if phase == "starting":
            raise ClusterUnavailableError(_half_made(name))
        if phase == "ready":
            keep_number("kind", name, len(program.nodes(name)), self.nodes)
        else:
            _make_room(name, folder, progress)
            self._create(name, folder, docker.cgroups, progress)
        if self.images:
            progress(say("Loading images: {images}", images=", ".join(self.images)))
            program.load(name, self.images)
        return self.status(name)

    def down(self, name: str, progress: Progress) -> None:
        """Delete the cluster, if podgrade made it.

        Raises ClusterUnavailableError for one that podgrade did not make, or that does not go.
        """
        folder = kind_folder(name)
        if not folder.is_dir():
            if shutil.which("kind") and name in program.clusters():
                raise ClusterUnavailableError(_of_others(name))
            return
        reason = self.available()
        if reason:
            raise ClusterUnavailableError(reason)
        progress(say("Ending the cluster {name}", name=name))
        kubeconfigs.unmerge(context_of(name), folder)
        program.delete(name, folder / "kubeconfig")
        shutil.rmtree(folder, ignore_errors=True)

    def status(self, name: str) -> ClusterStatus:
        """How the cluster's nodes are, as Docker says."""
        folder = kind_folder(name)
        if not folder.is_dir():
            return ClusterStatus(name, "absent")
        try:
            nodes = program.nodes(name)
        except OSError as error:
            return ClusterStatus(name, "stopped", problem=str(error))
        if not (folder / _READY).exists():
            return ClusterStatus(name, "starting", components=nodes)
        if not nodes or not all(node.running for node in nodes):
            return ClusterStatus(name, "stopped", components=nodes)
        return ClusterStatus(
            name,
            "ready",
            kubeconfig=folder / "kubeconfig",
            seconds=float(_made(folder).get("seconds", 0.0)),
            components=nodes,
            context=context_of(name),
        )

    def merge_kubeconfig(self, name: str) -> Path:
        """Put the cluster into the user's own kubeconfig; `down` takes it out again."""
        return kubeconfigs.merge_into_users(kind_folder(name))

    def _create(self, name: str, folder: Path, cgroups: str, progress: Progress) -> None:
        began = time.monotonic()
        nodes = self.nodes or 1
        folder.mkdir(parents=True, mode=0o700)
        config, kubeconfig = folder / "kind.yaml", folder / "kubeconfig"
        config.write_text(program.settings(nodes, cgroups), encoding="utf-8")
        try:
            program.create(name, config, kubeconfig, self.node_image, progress)
            connection = Connection.open(kubeconfig)
            await_pods_can_start(connection, name, nodes, _START_LIMIT, progress)
        except BaseException:  # Ctrl-C too leaves nothing half made
            with suppress(ClusterUnavailableError, OSError):
                program.delete(name, kubeconfig)
                shutil.rmtree(folder, ignore_errors=True)
            raise
        made = {"seconds": round(time.monotonic() - began, 1), "nodes": nodes}
        (folder / _READY).write_text(json.dumps(made), encoding="utf-8")


def kind_folder(name: str) -> Path:
    """Where podgrade keeps what it knows of a cluster; it exists for those podgrade made."""
    return state_folder().absolute() / "kind" / checked_name(name)


def context_of(name: str) -> str:
    """The context that kind gives a cluster."""
    return f"kind-{name}"


def ready_kubeconfigs() -> dict[str, Path]:
    """Contexts of clusters that podgrade made with kind, and their files; Docker is not asked."""
    made = sorted((state_folder() / "kind").glob(f"*/{_READY}"))
    return {context_of(path.parent.name): path.with_name("kubeconfig") for path in made}


def _make_room(name: str, folder: Path, progress: Progress) -> None:
    """Remove what is left of ours; another's of the same name is not touched."""
    if folder.is_dir():
        progress(say("Removing what is left of the cluster {name}", name=name))
        program.delete(name, folder / "kubeconfig")
        shutil.rmtree(folder)
    elif name in program.clusters():
        raise ClusterUnavailableError(_of_others(name))


def _made(folder: Path) -> dict[str, Any]:
    try:
        said = json.loads((folder / _READY).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _of_others(name: str) -> Words:
    return say(
        "kind has a cluster {name} that podgrade did not make: use it with"
        " `--context kind-{name}`, choose another name with `--name`, or delete it with"
        " `kind delete cluster --name {name}`.",
        name=name,
    )


def _half_made(name: str) -> Words:
    return say(
        "The cluster {name} is being started elsewhere, or its start was cut off: wait, or"
        " remove it with `podgrade cluster down --provider kind --name {name}`.",
        name=name,
    )
