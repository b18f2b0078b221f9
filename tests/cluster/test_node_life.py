"""A cluster's start, repair and end: with clusters of their own, beside the one that is shared."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cluster.conftest import say_progress
from tests.cluster.kubectl import Kubectl
from tests.cluster.leftovers import alive, descendants, gone_with, host_pid, host_state
from tests.cluster.own import kill, root_of, works
from tests.waiting import until

from podgrade.cluster.providers import ClusterStatus
from podgrade.cluster.providers.node import NodeProvider
from podgrade.cluster.providers.node_paths import cluster_folder, kubeconfig_path

pytestmark = pytest.mark.alone  # compares the state of the whole machine

ONE, OTHER = "podgrade-test-one", "podgrade-test-other"


@pytest.fixture(scope="module")
def before(kubeconfig: Path, node: NodeProvider) -> dict[str, set[str]]:
    """The host's state while the shared cluster is up and ours are not."""
    for name in (ONE, OTHER):
        node.down(name, say_progress)
    return host_state()


@pytest.fixture(scope="module")
def one(before: dict[str, set[str]], node: NodeProvider) -> Iterator[ClusterStatus]:
    """A cluster that may be hurt."""
    yield node.up(ONE, say_progress)
    node.down(ONE, say_progress)


def restarts(node: NodeProvider, name: str, component: str) -> int:
    parts = {part.name: part for part in node.status(name).components}
    return parts[component].restarts if parts[component].running else -1


def test_up_is_quick_and_idempotent(one: ClusterStatus, node: NodeProvider) -> None:
    assert one.phase == "ready"
    assert one.seconds < 30  # on a machine that tests something else meanwhile; 5 to 6 s alone
    root = root_of(ONE)
    assert node.up(ONE, say_progress).phase == "ready"
    assert root_of(ONE) == root


def test_status_names_every_component(one: ClusterStatus, node: NodeProvider) -> None:
    parts = node.status(ONE).components
    assert {part.name for part in parts} == {
        "containerd",
        "coredns",
        "etcd",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-proxy",
        "kube-scheduler",
        "kubelet",
    }
    assert all(part.running for part in parts)


def test_default_service_account_and_dns_are_there(one: ClusterStatus) -> None:
    kubectl = Kubectl(kubeconfig_path(ONE))
    kubectl("get", "serviceaccount", "default")
    works(ONE)


@pytest.mark.parametrize(
    "component",
    ["containerd", "etcd", "kube-apiserver", "kube-controller-manager", "kubelet", "coredns"],
)
def test_a_component_that_dies_is_started_again(
    one: ClusterStatus, node: NodeProvider, component: str
) -> None:
    known = restarts(node, ONE, component)
    kill(ONE, component)
    until(lambda: restarts(node, ONE, component) > known)
    part = next(part for part in node.status(ONE).components if part.name == component)
    assert "killed by signal 9" in part.last_exit
    assert node.up(ONE, say_progress).phase == "ready"
    works(ONE)


def test_two_clusters_at_once(one: ClusterStatus, node: NodeProvider) -> None:
    try:
        node.up(OTHER, say_progress)
        works(OTHER)
        works(ONE)
        addresses = {
            Kubectl(kubeconfig_path(name)).get("service", "kubernetes", "default")["spec"][
                "clusterIP"
            ]
            for name in (ONE, OTHER)
        }
        assert len(addresses) == 2
    finally:
        node.down(OTHER, say_progress)
    assert node.status(OTHER).phase == "absent"
    assert node.status(ONE).phase == "ready"


@pytest.mark.parametrize("victim", ["unshare", "supervisor"])
def test_what_is_left_of_a_killed_supervisor(
    one: ClusterStatus, node: NodeProvider, victim: str
) -> None:
    root = root_of(ONE)
    everything = descendants(root)
    assert len(everything) > 8
    os.kill(root if victim == "unshare" else host_pid(1, root), signal.SIGKILL)
    until(lambda: not alive(everything), limit=20)
    until(lambda: node.status(ONE).phase == "stopped", limit=5)
    assert node.up(ONE, say_progress).phase == "ready"
    works(ONE)


def test_down_leaves_nothing(
    one: ClusterStatus, node: NodeProvider, before: dict[str, set[str]]
) -> None:
    works(ONE)
    with gone_with(root_of(ONE), before):
        node.down(ONE, say_progress)
    assert not cluster_folder(ONE).exists()
    node.down(ONE, say_progress)
    assert node.status(ONE).phase == "absent"


def test_merged_kubeconfig_goes_with_the_cluster(
    node: NodeProvider,
    before: dict[str, set[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = tmp_path / "config"
    monkeypatch.setenv("KUBECONFIG", str(own))
    try:
        node.up(ONE, say_progress)
        assert not own.exists()
        assert node.merge_kubeconfig(ONE) == own
        assert Kubectl(own)("config", "current-context").strip() == ONE
    finally:
        node.down(ONE, say_progress)
    assert ONE not in own.read_text()
