"""What a cluster could leave on the host, as sets that can be compared."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROC = Path("/proc")


def host_state() -> dict[str, set[str]]:
    """Mounts, links, routes, firewall rules, named network namespaces and control groups.

    Of control groups only ours: those of other services come and go.
    """
    return {
        "mounts": set(_lines(Path("/proc/self/mountinfo").read_text())),
        "links": {entry["ifname"] for entry in _json("ip", "-json", "link")},
        "routes": set(_lines(_run("ip", "route", "show", "table", "all"))),
        "iptables": set(
            _lines(re.sub(r"\[\d+:\d+\]|^#.*$", "", _run("iptables-save"), flags=re.M))
        ),
        "nft": set(_lines(re.sub(r"packets \d+ bytes \d+", "", _run("nft", "list", "ruleset")))),
        "namespaces": {path.name for path in Path("/run/netns").glob("*")},
        # os.walk passes over what goes meanwhile; Path.glob raises FileNotFoundError for it
        "cgroups": {
            f"{folder}/{name}"
            for folder, names, _ in os.walk("/sys/fs/cgroup")
            for name in names
            if name.startswith("podgrade-")
        },
    }


def descendants(root: int) -> set[tuple[int, int]]:
    """A process and everything that came from it, as (pid, start time)."""
    parents: dict[int, int] = {}
    starts: dict[int, int] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            pid = int(entry.name)
            parents[pid], starts[pid] = int(fields[1]), int(fields[19])
    found = {root}
    while True:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        if not more:
            return {(pid, starts[pid]) for pid in found if pid in starts}
        found |= more


def alive(processes: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those that are still there; a zombie that only waits to be read does not count."""
    return {
        (pid, start)
        for pid, start in processes
        if (pid, start) in descendants(pid) and _state(pid) != "Z"
    }


@contextmanager
def gone_with(root: int, before: Mapping[str, set[str]]) -> Iterator[None]:
    """Asserts that a cluster's end leaves none of its processes, and the host as it was before."""
    everything = descendants(root)
    yield
    left = alive(everything)
    assert not left, left
    after = host_state()
    for kind, there in before.items():
        assert after[kind] == there, (kind, after[kind] ^ there)


def host_pid(inner: int, root: int) -> int:
    """The host's number of a process that is `inner` in the PID namespace started by `root`."""
    for pid, _ in descendants(root):
        try:
            status = (PROC / str(pid) / "status").read_text()
        except OSError:
            continue
        numbers = re.search(r"^NSpid:\s+(.*)$", status, re.M)
        if numbers and numbers[1].split()[1:2] == [str(inner)]:
            return pid
    raise AssertionError(f"no process {inner} in the namespace of {root}")


def _state(pid: int) -> str:
    try:
        return (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _run(*command: str) -> str:
    environment = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
    return subprocess.run(
        command, check=True, capture_output=True, text=True, env=environment
    ).stdout


def _json(*command: str) -> Any:
    return json.loads(_run(*command))
