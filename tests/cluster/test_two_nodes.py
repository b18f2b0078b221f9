"""A cluster of two nodes: what runs on one reaches the other, and one may die."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.cluster import cut_off
from tests.cluster.conftest import say_progress
from tests.cluster.kubectl import CLAIM, IDLE, Kubectl, busybox, keeping, pod
from tests.cluster.leftovers import gone_with, host_state
from tests.cluster.outputs import PODGRADE
from tests.cluster.own import kill, root_of
from tests.cluster.programs import Programs
from tests.waiting import until

from podgrade.cluster.providers import ClusterStatus
from podgrade.cluster.providers.node import NodeProvider
from podgrade.cluster.providers.node_paths import cluster_folder, kubeconfig_path
from podgrade.model.errors import ClusterUnavailableError

pytestmark = pytest.mark.alone  # compares the state of the whole machine

NAME = "podgrade-test-two"
NODES = (NAME, f"{NAME}-2")
PODS = {node: f"on-{number}" for number, node in enumerate(NODES, 1)}
PORT = 8000
LIMIT = 180  # seconds; a grading takes a few, and 20 more where a node does not answer


@pytest.fixture(scope="module")
def before(node: NodeProvider) -> dict[str, set[str]]:
    """The host's state without this cluster."""
    node.down(NAME, say_progress)
    return host_state()


@pytest.fixture(scope="module")
def two(before: dict[str, set[str]], node: NodeProvider) -> Iterator[ClusterStatus]:
    yield NodeProvider(nodes=2).up(NAME, say_progress)
    node.down(NAME, say_progress)


@pytest.fixture(scope="module")
def kubectl(two: ClusterStatus) -> Kubectl:
    return Kubectl(kubeconfig_path(NAME))


@pytest.fixture(scope="module")
def pods(kubectl: Kubectl) -> dict[str, str]:
    """A Pod on each node, with a Service of its name that says the name; their addresses."""
    for node, name in PODS.items():
        says = f"echo here; mkdir /web; echo {name} > /web/index.html"
        main = busybox(f"{says}; httpd -p {PORT} -h /web; {IDLE}")
        kubectl.apply(pod(name, main, nodeName=node), namespace="default")
        kubectl("expose", "pod", name, f"--port={PORT}")
    kubectl.ready(*PODS.values(), namespace="default", limit=60)
    return {name: kubectl.get("pod", name, "default")["status"]["podIP"] for name in PODS.values()}


def hears(kubectl: Kubectl, name: str, address: str) -> str:
    """What one Pod is told at an address."""
    url = f"http://{address}:{PORT}/"
    return kubectl("exec", name, "--", "wget", "-q", "-T", "5", "-O", "-", url).strip()


def test_both_are_nodes_of_their_own(two: ClusterStatus, kubectl: Kubectl) -> None:
    assert [(one.name, one.ready) for one in two.nodes] == [(name, True) for name in NODES]
    assert [part.name for part in two.nodes[1].components] == [
        "containerd",
        "kube-proxy",
        "kubelet",
    ]
    assert all(part.running for part in two.nodes[1].components)
    found = [kubectl.get("node", name, "default") for name in NODES]
    assert len({one["spec"]["podCIDR"] for one in found}) == 2
    assert len({one["status"]["addresses"][0]["address"] for one in found}) == 2


def test_pods_reach_each_other_by_address_service_and_name(
    kubectl: Kubectl, pods: dict[str, str]
) -> None:
    first, second = pods
    for asks, other in ((first, second), (second, first)):
        service = kubectl.get("service", other, "default")["spec"]["clusterIP"]
        for address in (pods[other], service, other):
            said = kubectl.until(lambda asks=asks, address=address: hears(kubectl, asks, address))
            assert said == other, address


def test_logs_and_exec_on_the_second(kubectl: Kubectl, pods: dict[str, str]) -> None:
    assert kubectl("logs", PODS[NODES[1]]) == "here\n"
    assert kubectl("exec", PODS[NODES[1]], "--", "hostname").strip() == PODS[NODES[1]]


