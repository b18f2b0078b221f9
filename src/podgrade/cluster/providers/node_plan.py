"""What a cluster of the provider `node` consists of: its nodes, and what the supervisor is told."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from podgrade.cluster.providers.node_facts import find_command
from podgrade.cluster.providers.node_network import UPLINK, Addresses
from podgrade.cluster.providers.node_paths import cluster_folder


def config(
    name: str, addresses: Addresses, programs: Path, images: Path, nodes: int
) -> dict[str, Any]:
    """What cmd/supervisor/config.go reads."""
    first, *further = zip(
        node_names(name, nodes), addresses.shares(nodes), cgroup_roots(name, nodes), strict=True
    )
    return {
        "name": name,
        "node_address": first[1].address,
        "host_address": first[1].gateway,
        "link_bits": addresses.link_net.prefixlen,
        "pod_range": str(addresses.pods),
        "node_pods": str(first[1].pods),
        "service_range": str(addresses.services),
        "api_address": addresses.api,
        "dns_address": addresses.dns,
        "programs": str(programs),
        "images": str(images),
        "folder": str(cluster_folder(name)),
        "runc": find_command("runc"),
        "cgroup_root": first[2],
        "uplink": UPLINK,
        "nodes": [
            {
                "name": node,
                "address": share.address,
                "gateway": share.gateway,
                "pod_range": str(share.pods),
                "cgroup_root": root,
            }
            for node, share, root in further
        ],
    }


def node_names(name: str, nodes: int) -> list[str]:
    """The control plane is called as the cluster; then NAME-2 and so on."""
    return [name, *(f"{name}-{number}" for number in range(2, nodes + 1))]


def cgroup_roots(name: str, nodes: int) -> list[str]:
    """One a node. The name alone is not enough: another user may have a cluster of that name."""
    folder = hashlib.sha256(str(cluster_folder(name)).encode()).hexdigest()[:6]
    return node_names(f"/podgrade-{name}-{folder}", nodes)


def planned_nodes(name: str) -> list[str]:
    """The names of the nodes of a cluster that was started; of any other, of the one it has."""
    try:
        config = json.loads((cluster_folder(name) / "config.json").read_text("utf-8"))
        return [name, *(node["name"] for node in config["nodes"])]
    except (OSError, ValueError, KeyError):
        return [name]
