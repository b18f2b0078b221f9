"""The quick look of scripts: `python -m …node_ready [NAME]` prints the kubeconfig of a ready node.

Exits 1 and prints nothing when the cluster is not up. Imports little: it is asked at every call.
"""

from __future__ import annotations

import json
import sys

from podgrade.cluster.providers import node_process as processes
from podgrade.cluster.providers.node_paths import DEFAULT_NAME, cluster_folder, kubeconfig_path


def is_ready(name: str) -> bool:
    """Whether the supervisor lives and says that all is well."""
    folder = cluster_folder(name)
    process = processes.load(folder)
    if process is None or not process.alive():
        return False
    try:
        said = json.loads((folder / "status.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(said["phase"] == "ready")


if __name__ == "__main__":
    asked = sys.argv[1] if len(sys.argv) > 1 else DEFAULT_NAME
    if not is_ready(asked):
        sys.exit(1)
    print(kubeconfig_path(asked))
