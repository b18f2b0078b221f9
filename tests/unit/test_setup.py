"""What an exercise has there besides the submission: what is selected, what is ready."""

from __future__ import annotations

import pytest

from podgrade.model.submission import Document, Position
from podgrade.workspace.endpoints import ready_endpoints
from podgrade.workspace.setup import selects
from podgrade.workspace.target import belongs


def document(kind, name, **body):
    metadata = {"name": name} | body.pop("metadata", {})
    return Document({"kind": kind, "metadata": metadata} | body, Position("setup.yaml", 1))


POD = document("Pod", "web", metadata={"labels": {"app": "web", "tier": "front"}})
DEPLOYMENT = document(
    "Deployment", "web", spec={"template": {"metadata": {"labels": {"app": "web"}}}}
)


def service(**selector):
    return document("Service", "web", spec={"selector": selector} if selector else {})


@pytest.mark.parametrize(
    ("one", "workload", "chosen"),
    [
        (service(app="web"), POD, True),
        (service(app="web"), DEPLOYMENT, True),
        (service(app="web", tier="front"), DEPLOYMENT, False),
        (service(), POD, False),
        (service(app="web"), document("Pod", "bare"), False),
        (service(app="web"), document("ConfigMap", "web"), False),
        (POD, POD, False),
    ],
)
def test_a_service_selects_by_all_its_labels(one, workload, chosen):
    assert selects(one, workload) is chosen


def endpoint(address, uid=None, **conditions):
    found = {"addresses": [address], "conditions": conditions}
    return found | ({"targetRef": {"uid": uid}} if uid else {})


def test_an_endpoint_that_does_not_say_otherwise_is_ready():
    ready = [endpoint("10.0.0.1", ready=True), endpoint("10.0.0.2"), {"addresses": ["10.0.0.3"]}]
    away = endpoint("10.0.0.4", ready=False, serving=True, terminating=True)

    assert ready_endpoints([{"endpoints": [*ready, away]}, {"endpoints": None}]) == 3


def test_a_pod_with_two_addresses_is_one_endpoint():
    slices = [{"endpoints": [endpoint(address, "u")]} for address in ("10.0.0.1", "fd00::1")]

    assert ready_endpoints(slices) == 1


@pytest.mark.parametrize(
    ("kind", "name", "its"),
    [("StatefulSet", "redis-st-0", True), ("StatefulSet", "redis-st", True), ("Job", "x", False)],
)
def test_a_stateful_sets_pod_has_a_name_of_its_own(kind, name, its):
    owner = {"kind": kind, "name": "redis-st", "controller": True}
    pod = {"metadata": {"name": "redis-st-0", "ownerReferences": [owner]}}

    assert belongs(pod, name) is its
