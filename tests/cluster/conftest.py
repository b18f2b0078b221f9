"""What tests on a real cluster share: a running node, its kubectl, a namespace of one's own."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cluster.kubectl import Kubectl

from podgrade.cluster.providers.node import DEFAULT_NAME, NodeProvider
from podgrade.model.text import Words


def say_progress(words: Words) -> None:
    """Progress of a start, where pytest keeps it for a failure."""
    print(words)


@pytest.fixture(scope="session")
def node() -> NodeProvider:
    """The provider itself; without root the tests are skipped, in CI they fail."""
    provider = NodeProvider()
    reason = provider.available()
    if reason and os.environ.get("CI"):
        pytest.fail(str(reason))
    if reason:
        pytest.skip(str(reason))
    return provider


@pytest.fixture(scope="session")
def kubeconfig(node: NodeProvider) -> Iterator[Path]:
    """The kubeconfig of a running cluster; one that was not up before is ended afterwards."""
    started = node.status(DEFAULT_NAME).phase != "ready"
    status = node.up(DEFAULT_NAME, say_progress)
    assert status.kubeconfig is not None
    yield status.kubeconfig
    if started:
        node.down(DEFAULT_NAME, say_progress)


@pytest.fixture(scope="session")
def kubectl(kubeconfig: Path) -> Kubectl:
    """Kubectl on the running cluster."""
    return Kubectl(kubeconfig)


@pytest.fixture
def namespace(kubectl: Kubectl) -> Iterator[str]:
    """A namespace of the test's own, with its ServiceAccount ready; deleted without waiting."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    kubectl("create", "namespace", name)
    kubectl.until(lambda: kubectl("get", "serviceaccount", "default", namespace=name))
    yield name
    kubectl("delete", "namespace", name, "--wait=false")
