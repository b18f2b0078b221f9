"""Addresses of a node cluster, and its link to the host."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import Any

from podgrade.cluster.providers.node_commands import run
from podgrade.cluster.providers.node_facts import find_command
from podgrade.model.errors import ClusterUnavailableError
from podgrade.model.text import say

UPLINK = "eth0"  # the link's name inside the node

# Second octets of (Services, Pods), far apart: one wide route must not take them all.
_OCTETS = (
    *((96, 244), (97, 243), (112, 228), (113, 227), (128, 212), (129, 211)),
    *((144, 196), (145, 195), (160, 184), (161, 183)),
)
_RANGES = (
    *(
        (f"10.{services}.0.0/16", f"10.{pods}.0.0/16", f"10.213.{slot}.0/30")
        for slot, (services, pods) in enumerate(_OCTETS)
    ),
    # Where all of 10.0.0.0/8 is routed (to an office, say): shared and benchmarking ranges.
    ("100.96.0.0/16", "100.97.0.0/16", "100.98.0.0/30"),
    ("198.19.0.0/17", "198.18.0.0/16", "198.19.128.0/30"),
)
SLOTS = len(_RANGES)
_NODES_BITS = 26  # sixteen links
_POD_SHARE_BITS = 4  # sixteen parts of the Pods' range
MOST_NODES = 16


@dataclass(frozen=True)
class Addresses:
    """What one cluster uses; everything follows from the slot."""

    slot: int

    @property
    def services(self) -> IPv4Network:
        return IPv4Network(_RANGES[self.slot][0])

    @property
    def pods(self) -> IPv4Network:
        return IPv4Network(_RANGES[self.slot][1])

    @property
    def link_net(self) -> IPv4Network:
        return IPv4Network(_RANGES[self.slot][2])

    @property
    def nodes_net(self) -> IPv4Network:
        """The links of all nodes that a cluster may have; the first is the one to the host."""
        return self.link_net.supernet(new_prefix=_NODES_BITS)

    @property
    def host(self) -> str:
        return str(self.link_net[1])

    @property
    def node(self) -> str:
        return str(self.link_net[2])

    @property
    def api(self) -> str:
        return str(self.services[1])

    @property
    def dns(self) -> str:
        return str(self.services[10])

    @property
    def link(self) -> str:
        """The link's name on the host."""
        return f"podgrade{self.slot}"

    def clashes(self, routes: Iterable[IPv4Network]) -> bool:
        ours = (self.nodes_net, self.pods, self.services)
        return any(mine.overlaps(route) for route in routes for mine in ours)

    def shares(self, nodes: int) -> list[Share]:
        """What each of so many nodes has, the control plane first.

        Raises IndexError for more than MOST_NODES.
        """
        if nodes == 1:
            return [Share(self.node, self.host, self.pods)]
        links = list(self.nodes_net.subnets(new_prefix=self.link_net.prefixlen))
        pods = list(self.pods.subnets(prefixlen_diff=_POD_SHARE_BITS))
        return [Share(str(links[at][2]), str(links[at][1]), pods[at]) for at in range(nodes)]


@dataclass(frozen=True)
class Share:
    """One node's part of the addresses."""

    address: str
    gateway: str  # the other end of its link: the host, else the control plane
    pods: IPv4Network


def pick(routes: Iterable[IPv4Network]) -> Addresses:
    """The first slot whose ranges overlap with none of the host's routes.

    Raises ClusterUnavailableError when all are taken.
    """
    known = list(routes)
    for slot in range(SLOTS):
        candidate = Addresses(slot)
        if not candidate.clashes(known):
            return candidate
    raise ClusterUnavailableError(
        say(
            "No address range is free: the host's routes overlap with all {count} candidates."
            " End a cluster that is not needed, or use kind.",
            count=SLOTS,
        )
    )


def host_routes() -> list[IPv4Network]:
    """Every IPv4 destination the host has a route to, the default route aside."""
    listing = _ip("-json", "-4", "route", "show", "table", "all")
    return parse_routes(json.loads(listing or "[]"))


def parse_routes(listing: Iterable[dict[str, Any]]) -> list[IPv4Network]:
    """The destinations in what `ip -json route` prints."""
    networks = []
    for entry in listing:
        if entry.get("dst", "default") == "default":
            continue
        network = ip_network(entry["dst"], strict=False)
        if isinstance(network, IPv4Network) and network.prefixlen:
            networks.append(network)
    return networks


def connect(addresses: Addresses, process: int) -> None:
    """Make the link, hand its other end to the process's network namespace, set the routes."""
    link = addresses.link
    _ip("link", "add", link, "type", "veth", "peer", "name", UPLINK, "netns", str(process))
    _ip("addr", "add", f"{addresses.host}/{addresses.link_net.prefixlen}", "dev", link)
    _ip("link", "set", link, "up")
    for network in (addresses.pods, addresses.services, addresses.nodes_net):
        _ip("route", "add", str(network), "via", addresses.node, "dev", link)


def disconnect(link: str) -> None:
    """Remove the link, and with it its routes; nothing happens when there is none."""
    run([_command(), "link", "del", link])


def _ip(*arguments: str) -> str:
    done = run([_command(), *arguments])
    if done.returncode:
        raise ClusterUnavailableError(
            say(
                "The network of the cluster could not be set up: ip {arguments}: {reason}",
                arguments=" ".join(arguments),
                reason=done.stderr.strip(),
            )
        )
    return done.stdout


def _command() -> str:
    return find_command("ip") or "ip"
