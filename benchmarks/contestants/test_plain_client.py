"""A folder of manifests with the plain Kubernetes client, for pytest -n 8."""

import os
import secrets
import time
from pathlib import Path

import pytest
import yaml
from kubernetes import client, config, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import stream

FILES = sorted(Path(os.environ["SUBMISSIONS"]).glob("*.yaml"))


@pytest.fixture(scope="session")
def core():
    config.load_kube_config(os.environ["KUBECONFIG"])
    return client.CoreV1Api()


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_sidecar(core, file):
    namespace = f"podgrade-bench-{file.stem}"
    core.create_namespace({"metadata": {"name": namespace}})
    created(core, namespace, yaml.safe_load(file.read_text()))
    ready(core, namespace)
    for _ in range(2):
        nonce = secrets.token_hex(8)
        command = ["curl", "-s", "-o", "/dev/null", f"http://127.0.0.1/?{nonce}"]
        # The stream changes the client that it is given: one of its own for each.
        own = client.CoreV1Api(client.ApiClient())
        stream(
            own.connect_get_namespaced_pod_exec,
            "nginx-sidecar",
            namespace,
            container="nginx",
            command=command,
            stdout=True,
            stderr=True,
        )
        while nonce not in core.read_namespaced_pod_log(
            "nginx-sidecar", namespace, container="log-sidecar"
        ):
            time.sleep(0.1)
    core.delete_namespace(namespace)


def created(core, namespace, body):
    for _ in range(100):
        try:
            return core.create_namespaced_pod(namespace, body)
        except ApiException as error:
            if error.status != 403:  # the namespace's ServiceAccount is not there yet
                raise
            time.sleep(0.1)
    raise AssertionError("no Pod could be created")


def ready(core, namespace):
    for event in watch.Watch().stream(core.list_namespaced_pod, namespace, timeout_seconds=90):
        statuses = event["object"].status.container_statuses or []
        if [one.ready for one in statuses] == [True, True]:
            return
    raise AssertionError("not Ready")
