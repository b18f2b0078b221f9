"""kind's node image: Kubernetes' release as kind wants it, made from our own programs."""

from __future__ import annotations

import hashlib
import json
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from ci.kind.parts import Parts, named_images
from ci.kind.root import add_text, image_settings, pods_layer

from podgrade.cluster.providers.node_build import KUBERNETES

BASE = "localhost:5/podgrade/kind-base:1"
"""kind always tries to pull it: an address where nothing listens says no at once."""

NODE = f"podgrade/kind-node:v{KUBERNETES}"
TINY = "podgrade/tiny:1"
"""An image that only Docker has, for `--load`."""

_SERVERS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy")
_WRAPPER = '#!/bin/bash\nexec -a {name} /usr/local/bin/kube "$@"\n'


def release(cache: Path, parts: Parts, target: Path) -> None:
    """A tar of the layout of kubernetes-server-linux-amd64.tar.gz.

    kind takes four image archives and of each the names of its first image. All images have the
    same files, so the other names stand beside those four.
    """
    server = "kubernetes/server/bin"
    with (
        tempfile.TemporaryDirectory(prefix="podgrade-kind-release-") as folder,
        tarfile.open(target, "w:gz", compresslevel=1) as archive,
    ):
        layer = Path(folder, "layer.tar")
        pods_layer(cache, parts, layer)
        digest = _digest(layer)
        add_text(archive, "kubernetes/version", f"v{KUBERNETES}\n".encode())
        archive.add(parts.programs / "kubeadm", f"{server}/kubeadm")
        for name in ("kubelet", "kubectl"):
            add_text(archive, f"{server}/{name}", _WRAPPER.format(name=name).encode())
        for server_name, (entrypoint, names) in zip(
            _SERVERS, named_images(parts).items(), strict=True
        ):
            image = Path(folder, "image.tar")
            _image(image, layer, digest, names, image_settings(entrypoint))
            archive.add(image, f"{server}/{server_name}.tar")


def _image(
    target: Path, layer: Path, digest: str, names: Sequence[str], settings: Mapping[str, object]
) -> None:
    """An image archive as `docker save` writes it; kind reads the first file that lists names."""
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": settings,
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
        }
    ).encode()
    name = f"{hashlib.sha256(config).hexdigest()}.json"
    listed = [{"Config": name, "RepoTags": list(names), "Layers": ["layer.tar"]}]
    with tarfile.open(target, "w") as archive:
        add_text(archive, "manifest.json", json.dumps(listed).encode())
        add_text(archive, name, config)
        archive.add(layer, "layer.tar")


def tiny(parts: Parts, target: Path) -> None:
    """A tar of the root of an image that holds one small program."""
    with tarfile.open(target, "w") as archive:
        archive.add(parts.node / "pause", "pause")


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
