"""kubectl for tests: the one that the node is built with."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from podgrade.cluster.providers.node_build import programs_folder
from podgrade.cluster.providers.node_paths import cache_folder, node_sources

_T = TypeVar("_T")


class Kubectl:
    """Calls kubectl; raises AssertionError with what it said when it fails."""

    def __init__(self, kubeconfig: Path) -> None:
        self.kubeconfig = kubeconfig
        self.program = programs_folder(node_sources(), cache_folder()) / "kubectl"

    def command(self, *words: str, namespace: str = "default") -> list[str]:
        return [
            str(self.program),
            f"--kubeconfig={self.kubeconfig}",
            f"--namespace={namespace}",
            *words,
        ]

    def __call__(self, *words: str, namespace: str = "default", given: str = "") -> str:
        done = self.attempt(*words, namespace=namespace, given=given)
        assert done.returncode == 0, f"kubectl {' '.join(words)}: {done.stderr}"
        return done.stdout

    def attempt(
        self, *words: str, namespace: str = "default", given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """The same without an opinion on how it ended."""
        return subprocess.run(
            self.command(*words, namespace=namespace),
            check=False,
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def apply(self, *objects: dict[str, Any], namespace: str) -> None:
        content = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        self("create", "-f", "-", namespace=namespace, given=json.dumps(content))

    def ready(self, *pods: str, namespace: str, limit: int = 30) -> None:
        names = [f"pod/{pod}" for pod in pods]
        self("wait", "--for=condition=Ready", f"--timeout={limit}s", *names, namespace=namespace)

    def get(self, kind: str, name: str, namespace: str) -> Any:
        return json.loads(self("get", kind, name, "--output=json", namespace=namespace))

    def until(self, attempt: Callable[[], _T], limit: float = 30) -> _T:
        """Try until no assertion fails any more; the last failure is told at the limit."""
        deadline = time.monotonic() + limit
        while True:
            try:
                return attempt()
            except AssertionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)


def pod(name: str, *containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """A Pod with a label app=<name>; ends at once when it is deleted."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {"containers": list(containers), "terminationGracePeriodSeconds": 0, **spec},
    }


def busybox(script: str, name: str = "main", image: str = "busybox", **more: Any) -> dict[str, Any]:
    """A container that runs a shell script."""
    return {"name": name, "image": image, "command": ["sh", "-c", script], **more}


def keeping(name: str, script: str, **spec: Any) -> dict[str, Any]:
    """A Pod that runs a shell script, with what CLAIM claims at /data."""
    main = busybox(script, volumeMounts=[{"name": "data", "mountPath": "/data"}])
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    return pod(name, main, volumes=volumes, **spec)


CLAIM = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Mi"}}},
}
IDLE = "while :; do sleep 1; done"
