"""A run of one's own on the real cluster, for tests; nothing of it stays."""

from __future__ import annotations

import base64
import contextlib
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import path_of
from podgrade.cluster.watch import Watch
from podgrade.model.exercise import Exercise, Limits, Target
from podgrade.model.submission import Manifest, SourceFile
from podgrade.model.text import Text
from podgrade.workspace.build import appeared, tear_down
from podgrade.workspace.pool import Workspaces
from podgrade.workspace.read import parse
from podgrade.workspace.run import Run
from podgrade.workspace.workspace import Workspace

SOON = 30.0  # seconds; the machine may be busy


@dataclass
class Rooms:
    """What a run has: connection, watch, workspaces."""

    connection: Connection
    watch: Watch
    run: Run
    workspaces: Workspaces
    stop: threading.Event = field(default_factory=threading.Event)

    def workspace(self, **changes: Any) -> Workspace:
        return self.workspaces.take(exercise(**changes))


@contextlib.contextmanager
def rooms(kubeconfig: Path, *, keep: bool = False) -> Iterator[Rooms]:
    connection = Connection.open(kubeconfig)
    stop = threading.Event()
    watch = Watch(connection, stop)
    watch.start()
    run = Run.new(keep=keep)
    workspaces = Workspaces(connection, watch, run)
    try:
        yield Rooms(connection, watch, run, workspaces, stop)
    finally:
        stop.set()
        workspaces.close()
        watch.close()


def exercise(
    name: str = "web", folder: Path = Path("/nonexistent"), level: str = "baseline", **more: Any
) -> Exercise:
    return Exercise(
        slug="test",
        title=Text("test", "시험"),
        goal=Text("test", "시험"),
        target=Target(name),
        folder=folder,
        grader=folder / "test_test.py",
        pod_security=level,
        limits=Limits(start=SOON),
        **more,
    )


def manifest(text: str) -> Manifest:
    return parse([SourceFile("handed-in.yaml", text.encode())])


def pod_text(name: str = "web", image: str = "busybox", command: str = "sleep 600") -> str:
    return f"""\
apiVersion: v1
kind: Pod
metadata:
  name: {name}
  labels: {{app: {name}}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: main
    image: {image}
    command: [sh, -c, "{command}"]
"""


@contextlib.contextmanager
def bare_namespace(connection: Connection) -> Iterator[str]:
    name = f"test-{uuid.uuid4().hex[:8]}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    connection.request("POST", path_of("Namespace"), body=body)
    appeared(connection, "ServiceAccount", name, "default", time.monotonic() + SOON)
    try:
        yield name
    finally:
        tear_down(connection, name)


def there(connection: Connection, kind: str, namespace: str | None, name: str) -> bool:
    try:
        found = connection.request("GET", path_of(kind, namespace, name))
    except ApiRefusal as refusal:
        if refusal.status == 404:
            return False
        raise
    return not found["metadata"].get("deletionTimestamp")


@contextlib.contextmanager
def limited_user(
    kubeconfig: Path, folder: Path, cluster_rules: list[dict[str, Any]]
) -> Iterator[tuple[Path, str]]:
    """A kubeconfig whose user may do what the rules say, and the namespace it is from."""
    admin = Connection.open(kubeconfig)
    with bare_namespace(admin) as namespace:
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "limited"}}
        admin.request("POST", path_of("ServiceAccount", namespace), body=account)
        role = {"metadata": {"name": namespace}, "rules": cluster_rules}
        admin.request("POST", path_of("ClusterRole"), body=role)
        binding = {
            "metadata": {"name": namespace},
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": namespace,
            },
            "subjects": [{"kind": "ServiceAccount", "name": "limited", "namespace": namespace}],
        }
        admin.request("POST", path_of("ClusterRoleBinding"), body=binding)
        path = path_of("ServiceAccount", namespace, "limited") + "/token"
        token = admin.request("POST", path, body={"spec": {"expirationSeconds": 3600}})
        try:
            yield with_token(kubeconfig, folder, token["status"]["token"]), namespace
        finally:
            admin.request("DELETE", path_of("ClusterRole", None, namespace))
            admin.request("DELETE", path_of("ClusterRoleBinding", None, namespace))


def with_token(kubeconfig: Path, folder: Path, token: str) -> Path:
    """The same cluster with another log-in."""
    content = yaml.safe_load(kubeconfig.read_text())
    for user in content["users"]:
        user["user"] = {"token": token}
    return _written(content, folder)


def with_cluster(kubeconfig: Path, folder: Path, **changes: Any) -> Path:
    """The same log-in with another cluster."""
    content = yaml.safe_load(kubeconfig.read_text())
    for cluster in content["clusters"]:
        cluster["cluster"].update(changes)
    return _written(content, folder)


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _written(content: Any, folder: Path) -> Path:
    path = folder / f"kubeconfig-{uuid.uuid4().hex[:6]}"
    path.write_text(yaml.safe_dump(content))
    return path
