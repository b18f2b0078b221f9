"""What a run feels of the cluster: Pods without room, nodes under pressure, 429, slow starts."""

from __future__ import annotations

import threading

import pytest
from tests.unit.test_flow import node, pod

from podgrade.cluster.connection import ApiRefusal
from podgrade.cluster.view import View
from podgrade.grading import gauge as gauges
from podgrade.grading.flow import ORDINARY
from podgrade.grading.gauge import Gauge, Starts
from podgrade.model.errors import InfrastructureError


class Cluster:
    """Stands in for the watch and its connection."""

    def __init__(self):
        self.connection = self
        self.stop = threading.Event()
        self.nodes, self.pods = [node()], []
        self.refused = None
        self.throttled = 0
        self.asked = []
        self.seen = View("podgrade-1", self.stop)

    def views(self):
        return (self.seen,)

    def request(self, method, path, *, query, timeout):
        assert (method, timeout) == ("GET", 10)
        self.asked.append(path)
        if self.refused:
            raise self.refused
        if path == "/api/v1/nodes":
            return {"items": self.nodes, "metadata": {}}
        first = int(query.get("continue", 0))
        more = {"continue": str(first + 1)} if first + 1 < len(self.pods) else {}
        return {"items": self.pods[first : first + 1], "metadata": more}


@pytest.fixture
def cluster():
    return Cluster()


@pytest.fixture
def gauge(cluster):
    return Gauge(cluster, lambda *_: None)


def waiting(version="1", cpu="1", reason="Unschedulable", **more):
    condition = {"type": "PodScheduled", "status": "False", "reason": reason}
    return {
        "metadata": {"uid": "one", "name": "web", "resourceVersion": version, **more},
        "spec": {"containers": [{"resources": {"requests": {"cpu": cpu}}}]},
        "status": {"phase": "Pending", "conditions": [condition]},
    }


def test_it_begins_with_the_clusters_room(cluster):
    cluster.pods = [pod(cpu="500m"), pod(cpu="500m"), pod("b")]
    flow = Gauge(cluster, lambda *_: None).flow

    assert (flow.allowed, str(flow.why)) == (8, "the cluster's room, CPU first")
    assert cluster.asked == ["/api/v1/nodes", *["/api/v1/pods"] * 3]


@pytest.mark.parametrize(
    "refused", [ApiRefusal(403, "Forbidden", "no"), InfrastructureError("gone")]
)
def test_where_nothing_may_be_asked_the_number_is_the_ordinary_one(cluster, refused):
    cluster.refused = refused
    flow = Gauge(cluster, lambda *_: None).flow

    assert (flow.allowed, str(flow.why)) == (ORDINARY, "the cluster does not tell its room")


def test_a_cluster_with_more_pods_than_are_read(cluster, monkeypatch):
    monkeypatch.setattr(gauges, "_PAGES", 2)
    cluster.pods = [pod()] * 3

    assert Gauge(cluster, lambda *_: None).flow.allowed == ORDINARY


def test_pods_that_wait_for_room(cluster, gauge):
    assert gauge._felt() is None
    cluster.seen.take_pod(waiting())
    assert str(gauge._felt()) == "Pods wait for room"
    cluster.seen.take_pod(waiting("2", deletionTimestamp="2026-05-01T00:00:00Z"))
    assert gauge._felt() is None


def test_a_pod_that_fits_nowhere_is_its_manifests_doing(cluster, gauge):
    cluster.seen.take_pod(waiting(cpu="64"))
    assert gauge._felt() is None
    cluster.seen.take_pod(waiting("2", reason="SchedulingGated"))
    assert gauge._felt() is None


def test_the_api_server_asks_for_less(cluster, gauge):
    cluster.throttled = 3
    assert "429" in str(gauge._felt())
    assert gauge._felt() is None
    cluster.throttled = 4
    assert "429" in str(gauge._felt())


def test_nodes_are_asked_every_ten_seconds(cluster, gauge, monkeypatch):
    now = [gauge._asked]
    monkeypatch.setattr(gauges.time, "monotonic", lambda: now[0])
    cluster.nodes = [node(extra=[{"type": "DiskPressure", "status": "True"}])]
    assert gauge._felt() is None
    now[0] += 10
    assert str(gauge._felt()) == "a node has DiskPressure"
    cluster.refused = InfrastructureError("gone")
    now[0] += 10
    assert str(gauge._felt()) == "a node has DiskPressure"
    asked = len(cluster.asked)
    gauge._felt()
    assert len(cluster.asked) == asked


def noted(starts, *seconds):
    for one in seconds:
        starts.note(one)
    return starts.slow()


def test_starts_are_slow_beside_the_quickest():
    starts = Starts()

    assert noted(starts, *[4.0] * 8) is None
    assert noted(starts, *[11.0] * 4) is None  # the median is between
    assert noted(starts, *[13.0] * 4) is None
    assert str(noted(starts, *[13.0] * 4)) == "Pods start in 13 s instead of 4 s"
    assert noted(starts, *[5.0] * 8) is None


def test_few_or_bearable_starts_are_never_slow():
    assert noted(Starts(), *[1.0] * 7) is None
    assert noted(Starts(), *[0.1] * 8, *[9.9] * 8) is None
    assert noted(Starts(), *[20.0] * 16) is None  # it was never quicker


def test_starts_are_taken_from_what_the_watch_has_seen(cluster, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("podgrade.cluster.view.time.monotonic", lambda: now[0])
    starts, times = Starts(), []
    monkeypatch.setattr(starts, "note", times.append)
    begun = {**waiting("1"), "status": {}}
    cluster.seen.take_pod(begun)
    starts.take(cluster.seen)
    now[0] = 2.5
    running = {"initContainerStatuses": [{"state": {"running": {}}}]}
    cluster.seen.take_pod({**waiting("2"), "status": running})
    now[0] = 7.0
    cluster.seen.take_pod({**waiting("3"), "status": running})
    starts.take(cluster.seen)
    starts.take(cluster.seen)

    assert times == [2.5]
