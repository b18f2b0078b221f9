"""Address ranges: distinct by slot, never one that the host already has a route to."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from podgrade.cluster.providers.node_network import SLOTS, Addresses, parse_routes, pick
from podgrade.model.errors import ClusterUnavailableError


def test_the_first_slot_looks_like_any_cluster():
    first = pick([])
    assert (str(first.pods), str(first.services), first.dns) == (
        "10.244.0.0/16",
        "10.96.0.0/16",
        "10.96.0.10",
    )


def test_no_two_slots_overlap():
    ranges = [
        network
        for slot in range(SLOTS)
        for network in (Addresses(slot).pods, Addresses(slot).services, Addresses(slot).link_net)
    ]
    for index, one in enumerate(ranges):
        assert not any(one.overlaps(other) for other in ranges[index + 1 :])


@pytest.mark.parametrize(
    "route", ["10.96.0.0/12", "10.244.3.0/24", "10.213.0.2/32", "10.213.0.0/30"]
)
def test_a_range_that_clashes_is_avoided(route):
    picked = pick([IPv4Network(route)])
    assert picked.slot > 0
    assert not picked.clashes([IPv4Network(route)])


def test_no_range_left():
    with pytest.raises(ClusterUnavailableError, match="No address range is free"):
        pick([IPv4Network("0.0.0.0/1"), IPv4Network("128.0.0.0/1")])


def test_a_host_that_routes_all_of_10_elsewhere():
    assert str(pick([IPv4Network("10.0.0.0/8")]).pods) == "100.97.0.0/16"


def test_routes_are_read_without_the_default_route():
    listing = [
        {"dst": "default", "gateway": "192.0.2.1"},
        {"dst": "192.0.2.0/24", "dev": "eth0"},
        {"type": "local", "dst": "127.0.0.1", "dev": "lo"},
        {"dst": "0.0.0.0/0"},
    ]
    assert parse_routes(listing) == [IPv4Network("192.0.2.0/24"), IPv4Network("127.0.0.1/32")]


def test_the_links_name_fits_the_kernel():
    assert all(len(Addresses(slot).link) <= 15 for slot in range(SLOTS))
