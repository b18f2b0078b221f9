"""Builds the node's programs from node/, once for each state of its sources."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from podgrade.cluster.providers import Progress
from podgrade.cluster.providers.node_cache import build_once, fingerprint
from podgrade.cluster.providers.node_commands import start
from podgrade.cluster.providers.node_go import find_go, needed_version
from podgrade.model.errors import ClusterUnavailableError
from podgrade.model.text import say

KUBERNETES = "1.36.3"
COMPONENTS = (
    "containerd",
    "coredns",
    "ctr",
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-proxy",
    "kube-scheduler",
    "kubectl",
    "kubelet",
)
"""Names under which the one program `kube` is linked."""

CNI_PLUGINS = ("host-local", "portmap", "ptp")
IMAGE_PROGRAMS = ("applets", "ipc", "logserver", "nslookup", "pause")
"""Programs of ours that images hold."""

OWN_PROGRAMS = ("images", "supervisor", *IMAGE_PROGRAMS)
_TAGS = "no_btrfs,no_zfs,no_aufs,no_devmapper"
_EVERY = 3.0  # seconds between two words of progress


def source_files(sources: Path) -> list[Path]:
    """What the programs are made of."""
    return [
        sources / "go.mod",
        sources / "go.sum",
        *(
            path
            for path in (sources / "cmd").rglob("*")
            if path.is_file() and not path.name.endswith("_test.go")
        ),
    ]


def programs_folder(sources: Path, cache: Path) -> Path:
    """Where the programs of these sources are, or will be."""
    key = fingerprint(sources, source_files(sources), KUBERNETES, _TAGS)
    return cache / "node" / f"programs-{key}"


def ensure_programs(sources: Path, cache: Path, progress: Progress) -> Path:
    """The folder of programs, built first if need be: about six minutes on two cores.

    Raises ClusterUnavailableError with the compiler's last words.
    """
    target = programs_folder(sources, cache)
    if target.is_dir():
        return target
    go = find_go(needed_version((sources / "go.mod").read_text("utf-8")), cache, progress)
    builder = Builder(go, sources, progress)
    build_once(target, builder.build_all)
    return target


@dataclass(frozen=True)
class Builder:
    """One Go toolchain at work on the node's module."""

    go: Path
    sources: Path
    progress: Progress

    def build_all(self, folder: Path) -> None:
        self._build(folder / "kube", ["./cmd/kube"], f"-s -w {version_flags()}", counted=True)
        self._build(f"{folder}{os.sep}", [f"./cmd/{name}" for name in OWN_PROGRAMS], "-s -w")
        self._build(f"{folder}{os.sep}", ["tool"], "-s -w")
        _arrange(folder)

    def _build(
        self, output: Path | str, packages: list[str], flags: str, *, counted: bool = False
    ) -> None:
        count = self._count(packages) if counted else 0
        command = [str(self.go), "build", "-v", "-trimpath", "-buildvcs=false", "-tags", _TAGS]
        command += ["-ldflags", flags, "-o", str(output), *packages]
        with self._started(command) as process:
            last = list(self._follow(process.stderr or (), count))[-20:]
        if process.returncode:
            raise ClusterUnavailableError(
                say("The node could not be built: {reason}", reason="\n".join(last))
            )

    def _count(self, packages: list[str]) -> int:
        """How many packages will be compiled at most; this also fetches the modules."""
        self.progress(say("Fetching the sources of Kubernetes {version}", version=KUBERNETES))
        command = [str(self.go), "list", "-deps", "-tags", _TAGS, *packages]
        with tempfile.TemporaryFile("w+", encoding="utf-8") as listed:
            with self._started(command, output=listed) as process:
                said = list(self._fetched(process.stderr or ()))
            if process.returncode:
                reason = "\n".join(said[-10:])
                raise ClusterUnavailableError(
                    say("The node's sources could not be fetched: {reason}", reason=reason)
                )
            listed.seek(0)
            return sum(1 for _ in listed)

    def _fetched(self, lines: Iterable[str]) -> Iterator[str]:
        """Go's lines, while progress is told how many modules came."""
        often = Seldom(_EVERY)
        for done, line in enumerate(lines, 1):
            if often.now():
                self.progress(
                    say(
                        "Fetching the sources of Kubernetes {version}: {done} modules",
                        version=KUBERNETES,
                        done=done,
                    )
                )
            yield line.rstrip()

    def _follow(self, lines: Iterable[str], count: int) -> Iterator[str]:
        """The compiler's lines, while progress is told how many packages are done."""
        often = Seldom(_EVERY)
        if count:
            self._tell(0, count)
        for done, line in enumerate(lines, 1):
            if count and often.now():
                self._tell(done, count)
            yield line.rstrip()

    def _tell(self, done: int, count: int) -> None:
        self.progress(
            say(
                "Building Kubernetes: {done} of {count} packages",
                done=f"{done:,}",
                count=f"{count:,}",
            )
        )

    @contextmanager
    def _started(
        self, command: list[str], output: int | IO[str] = subprocess.DEVNULL
    ) -> Iterator[subprocess.Popen[str]]:
        environment = os.environ | {
            "CGO_ENABLED": "0",
            "GOFLAGS": "-mod=readonly",
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
        }
        process = start(command, folder=self.sources, environment=environment, output=output)
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        finally:
            process.wait()


class Seldom:
    """Says yes at most once in so many seconds, and not at the very first."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._last = time.monotonic()

    def now(self) -> bool:
        if time.monotonic() - self._last < self._seconds:
            return False
        self._last = time.monotonic()
        return True


def version_flags() -> str:
    """Linker flags that tell the programs which Kubernetes they are."""
    major, minor, _ = KUBERNETES.split(".")
    values = {"gitVersion": f"v{KUBERNETES}", "gitMajor": major, "gitMinor": minor}
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    return " ".join(
        f"-X {package}.{key}={value}" for package in packages for key, value in values.items()
    )


def _arrange(folder: Path) -> None:
    """Links for the components, a folder of their own for the CNI plug-ins."""
    for name in COMPONENTS:
        (folder / name).symlink_to("kube")
    (folder / "cni").mkdir()
    for name in CNI_PLUGINS:
        (folder / name).rename(folder / "cni" / name)
