"""What Docker and kind on this machine are, and the one sentence that says what they lack."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any

from podgrade.cluster.providers.node_commands import run
from podgrade.model.text import Words, say

OLDEST_KIND = (0, 24, 0)  # the first whose network keeps NetworkPolicies
_ANSWERS_WITHIN = 20.0  # seconds; a Docker that is just starting hangs
_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")


@dataclass(frozen=True)
class DockerFacts:
    """What `docker info` says, as far as kind cares."""

    installed: bool
    trouble: str = ""  # why it does not answer; empty when it does
    rootless: bool = False
    cgroups: str = ""  # "1" or "2": the version of the host's control groups
    limits: bool = True  # memory, CPU and processes of a container can be limited


@dataclass(frozen=True)
class KindFacts:
    """The program kind."""

    installed: bool
    version: tuple[int, int, int] = (0, 0, 0)


def look_at_docker() -> DockerFacts:
    """Ask Docker what it is; changes nothing."""
    docker = shutil.which("docker")
    if docker is None:
        return DockerFacts(installed=False)
    try:
        done = run([docker, "info", "--format", "{{json .}}"], timeout=_ANSWERS_WITHIN)
    except subprocess.TimeoutExpired:
        return DockerFacts(installed=True, trouble=f"no answer within {_ANSWERS_WITHIN:.0f} s")
    except OSError as error:
        return DockerFacts(installed=True, trouble=str(error))
    said = _read(done.stdout)
    if done.returncode or not said.get("ServerVersion"):
        return DockerFacts(installed=True, trouble=_last_line(done.stderr) or "no server")
    return DockerFacts(
        installed=True,
        rootless=any("name=rootless" in option for option in said.get("SecurityOptions") or ()),
        cgroups=str(said.get("CgroupVersion", "")),
        limits=all(said.get(name, True) for name in ("MemoryLimit", "PidsLimit", "CPUShares")),
    )


def look_at_kind() -> KindFacts:
    """Ask kind for its version."""
    kind = shutil.which("kind")
    if kind is None:
        return KindFacts(installed=False)
    try:
        found = _VERSION.search(run([kind, "version"]).stdout)
    except (OSError, subprocess.TimeoutExpired):
        found = None
    if found is None:
        return KindFacts(installed=True)
    return KindFacts(installed=True, version=(int(found[1]), int(found[2]), int(found[3])))


def why_not(docker: DockerFacts, kind: KindFacts) -> Words | None:
    """The first thing that keeps kind from working here, in words; None when nothing does."""
    return _docker_lacks(docker) or _kind_lacks(kind)


def _docker_lacks(docker: DockerFacts) -> Words | None:
    if not docker.installed:
        return say(
            "The kind provider needs Docker, and `docker` was not found: install Docker Engine or"
            " Docker Desktop."
        )
    if "permission denied" in docker.trouble.lower():
        return say(
            "This user may not use Docker: run `sudo usermod -aG docker $USER`, then log in again."
        )
    if docker.trouble:
        return say(
            "Docker does not answer ({reason}): start it, with Docker Desktop or"
            " `sudo systemctl start docker`.",
            reason=docker.trouble,
        )
    if docker.rootless and (docker.cgroups != "2" or not docker.limits):
        return say(
            "Docker runs rootless here and may not limit containers, which kind needs: delegate"
            " control groups v2 to it (kind.sigs.k8s.io/docs/user/rootless), or use the system's"
            " Docker: `docker context use default`."
        )
    return None


def _kind_lacks(kind: KindFacts) -> Words | None:
    if not kind.installed:
        return say(
            "The program `kind` was not found: install it (kind.sigs.k8s.io), for example with"
            " `go install sigs.k8s.io/kind@latest` or `brew install kind`."
        )
    if kind.version < OLDEST_KIND:
        return say(
            "kind {needed} or newer is needed, this is {seen}: install a newer one"
            " (kind.sigs.k8s.io).",
            needed=dotted(OLDEST_KIND),
            seen=dotted(kind.version) if any(kind.version) else "?",
        )
    return None


def dotted(version: tuple[int, ...]) -> str:
    """(0, 24, 0) as 0.24.0."""
    return ".".join(map(str, version))


def _read(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][-300:] if lines else ""
