"""What a kind of our own is made of, built once for its inputs: programs, root, node image."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from podgrade.cluster.providers.node_build import KUBERNETES, ensure_programs, version_flags
from podgrade.cluster.providers.node_cache import build_once, fingerprint
from podgrade.cluster.providers.node_go import go_for_node
from podgrade.cluster.providers.node_images import ensure_images
from podgrade.cluster.providers.node_paths import cache_folder, node_sources

HERE = Path(__file__).parent
KIND = "v0.33.0"
LOOPBACK = "github.com/containernetworking/plugins/plugins/main/loopback"
LOCAL_PATH = "github.com/rancher/local-path-provisioner"
_TAGS = "no_btrfs,no_zfs,no_aufs,no_devmapper"  # the node's: what it compiled serves us, too

Command = Sequence[str | Path]

APART = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
"""What is started so is ended with all its processes and mounts, even by SIGKILL."""


def tell(words: object) -> None:
    """A line of progress, with the time."""
    print(f"kind: {time.strftime('%H:%M:%S')} {words}", flush=True)


def call(
    command: Command,
    *,
    seconds: float = 600,
    env: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> str:
    """Run a program and return what it printed. Raises RuntimeError with its last words.

    `env` is added to this process's environment.
    """
    words = " ".join(map(str, command))[:300]
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            command,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            env={**os.environ, **(env or {})},
            cwd=folder,
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"{words}: it did not end within {seconds:.0f} s") from error
    if done.returncode:
        said = f"{done.stdout[-3000:]}{done.stderr[-1500:]}".strip()
        raise RuntimeError(f"{words}: {said}")
    return done.stdout


@dataclass(frozen=True)
class Parts:
    """Where everything is that Docker and kind need here."""

    node: Path  # the node's programs: Kubernetes, containerd, the CNI plug-ins
    images: Path  # the node's images: an OCI layout
    programs: Path  # kind, kubeadm, CoreDNS, the provisioner of volumes, a CNI plug-in
    sources: Path  # kind's own sources, for the files of its base image


def ensure_parts() -> Parts:
    """All programs and images, built first where they are not in the cache."""
    cache = cache_folder()
    node = ensure_programs(node_sources(), cache, tell)
    images = ensure_images(node_sources(), cache, node, tell)
    go = go_for_node()
    programs = build_once(programs_folder(cache), lambda work: _build(go, work))
    return Parts(node, images, programs, kind_sources(go))


def programs_folder(cache: Path) -> Path:
    """Where the programs of these sources are, or will be."""
    node = node_sources()
    versions = (node / "go.mod").read_text("utf-8")
    own = [HERE / "go.mod", HERE / "go.sum", *(HERE / "cmd").rglob("*.go")]
    built = fingerprint(HERE, own, versions, KIND, KUBERNETES, LOOPBACK, LOCAL_PATH)
    return cache / "kind" / f"programs-{built}"


def _build(go: Path, work: Path) -> None:
    environment = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    began = time.monotonic()
    tell(f"building kind {KIND}")
    install: Command = [go, "install", "-trimpath", "-ldflags", "-s -w", f"sigs.k8s.io/kind@{KIND}"]
    call(install, seconds=1800, env={**environment, "GOBIN": str(work), "GOFLAGS": ""})
    tell("building kubeadm, CoreDNS, the provisioner of volumes and a CNI plug-in")
    modules = work / "go.mod"
    modules.write_text(joined_modules(), encoding="utf-8")
    sums = (node_sources() / "go.sum").read_text("utf-8") + (HERE / "go.sum").read_text("utf-8")
    modules.with_suffix(".sum").write_text(sums, encoding="utf-8")
    options = [f"-modfile={modules}", "-trimpath", "-tags", _TAGS]
    linked = ["-buildvcs=false", "-ldflags", f"-s -w {version_flags()}", "-o", f"{work}{os.sep}"]
    reading = {**environment, "GOFLAGS": "-mod=readonly"}
    build: Command = [go, "build", *options, *linked, "./cmd/...", LOOPBACK, LOCAL_PATH]
    call(build, seconds=1800, env=reading, folder=HERE)
    call([go, "vet", *options, "./cmd/..."], seconds=600, env=reading, folder=HERE)
    tell(f"built in {time.monotonic() - began:.0f} s")


def joined_modules() -> str:
    """The node's go.mod with the modules that kubeadm and more plug-ins of CoreDNS need besides."""
    node = (node_sources() / "go.mod").read_text("utf-8")
    more = re.search(r"^require \(.*?^\)$", (HERE / "go.mod").read_text("utf-8"), re.M | re.S)
    if more is None:
        raise RuntimeError("ci/kind/go.mod requires nothing")
    named = re.sub(r"^module .*$", "module podgrade.dev/kind", node, count=1, flags=re.M)
    # The node's programs of others are not built here.
    return re.sub(r"^tool \(.*?^\)$", "", named, flags=re.M | re.S) + f"\n{more[0]}\n"


def kind_sources(go: Path) -> Path:
    """Kind's sources, as Go keeps them."""
    told = call([go, "mod", "download", "-json", f"sigs.k8s.io/kind@{KIND}"], folder=HERE)
    return Path(json.loads(told)["Dir"])


def named_images(parts: Parts) -> dict[str, list[str]]:
    """The names of the images that a node must have, by the program that each runs unasked."""
    version = f"--kubernetes-version=v{KUBERNETES}"
    listed = call([parts.programs / "kubeadm", "config", "images", "list", version]).split()
    base = parts.sources / "images/base/files/etc/containerd/config.toml"
    pause = re.findall(r'sandbox_image = "(.+)"', base.read_text("utf-8"))
    folder = parts.sources / "pkg/build/nodeimage"
    files = [folder / f"const_{one}.go" for one in ("cni", "storage")]
    constants = "".join(file.read_text("utf-8") for file in files)
    found: dict[str, list[str]] = {"": [], "coredns": [], "kindnetd": [], "pause": pause}
    for name in (*listed, *re.findall(r'"(docker\.io/kindest/[^"]+)"', constants)):
        program = name.rpartition(":")[0].rpartition("/")[2]
        if program != "pause":
            found[program if program in found else ""].append(name)
    return found
