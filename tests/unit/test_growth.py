"""The benchmark of growth: what it reckons, and that its simulated API grades like a cluster."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module


@pytest.fixture
def growth(benchmark):
    return benchmark("growth")


def test_sizes_grow_and_the_one_alone_is_measured_anyway(growth):
    assert growth.sizes("1000,100,1,100") == (100, 1000)


def found(growth, learners, **more):
    figures = {"seconds": learners, "processor": learners / 10, "memory": 70 + learners / 100}
    figures |= {"calls": 20 * learners, "sent": 1024 * learners, "received": 2048 * learners}
    return growth.Measured(learners, **figures, load=2, wrong=0, by_call={}, **more)


def test_what_a_submission_costs_leaves_out_what_one_alone_needs_of_memory(growth):
    cost = growth.each(found(growth, 1000), growth.replace(found(growth, 1), memory=70.0))
    assert cost["calls"] == 20
    assert cost["KiB sent"] == 1
    assert cost["KiB of memory"] == pytest.approx(10 / 1000 * 1024)


def test_what_grows_is_named(growth):
    small, large = found(growth, 1000), found(growth, 10000)
    rows = list(growth.table([found(growth, 1), small, large]))
    assert rows[-1] == "More than 10% dearer: nothing."
    dearer = growth.replace(large, processor=large.processor * 1.2)
    *_, growing, _, last = growth.table([found(growth, 1), small, dearer])
    assert "+20%" in growing
    assert last == "More than 10% dearer: CPU ms."


def test_the_table_has_a_cell_for_every_column(growth):
    rows = list(growth.table([found(growth, n, cluster={"requests": 9.0}) for n in (1, 10, 20)]))
    assert len({row.count("|") for row in rows[:-2]}) == 1
    assert "requests each" in rows[0]


def test_every_manifest_is_another_one(growth, tmp_path):
    growth.write(tmp_path / "in", 3)
    texts = {path.read_text() for path in (tmp_path / "in").iterdir()}
    assert len(texts) == 3


def test_a_call_is_counted_without_its_names(benchmark):
    shape = benchmark("metered").shape
    assert shape("GET", "/api/v1/namespaces/podgrade-abc-1/pods/x/log?follow=true") == (
        "GET pods/NAME/log"
    )
    assert shape("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/podgrade-abc-1/roles") == (
        "POST roles"
    )
    assert shape("DELETE", "/api/v1/namespaces/podgrade-abc-1") == "DELETE namespaces/NS"


def test_requests_and_writes_are_read_from_the_metrics(benchmark):
    counted = benchmark("kwok_node").counted
    metrics = """
        # HELP apiserver_request_total [STABLE] Counter of apiserver requests
        apiserver_request_total{code="200",verb="GET"} 3
        apiserver_request_total{code="201",verb="POST"} 1.2e+01
        apiserver_request_total{code="200",verb="WATCH"} 50
        etcd_request_duration_seconds_count{operation="get",type="pods"} 7
        etcd_request_duration_seconds_count{operation="create",type="pods"} 2
        etcd_request_duration_seconds_count{operation="update",type="pods"} 4
    """
    lines = "\n".join(line.strip() for line in metrics.splitlines())
    assert counted(lines) == {"requests": 15, "etcd writes": 6}


def test_the_simulated_kubelet_answers_for_every_pod(benchmark):
    """Its settings are what kwok can read, and name the log's place once."""
    import yaml

    text = (benchmark("kwok_node").MODULE / "config.yaml").read_text()
    kinds = [document["kind"] for document in yaml.safe_load_all(text)]
    assert sorted(kinds) == ["ClusterLogs", "Stage", "Stage", "Stage"]
    assert text.count("logsFile: ${LOG}") == 1


def test_a_class_on_the_simulated_api_has_full_marks(growth):
    """All that podgrade asks is answered; each submission costs as many calls as the others."""
    from types import SimpleNamespace

    where = SimpleNamespace(cluster=None, start=0.0)
    with growth.surroundings(where) as (kubeconfig, _):
        measured = growth.Bench(kubeconfig, in_flight=2, timeout=120).measure(3)
    assert measured is not None
    assert measured.wrong == 0
    assert measured.by_call["POST roles"] == 3
    assert measured.received > measured.sent > 0
