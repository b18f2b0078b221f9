"""A node cluster of one's own, with a second node that kwok simulates.

kwok is the kubelet of a node without containers: Pods bound to it are said to run, are deleted,
and have one line of log, as kwok/config.yaml says. It runs in the network of the cluster's node
and shows the real kubelet's certificate, since the API server asks no kubelet without one. Its
node offers no memory, so that only Pods that ask for none, and for this node, are placed there.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podgrade.cluster.conditions import is_ready
from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.providers import node_process
from podgrade.cluster.providers.node import NodeProvider
from podgrade.cluster.providers.node_cache import build_once, fingerprint
from podgrade.cluster.providers.node_go import find_go, needed_version
from podgrade.cluster.providers.node_paths import cache_folder, cluster_folder
from podgrade.model.text import Words
from podgrade.workspace.run import MANAGED_BY, MANAGER

MODULE = Path(__file__).resolve().parent / "kwok"
PROGRAM = "sigs.k8s.io/kwok/cmd/kwok"
NODE = "simulated"
LABEL = "podgrade.dev/simulated"
_PORT = 10247  # of the simulated kubelet; the real one has 10250
_LOG = "2026-01-01T00:00:00.000000000Z stdout F up\n"  # as the container runtime writes it
_CERTIFICATE = "run/podgrade/files/kubelet"  # in the node's own mounts
_TO_COME = 60.0  # seconds until the simulated node is Ready
_TO_GO = 900.0  # seconds until a class's namespaces are gone
PROGRAMS = {
    "kube-apiserver": "API server CPU s",
    "etcd": "etcd CPU s",
    "kube-controller": "controllers CPU s",  # the kernel keeps 15 letters of a name
    "kube-scheduler": "scheduler CPU s",
}
_METRIC = re.compile(r"^(\w+)(?:\{(.*)\})? ([0-9.e+]+)$")
_WRITES = {"create", "update", "delete"}


@dataclass(frozen=True)
class Cluster:
    """What is up; `figures` grow while it is used."""

    name: str
    kubeconfig: Path
    connection: Connection

    def _settle(self) -> None:
        """Wait until no namespace of podgrade's is left. Raises TimeoutError."""
        end = time.monotonic() + _TO_GO
        query = {"labelSelector": f"{MANAGED_BY}={MANAGER}", "limit": 1}
        while self.connection.request("GET", "/api/v1/namespaces", query=query)["items"]:
            if time.monotonic() > end:
                raise TimeoutError("namespaces of the class are still there")
            time.sleep(2)

    def figures(self) -> dict[str, float]:
        """Requests that the API server has answered so far, its writes to etcd, and seconds of
        processor time by program; once nothing of a class is left. Raises TimeoutError.
        """
        self._settle()
        text = self.connection.read("/metrics", limit=1 << 25, timeout=60).decode()
        process = node_process.load(cluster_folder(self.name))
        assert process is not None
        return {**counted(text), **processor(f"pid:[{process.pid_namespace}]")}


