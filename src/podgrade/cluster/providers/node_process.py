"""The node's processes: started in namespaces of their own, ended as one, nothing left."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from podgrade.cluster.providers import node_commands as commands
from podgrade.cluster.providers.node_facts import find_command
from podgrade.model.errors import ClusterUnavailableError
from podgrade.model.text import Words, say

_CGROUPS = Path("/sys/fs/cgroup")
_PROC = Path("/proc")
_NAMESPACES = ("--net", "--mount", "--pid", "--uts", "--ipc")


@dataclass(frozen=True)
class NodeProcess:
    """The process that ends everything else of a cluster when it ends."""

    pid: int
    started: int  # clock ticks since boot: with the pid it names one process for good
    pid_namespace: int  # inode of the namespace that all others are in
    link: str  # the host's end of the network link

    def alive(self) -> bool:
        return _started(self.pid) == self.started

    def save(self, folder: Path) -> None:
        (folder / "process.json").write_text(json.dumps(asdict(self)), encoding="utf-8")


def load(folder: Path) -> NodeProcess | None:
    """What `save` wrote; None if there is nothing, or nothing readable."""
    try:
        return NodeProcess(**json.loads((folder / "process.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def launch(supervisor: Path, config: Path, link: str) -> NodeProcess:
    """Start the supervisor as the first process of new namespaces.

    Host mounts stay visible and go away inside when the host unmounts them, never the other way
    round. `unshare` dies with nothing left behind: the kernel ends the whole PID namespace.
    """
    command = [find_command("unshare") or "unshare", *_NAMESPACES, "--propagation", "slave"]
    command += ["--fork", "--mount-proc", "--kill-child", str(supervisor), str(config)]
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    log = config.with_name("supervisor.log")
    process = commands.start_apart(command, log=log, environment=environment)
    return _entered(process, link, lambda: log.read_text("utf-8", errors="replace").strip())


def _entered(process: subprocess.Popen[bytes], link: str, told: Callable[[], str]) -> NodeProcess:
    """Wait until the process has its own network and PID namespaces."""
    pid = process.pid
    ours = {kind: _namespace(os.getpid(), kind) for kind in ("net", "pid_for_children")}

    def inside() -> bool:
        if process.poll() is not None:
            raise ClusterUnavailableError(
                say("The namespaces of the node could not be made: {reason}", reason=told())
            )
        return all(_namespace(pid, kind) not in (0, own) for kind, own in ours.items())

    wait_until(inside, 10, say("the node's namespaces"))
    return NodeProcess(pid, _started(pid), _namespace(pid, "pid_for_children"), link)


def end(process: NodeProcess) -> None:
    """End the process, and wait until the last one of its PID namespace is gone."""
    if process.alive():
        os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: not _inhabited(process), 20, say("the end of the node's processes"))


def _inhabited(process: NodeProcess) -> bool:
    with suppress(ChildProcessError, OSError):
        os.waitpid(process.pid, os.WNOHANG)  # it is our own child if this process started it
    if process.alive():
        return True
    return any(
        _namespace(int(entry.name), "pid") == process.pid_namespace
        for entry in _PROC.iterdir()
        if entry.name.isdigit()
    )


def wait_until(condition: Callable[[], bool], limit: float, what: Words) -> None:
    """Look again every few milliseconds; raises ClusterUnavailableError at the limit (seconds)."""
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            raise ClusterUnavailableError(
                say("Waited {limit} s in vain for {what}.", limit=f"{limit:g}", what=what)
            )
        time.sleep(0.01)


def _namespace(pid: int, kind: str) -> int:
    """The inode of a process's namespace; 0 if the process is gone or is only being reaped."""
    try:
        return (_PROC / str(pid) / "ns" / kind).stat().st_ino
    except OSError:
        return 0


def _started(pid: int) -> int:
    """When the process started, in clock ticks since boot; 0 if there is none, or a zombie."""
    try:
        text = (_PROC / str(pid) / "stat").read_text("utf-8", errors="replace")
    except OSError:
        return 0
    fields = text.rpartition(")")[2].split()
    return 0 if fields[0] in "ZX" else int(fields[19])


def make_cgroups(root: str) -> None:
    """A control group tree for the cluster, in every hierarchy there is."""
    if (_CGROUPS / "cgroup.controllers").exists():
        for controller in ("cpu", "cpuset", "hugetlb", "io", "memory", "pids"):
            with suppress(OSError):  # one that the kernel lacks, or that is on already
                (_CGROUPS / "cgroup.subtree_control").write_text(f"+{controller}")
    for hierarchy in _hierarchies():
        (hierarchy / root.strip("/")).mkdir(exist_ok=True)


def remove_cgroups(root: str) -> None:
    """Remove the tree; what still froze in it is thawed so that it can die."""
    trees = [tree for tree in (path / root.strip("/") for path in _hierarchies()) if tree.exists()]

    def gone() -> bool:
        for tree in trees:
            _remove_tree(tree)
        return not any(tree.exists() for tree in trees)

    wait_until(gone, 10, say("the removal of the control groups {root}", root=root))


def _remove_tree(tree: Path) -> None:
    for folder, _, _ in os.walk(tree, topdown=False):
        path = Path(folder)
        with suppress(OSError):  # still busy: the next attempt finds it empty
            if (path / "freezer.state").exists():
                (path / "freezer.state").write_text("THAWED")
            path.rmdir()


def _hierarchies() -> list[Path]:
    if (_CGROUPS / "cgroup.controllers").exists():
        return [_CGROUPS]
    return [
        path
        for path in sorted(_CGROUPS.iterdir())
        if not path.is_symlink() and (path / "cgroup.procs").exists()
    ]


def remove_folder(folder: Path) -> None:
    """Remove a cluster's folder; files that vanish meanwhile are no trouble."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        shutil.rmtree(folder)
