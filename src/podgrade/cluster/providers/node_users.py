"""Whose clusters run from the cache: any state folder's, whoever sweeps it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from podgrade.cluster.providers.node_cache import locked, sweep_old


def sweep_cache(cache: Path, clusters: Path) -> None:
    """Older programs and images go, but for those that a cluster was started with.

    `clusters`, the folder of the caller's own, is known to every later sweep as well.
    """
    users = cache / "users"
    with locked(cache / ".sweep-lock"):
        _enter(users, clusters)
        used = {folder for user in _known(users) for folder in _started_with(user)}
        for kind in ("programs", "images"):
            sweep_old(cache, kind, used)


def _enter(users: Path, clusters: Path) -> None:
    users.mkdir(exist_ok=True)
    name = hashlib.sha256(str(clusters).encode()).hexdigest()[:16]
    with suppress(FileExistsError):
        (users / name).symlink_to(clusters)


def _known(users: Path) -> Iterator[Path]:
    """All folders of clusters; one that is gone is forgotten."""
    for user in list(users.iterdir()):
        try:
            user.stat()
        except FileNotFoundError:
            user.unlink()
        else:
            yield user


def _started_with(clusters: Path) -> Iterator[Path]:
    """The folders of the cache that clusters have, also those that do not run just now."""
    for path in clusters.glob("*/config.json"):
        with suppress(OSError, ValueError, KeyError):
            config = json.loads(path.read_text("utf-8"))
            yield from (Path(config["programs"]), Path(config["images"]))