def processor(namespace: str) -> dict[str, float]:
    """Seconds of processor time of the control plane's programs in a PID namespace."""
    found = dict.fromkeys(PROGRAMS.values(), 0.0)
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (folder / "ns/pid").readlink().name != namespace:
                continue
            name, _, rest = (folder / "stat").read_text().partition("(")[2].rpartition(")")
            if name in PROGRAMS:
                user, system = rest.split()[11:13]
                found[PROGRAMS[name]] += (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return found


def counted(metrics: str) -> dict[str, float]:
    """Requests (watches aside) and writes to etcd, from the API server's metrics."""
    found = {"requests": 0.0, "etcd writes": 0.0}
    for line in metrics.splitlines():
        match = _METRIC.match(line)
        if match is None:
            continue
        name, labels, value = match[1], match[2] or "", float(match[3])
        if name == "apiserver_request_total" and 'verb="WATCH"' not in labels:
            found["requests"] += value
        operation = re.search(r'operation="(\w+)"', labels)
        if name == "etcd_request_duration_seconds_count" and operation:
            found["etcd writes"] += value if operation[1] in _WRITES else 0
    return found


def build(progress: Callable[[Words], None]) -> Path:
    """The program kwok, made by Go once for each state of its go.mod and go.sum."""
    sources = [MODULE / "go.mod", MODULE / "go.sum"]
    cache = cache_folder()

    def make(folder: Path) -> None:
        go = find_go(needed_version(sources[0].read_text()), cache, progress)
        print("building kwok, which takes some minutes", file=sys.stderr)
        command = [go, "build", "-trimpath", "-ldflags=-s -w", "-o", folder / "kwok", PROGRAM]
        subprocess.run(list(map(str, command)), cwd=MODULE, check=True, timeout=3600)

    folder = cache / "benchmarks" / f"kwok-{fingerprint(MODULE, sources)}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    return build_once(folder, make) / "kwok"


@contextlib.contextmanager
def cluster(name: str) -> Iterator[Cluster]:
    """Bring a cluster up that is not there yet; it is taken down at the end, whatever happens."""
    provider = NodeProvider()

    def progress(words: Words) -> None:
        print(words, file=sys.stderr)

    program = build(progress)
    if provider.status(name).phase != "absent":
        raise SystemExit(f"there is a cluster {name} already: name another")
    try:
        kubeconfig = provider.up(name, progress).kubeconfig
        assert kubeconfig is not None
        own = Cluster(name, kubeconfig, Connection.open(kubeconfig))
        with simulated(own, program):
            yield own
    finally:
        provider.down(name, progress)


@contextlib.contextmanager
def simulated(own: Cluster, program: Path) -> Iterator[None]:
    """A second node, as long as kwok runs."""
    process = node_process.load(cluster_folder(own.name))
    assert process is not None
    address = _address(own.connection)
    certificate = f"/proc/{process.pid}/root/{_CERTIFICATE}"
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "said").open("w+b") as said:
        command = ["nsenter", f"--net=/proc/{process.pid}/ns/net", str(program)]
        command += [f"--config={_config(Path(folder))}", f"--kubeconfig={own.kubeconfig}"]
        command += [f"--manage-nodes-with-label-selector={LABEL}=true"]
        command += [f"--node-ip={address}", f"--node-port={_PORT}"]
        command += [f"--server-address={address}:{_PORT}", "--node-lease-duration-seconds=40"]
        command += [f"--tls-cert-file={certificate}.crt"]
        command += [f"--tls-private-key-file={certificate}.key"]
        kwok = subprocess.Popen(command, stdout=said, stderr=said)
        try:
            _join(own.connection, kwok)
            yield
        except TimeoutError as error:
            said.seek(0)
            raise SystemExit(f"kwok: {said.read()[-3000:].decode()}") from error
        finally:
            kwok.terminate()
            kwok.wait(30)


def _config(folder: Path) -> Path:
    log, config = folder / "log", folder / "kwok.yaml"
    log.write_text(_LOG)
    config.write_text((MODULE / "config.yaml").read_text().replace("${LOG}", str(log)))
    return config


def _address(connection: Connection) -> str:
    """The real node's."""
    [node] = connection.request("GET", "/api/v1/nodes")["items"]
    addresses = node["status"]["addresses"]
    return str(next(one["address"] for one in addresses if one["type"] == "InternalIP"))


def _join(connection: Connection, kwok: subprocess.Popen[bytes]) -> None:
    body: dict[str, Any] = {"apiVersion": "v1", "kind": "Node"}
    body["metadata"] = {"name": NODE, "labels": {LABEL: "true"}}
    with contextlib.suppress(ApiRefusal):
        connection.request("POST", "/api/v1/nodes", body=body)
    end = time.monotonic() + _TO_COME
    while not is_ready(connection.request("GET", f"/api/v1/nodes/{NODE}")):
        if time.monotonic() > end or kwok.poll() is not None:
            raise TimeoutError
        time.sleep(0.5)
