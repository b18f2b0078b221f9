"""What the machine has, and the one sentence that says what it lacks."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

from podgrade.model.text import Words, say

GIB = 1024**3
ROOM_TO_BUILD = 8 * GIB  # Go's module and build caches take about 5 GiB, the results 0.5 GiB
ROOM_TO_RUN = 2 * GIB
OLDEST_KERNEL = (5, 4)

NEEDS_ROOT = say("The node provider needs root: run the command again with sudo.")

PACKAGES = {
    "ip": "iproute2",
    "iptables": "iptables",
    "mmdebstrap": "mmdebstrap",
    "mount": "mount",
    "nft": "nftables",
    "runc": "runc",
    "tar": "tar",
    "unshare": "util-linux",
}
"""Commands the node needs, and the Debian package of each."""


@dataclass(frozen=True)
class HostFacts:
    """The machine, as far as a node cares."""

    system: str  # as platform.system() says: Linux
    machine: str  # x86_64, aarch64
    user_id: int
    kernel: tuple[int, int]
    cache_bytes: int  # free where programs are built
    state_bytes: int  # free where clusters live
    missing: tuple[str, ...]  # commands of PACKAGES that are not there
    overlay: bool  # the kernel has overlayfs
    cgroups: bool  # /sys/fs/cgroup is mounted
    built: bool  # the programs are in the cache already


def gather(cache: Path, state: Path, *, built: bool) -> HostFacts:
    """Look at this machine; reads only."""
    return HostFacts(
        system=platform.system(),
        machine=platform.machine(),
        user_id=_user_id(),
        kernel=_kernel(platform.release()),
        cache_bytes=_free(cache),
        state_bytes=_free(state),
        missing=tuple(command for command in PACKAGES if find_command(command) is None),
        overlay="overlay" in _read("/proc/filesystems") or Path("/sys/module/overlay").exists(),
        cgroups=any(Path("/sys/fs/cgroup").glob("*")),
        built=built,
    )


def why_not(facts: HostFacts) -> Words | None:
    """The first thing that keeps a node from running here, in words; None when nothing does."""
    return _wrong_machine(facts) or _lacking(facts) or _no_room(facts)


def _wrong_machine(facts: HostFacts) -> Words | None:
    if facts.system != "Linux":
        return say(
            "The node provider needs Linux, this is {system}: use kind, or a Linux machine.",
            system=facts.system,
        )
    if facts.machine not in ("x86_64", "aarch64"):
        return say(
            "The node provider needs an x86_64 or aarch64 machine, this is {machine}: use another"
            " cluster.",
            machine=facts.machine,
        )
    if facts.kernel < OLDEST_KERNEL:
        return say(
            "The node provider needs Linux {needed} or newer, this is {seen}: update the kernel.",
            needed=_dotted(OLDEST_KERNEL),
            seen=_dotted(facts.kernel),
        )
    if facts.user_id != 0:
        return NEEDS_ROOT
    return None


def _lacking(facts: HostFacts) -> Words | None:
    if facts.missing:
        packages = sorted({PACKAGES[command] for command in facts.missing})
        return say(
            "Missing on this machine: {commands}. Install with: apt-get install -y {packages}",
            commands=", ".join(facts.missing),
            packages=" ".join(packages),
        )
    if not facts.overlay:
        return say("The kernel has no overlayfs: load it with: modprobe overlay")
    if not facts.cgroups:
        return say("No control groups are mounted at /sys/fs/cgroup: mount them, or use kind.")
    return None


def _no_room(facts: HostFacts) -> Words | None:
    if not facts.built and facts.cache_bytes < ROOM_TO_BUILD:
        return say(
            "Building the node needs {needed} GiB of free disk, {free} GiB are free: make room, or"
            " name another folder with PODGRADE_CACHE.",
            needed=ROOM_TO_BUILD // GIB,
            free=f"{facts.cache_bytes / GIB:.1f}",
        )
    if facts.state_bytes < ROOM_TO_RUN:
        return say(
            "A cluster needs {needed} GiB of free disk, {free} GiB are free: make room, or name"
            " another folder with PODGRADE_STATE.",
            needed=ROOM_TO_RUN // GIB,
            free=f"{facts.state_bytes / GIB:.1f}",
        )
    return None


def is_root() -> bool:
    """Whether this process may make namespaces, mounts and links."""
    return _user_id() == 0


def _user_id() -> int:
    return os.geteuid() if hasattr(os, "geteuid") else -1


def find_command(name: str) -> str | None:
    """Where a command is; the system's own folders count even when PATH lacks them."""
    path = os.pathsep.join(
        (os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin")
    )
    return shutil.which(name, path=path)


def _kernel(release: str) -> tuple[int, int]:
    numbers = release.replace("-", ".").split(".")
    try:
        return int(numbers[0]), int(numbers[1])
    except (IndexError, ValueError):
        return (0, 0)


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def _free(folder: Path) -> int:
    there = next(
        parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists()
    )
    return shutil.disk_usage(there).free


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""
