"""A folder of manifests with pytest-kubernetes' kubectl, as its documentation has it."""

import os
import secrets
import time
from pathlib import Path

import pytest
from pytest_kubernetes.kubectl import Kubectl

FILES = sorted(Path(os.environ["SUBMISSIONS"]).glob("*.yaml"))


@pytest.fixture(scope="session")
def kubectl():
    return Kubectl(Path(os.environ["KUBECONFIG"]), None)


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_sidecar(kubectl, file):
    namespace = f"podgrade-bench-{file.stem}"
    kubectl(["create", "namespace", namespace], as_dict=False)
    while "default" not in kubectl(["get", "serviceaccounts", "-n", namespace], as_dict=False):
        time.sleep(0.1)
    kubectl(["apply", "-n", namespace, "-f", str(file)], as_dict=False)
    ready = ["wait", "pod/nginx-sidecar", "--for=condition=Ready", "--timeout=90s"]
    kubectl([*ready, f"--namespace={namespace}"], as_dict=False)
    for _ in range(2):
        nonce = secrets.token_hex(8)
        asked = ["exec", "-n", namespace, "nginx-sidecar", "-c", "nginx", "--", "curl", "-s"]
        kubectl([*asked, "-o", "/dev/null", f"'http://127.0.0.1/?{nonce}'"], as_dict=False)
        said = ["logs", "nginx-sidecar", "-n", namespace, "-c", "log-sidecar"]
        while nonce not in kubectl(said, as_dict=False):
            time.sleep(0.1)
    kubectl(["delete", "namespace", namespace, "--wait=false"], as_dict=False)
