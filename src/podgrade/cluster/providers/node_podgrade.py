"""podgrade's own image for the node: its python image, and on top what is installed here.

It is put into the layout that the node's registry serves, where a running node finds it.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from podgrade.cluster.connection import Connection
from podgrade.cluster.providers import Progress
from podgrade.cluster.providers.node import NodeProvider
from podgrade.cluster.providers.node_cache import locked
from podgrade.cluster.providers.node_installed import Entry, installed
from podgrade.cluster.providers.node_paths import cluster_folder
from podgrade.model.errors import ClusterUnavailableError, PodgradeError
from podgrade.model.text import say

REPOSITORY = "docker.io/podgrade/podgrade"
_BASE = "docker.io/library/python:latest"
_NAME = "io.containerd.image.name"
_KEPT = 3  # images of earlier states of podgrade that stay to be pulled
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"

Data = dict[str, Any]


def image_of_node(connection: Connection, version: str, progress: Progress) -> str | None:
    """The name of the image of this podgrade on a node cluster of this machine, made first if
    need be; None for any other cluster.

    Raises ClusterUnavailableError where it cannot be made.
    """
    layout = _layout(connection)
    if layout is None:
        return None
    with locked(layout.parent / f".{layout.name}.lock"):
        return Maker(layout, progress).ensure(version)


def _layout(connection: Connection) -> Path | None:
    """The images of the node cluster that this is a connection to."""
    try:
        status = NodeProvider().status(connection.context)
        folder = cluster_folder(connection.context)
    except PodgradeError:  # a context that can be no name of ours
        return None
    if status.kubeconfig is None:
        return None
    if Connection.open(status.kubeconfig).host != connection.host:
        return None
    config = json.loads((folder / "config.json").read_text("utf-8"))
    return Path(config["images"])


class Maker:
    """Puts podgrade's image into an OCI layout, once for each state of what is installed."""

    def __init__(self, layout: Path, progress: Progress) -> None:
        self._layout = layout
        self._progress = progress
        self._index: Data = json.loads((layout / "index.json").read_text("utf-8"))

    def ensure(self, version: str) -> str:
        """The image's name."""
        entries = sorted(installed(), key=lambda entry: entry.name)
        base = self._base()
        name = f"{REPOSITORY}:{version}-{_state(entries, base['digest'])}"
        if not any(_named(one) == name for one in self._index["manifests"]):
            self._progress(say("Making podgrade's image for the node"))
            self._add(name, base, entries)
        return name

    def _base(self) -> Data:
        for one in self._index["manifests"]:
            if _named(one) == _BASE:
                return dict(one)
        raise ClusterUnavailableError(
            say("The node has no image {image}: bring the cluster up anew.", image=_BASE)
        )

    def _add(self, name: str, base: Data, entries: Iterable[Entry]) -> None:
        manifest = json.loads(self._blob(base["digest"]).read_text("utf-8"))
        config = json.loads(self._blob(manifest["config"]["digest"]).read_text("utf-8"))
        self._check_python(manifest)
        layer = self._put_layer(entries)
        config["rootfs"]["diff_ids"].append(layer["digest"])
        config.pop("history", None)
        manifest["config"] = self._put(json.dumps(config).encode(), _CONFIG)
        manifest["layers"].append(layer)
        described = self._put(json.dumps(manifest).encode(), _MANIFEST)
        self._list({**described, "annotations": {_NAME: name}})

    def _check_python(self, manifest: Data) -> None:
        """Compiled modules are for one minor version of Python only."""
        layers = (self._blob(layer["digest"]) for layer in manifest["layers"])
        found = next(filter(None, map(_python_of, layers)), None)
        if found != sys.version_info.minor:
            raise ClusterUnavailableError(
                say(
                    "podgrade runs on Python 3.{here}, and the node's image has 3.{there}: run "
                    "podgrade on that one, or name an image with --image (ci/image/README.md)",
                    here=sys.version_info.minor,
                    there=found or "?",
                )
            )

    def _list(self, added: Data) -> None:
        """Put the image into the index, which is replaced whole; older ones go."""
        ours = [one for one in self._index["manifests"] if _is_ours(one)]
        others = [one for one in self._index["manifests"] if not _is_ours(one)]
        self._index["manifests"] = [*others, *ours[1 - _KEPT :], added]
        new = self._layout / "index.json.new"
        new.write_text(json.dumps(self._index), encoding="utf-8")
        new.replace(self._layout / "index.json")
        for one in ours[: 1 - _KEPT]:
            self._drop(one)

    def _drop(self, image: Data) -> None:
        """What nothing else has: the manifest, its configuration and the layer on top."""
        path = self._blob(image["digest"])
        manifest = json.loads(path.read_text("utf-8"))
        for part in (manifest["config"], manifest["layers"][-1]):
            self._blob(part["digest"]).unlink(missing_ok=True)
        path.unlink()

    def _put_layer(self, entries: Iterable[Entry]) -> Data:
        new = self._layout / "blobs" / "layer.new"
        _write_layer(entries, new)
        with new.open("rb") as file:
            digest = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
        size = new.stat().st_size
        new.replace(self._blob(digest))
        return {"mediaType": _LAYER, "digest": digest, "size": size}

    def _put(self, data: bytes, media_type: str) -> Data:
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        path = self._blob(digest)
        if not path.exists():
            path.with_suffix(".new").write_bytes(data)
            path.with_suffix(".new").replace(path)
        return {"mediaType": media_type, "digest": digest, "size": len(data)}

    def _blob(self, digest: str) -> Path:
        return self._layout / "blobs" / digest.replace(":", "/")


def _named(image: Mapping[str, Any]) -> str:
    return str((image.get("annotations") or {}).get(_NAME))


def _is_ours(image: Mapping[str, Any]) -> bool:
    return _named(image).startswith(f"{REPOSITORY}:")


def _python_of(layer: Path) -> int | None:
    """The minor version of the Python 3 in a layer; None where there is none."""
    with tarfile.open(layer) as archive:
        for name in archive.getnames():
            found = re.fullmatch(r"(?:\./)?usr/bin/python3\.(\d+)", name)
            if found:
                return int(found[1])
    return None


def _state(entries: Iterable[Entry], base: str) -> str:
    """A hash of what goes into the image: of podgrade's files themselves, of others' the facts."""
    digest = hashlib.sha256(base.encode())
    for entry in entries:
        facts = entry.path.stat()
        digest.update(f"{entry.name}\0{facts.st_size}\0".encode())
        if "/podgrade/" in entry.name:
            digest.update(entry.path.read_bytes())
    return digest.hexdigest()[:16]


def _write_layer(entries: Iterable[Entry], target: Path) -> None:
    """An uncompressed tar; times stay, by which Python knows what it compiled."""
    with tarfile.open(target, mode="w") as archive:
        for entry in entries:
            header = tarfile.TarInfo(entry.name)
            facts = entry.path.stat()
            header.size, header.mtime, header.mode = facts.st_size, int(facts.st_mtime), 0o644
            with entry.path.open("rb") as file:
                archive.addfile(header, file)
