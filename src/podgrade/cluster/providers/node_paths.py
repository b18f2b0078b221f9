"""Where the node provider keeps things, and where its sources are."""

from __future__ import annotations

import os
import re
from pathlib import Path

import platformdirs

from podgrade.model.errors import ClusterUnavailableError, UsageProblem
from podgrade.model.text import say

DEFAULT_NAME = "podgrade-node"
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?")


def cache_folder() -> Path:
    """Built programs and images, shared by all clusters; PODGRADE_CACHE overrides it."""
    given = os.environ.get("PODGRADE_CACHE")
    return Path(given) if given else platformdirs.user_cache_path("podgrade")


def state_folder() -> Path:
    """What running clusters need; PODGRADE_STATE overrides it."""
    given = os.environ.get("PODGRADE_STATE")
    return Path(given) if given else platformdirs.user_state_path("podgrade")


def checked_name(name: str) -> str:
    """The cluster's name. Raises UsageProblem for one that can be no host name and file name."""
    if not _NAME.fullmatch(name):
        raise UsageProblem(
            say(
                "{name} cannot be a cluster's name: use at most 40 small letters, digits and"
                " hyphens.",
                name=name,
            )
        )
    return name


def cluster_folder(name: str) -> Path:
    """The cluster's own folder, whether it is there or not. Raises UsageProblem for the name."""
    return state_folder().absolute() / "clusters" / checked_name(name)


def kubeconfig_path(name: str = DEFAULT_NAME) -> Path:
    """The kubeconfig of a node cluster; it exists while the cluster is up."""
    return cluster_folder(name) / "kubeconfig"


def node_sources() -> Path:
    """The folder `node`: in the wheel's bundle, or in the repository.

    Raises ClusterUnavailableError when neither is there.
    """
    package = Path(__file__).resolve().parents[2]
    for candidate in (package / "bundle" / "node", package.parents[1] / "node"):
        if (candidate / "go.mod").is_file():
            return candidate
    raise ClusterUnavailableError(
        say("The node's sources are missing from this installation: install podgrade again.")
    )