def test_a_volume_is_the_same_on_both(kubectl: Kubectl, two: ClusterStatus) -> None:
    scripts = ("echo kept > /data/file", "until cat /data/file; do sleep 0.2; done")
    for node, script in zip(NODES, scripts, strict=True):
        made = keeping(f"volume-{PODS[node]}", f"{script}; {IDLE}", nodeName=node)
        kubectl.apply(*([CLAIM] if node == NAME else []), made, namespace="default")
    name = f"volume-{PODS[NODES[1]]}"
    kubectl.ready(name, namespace="default")
    kubectl.until(lambda: kubectl("exec", name, "--", "grep", "kept", "/data/file"))


def test_another_number_is_refused_in_a_sentence(two: ClusterStatus) -> None:
    assert NodeProvider().up(NAME, say_progress).phase == "ready"
    with pytest.raises(ClusterUnavailableError, match=r"another number of nodes \(2, not 1\)"):
        NodeProvider(nodes=1).up(NAME, say_progress)


def test_a_page_from_a_node_that_is_cut_off_is_nobodys_mistake(
    kubectl: Kubectl, two: ClusterStatus, tmp_path: Path
) -> None:
    """It is missing long before the control plane notices, which takes it 40 s."""
    file = cut_off.pack(tmp_path, NAME, NODES[1])
    # podgrade's own Pod, from which the page is asked for, is to be on the other one.
    kubectl("taint", "node", NODES[1], "only=chosen:PreferNoSchedule")
    words = [PODGRADE, "check", "page", file, f"--kubeconfig={kubectl.kubeconfig}", "--format=json"]
    try:
        with Programs() as programs:
            ended = programs.run(words, tmp_path, LIMIT)
    finally:
        cut_off.mend(NAME)
        kubectl("taint", "node", NODES[1], "only-")
    told = {one["name"]: one for one in json.loads(ended.stdout)["results"]}
    assert told["test_comes"]["verdict"] == "passed", told
    assert told["test_comes_again"]["verdict"] == "error", told
    # "does not answer", or where all is so slow that the control plane has noticed: "is not Ready"
    assert f"node {NODES[1]} " in told["test_comes_again"]["cause"]["rationale"]
    kubectl("wait", "--for=condition=Ready", f"node/{NODES[1]}", "--timeout=60s")


def test_a_node_that_dies_is_told_and_comes_back(
    node: NodeProvider, kubectl: Kubectl, pods: dict[str, str], tmp_path: Path
) -> None:
    other, root = NODES[1], root_of(NAME)
    with watching(kubectl, other, tmp_path / "seen") as seen:
        until(lambda: " Ready " in seen())
        kill(NAME, other)
        until(lambda: " NotReady " in seen())
    assert node.up(NAME, say_progress).phase == "ready"
    assert root_of(NAME) == root  # only that node was started again
    part = next(part for part in node.status(NAME).components if part.name == other)
    assert "killed by signal 9" in part.last_exit
    # Its Pods are started again there, like those of a machine that was switched off.
    kubectl.until(lambda: is_back(kubectl, PODS[other]), limit=60)
    assert kubectl("exec", PODS[other], "--", "hostname").strip() == PODS[other]


@contextmanager
def watching(kubectl: Kubectl, name: str, file: Path) -> Iterator[Callable[[], str]]:
    """Every state of a node from now on, also one that passes quickly."""
    with file.open("w") as output:
        command = kubectl.command("get", "node", name, "--watch", "--no-headers")
        process = subprocess.Popen(command, stdout=output)
    try:
        yield file.read_text
    finally:
        process.kill()
        process.wait()


def is_back(kubectl: Kubectl, name: str) -> None:
    """Its container runs for the second time, and a Pod of the other node hears it."""
    status = kubectl.get("pod", name, "default")["status"]
    assert status["containerStatuses"][0]["restartCount"] == 1
    assert hears(kubectl, PODS[NAME], status["podIP"]) == name


def test_down_leaves_nothing_of_either(
    two: ClusterStatus, node: NodeProvider, pods: dict[str, str], before: dict[str, set[str]]
) -> None:
    with gone_with(root_of(NAME), before):
        node.down(NAME, say_progress)
    assert not cluster_folder(NAME).exists()
