"""What a cluster of several nodes consists of, and how it says it is."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from podgrade.cluster.providers import ComponentStatus, node
from podgrade.cluster.providers.node_network import MOST_NODES, SLOTS, Addresses
from podgrade.cluster.providers.node_paths import cluster_folder
from podgrade.cluster.providers.node_plan import cgroup_roots, config, planned_nodes
from podgrade.cluster.providers.node_status import read_status
from podgrade.model.errors import ClusterUnavailableError

PATHS = (Path("/programs"), Path("/images"))


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("PODGRADE_STATE", str(tmp_path))


def test_one_node_has_all_of_the_pods_range():
    told = config("alone", Addresses(0), *PATHS, 1)
    assert told["node_pods"] == told["pod_range"] == "10.244.0.0/16"
    assert (told["node_address"], told["host_address"]) == ("10.213.0.2", "10.213.0.1")
    assert told["nodes"] == []


def test_further_nodes_have_a_link_and_a_range_each():
    told = config("two", Addresses(0), *PATHS, 2)
    assert told["node_pods"] == "10.244.0.0/20"
    assert told["nodes"] == [
        {
            "name": "two-2",
            "address": "10.213.0.6",
            "gateway": "10.213.0.5",
            "pod_range": "10.244.16.0/20",
            "cgroup_root": f"{told['cgroup_root']}-2",
        }
    ]


@pytest.mark.parametrize("slot", range(SLOTS))
def test_as_many_as_can_be_do_not_overlap(slot):
    addresses = Addresses(slot)
    shares = addresses.shares(MOST_NODES)
    links = {IPv4Network(f"{share.address}/30", strict=False) for share in shares}
    assert len(links) == len({share.pods for share in shares}) == MOST_NODES
    assert all(link.subnet_of(addresses.nodes_net) for link in links)
    assert all(share.pods.subnet_of(addresses.pods) for share in shares)
    assert all(IPv4Network(f"{share.gateway}/30", strict=False) in links for share in shares)


def test_nodes_that_a_cluster_was_started_with():
    assert planned_nodes("two") == ["two"]
    folder = cluster_folder("two")
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config("two", Addresses(0), *PATHS, 3)))
    assert planned_nodes("two") == ["two", "two-2", "two-3"]


def test_control_groups_are_a_clusters_own():
    one, other = cgroup_roots("two", 2), cgroup_roots("two-2", 2)
    assert len({*one, *other}) == 4


PART = {"pid": 7, "running": True, "restarts": 0, "since": "", "last_exit": ""}


def written(folder: Path, *, ready: bool) -> None:
    """What the supervisors of two nodes write down."""
    further = {"name": "two-2", "ready": ready, "message": "" if ready else "it ended"}
    said = {
        "phase": "ready",
        "step": "",
        "problem": "",
        "seconds": 5.0,
        "components": [{"name": "etcd", **PART}],
        "nodes": [{"name": "two", "ready": True, "message": ""}, further],
    }
    theirs = {**said, "components": [{"name": "kubelet", **PART}], "nodes": []}
    for place, what in ((folder, said), (folder / "nodes" / "two-2", theirs)):
        place.mkdir(parents=True)
        (place / "status.json").write_text(json.dumps(what))


def test_a_cluster_is_ready_when_its_nodes_are(tmp_path):
    written(tmp_path / "two", ready=True)
    status = read_status("two", tmp_path / "two")
    assert status.phase == "ready"
    assert [part.name for part in status.components] == ["etcd"]
    assert status.nodes[1].components == (ComponentStatus("kubelet", True, 0, ""),)


def test_a_cluster_is_not_ready_while_a_node_is_not(tmp_path):
    written(tmp_path / "two", ready=False)
    status = read_status("two", tmp_path / "two")
    assert (status.phase, status.step) == ("repairing", "node")
    assert (status.nodes[1].ready, status.nodes[1].problem) == (False, "it ended")


def test_nothing_written_down_yet(tmp_path):
    assert read_status("two", tmp_path).phase == "starting"


@pytest.mark.parametrize("wanted", [None, 2])
def test_another_number_of_nodes_is_said_not_made(monkeypatch, tmp_path, wanted):
    written(tmp_path / "two", ready=True)
    said = read_status("two", tmp_path / "two")
    monkeypatch.setattr(node.NodeProvider, "status", lambda self, name: said)
    provider = node.NodeProvider(nodes=wanted)
    if wanted is None:
        assert provider.up("two", print) == said
        return
    with pytest.raises(ClusterUnavailableError, match=r"number of nodes \(1, not 2\)") as told:
        provider.up("two", print)
    assert "podgrade cluster down --provider node --name two" in str(told.value)
