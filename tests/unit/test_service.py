"""What a Service sends where, and why nothing arrives."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from podgrade.model.failure import Failure
from podgrade.model.submission import Document, Position
from podgrade.probes import routes, selection, service

APP = {
    "metadata": {"name": "app"},
    "spec": {"selector": {"app": "web"}, "ports": [{"port": 8020, "targetPort": "http"}]},
}


def pod(labels, ports=(), ready="True"):
    return {
        "metadata": {"name": "p", "uid": "u", "labels": labels},
        "spec": {"containers": [{"name": "c", "ports": list(ports)}]},
        "status": {"conditions": [{"type": "Ready", "status": ready}]},
    }


def bench(*pods, documents=()):
    view = SimpleNamespace(pods=lambda: pods, gone=lambda _: False)
    return SimpleNamespace(
        workspace=SimpleNamespace(view=view), manifest=SimpleNamespace(documents=documents)
    )


@pytest.fixture(autouse=True)
def _offline(monkeypatch):
    monkeypatch.setattr(routes, "the", lambda *_: APP)
    monkeypatch.setattr(routes.aim, "existing_pod", lambda b: b.workspace.view.pods()[0])


def test_a_selector_that_matches_nothing_shows_both_sides():
    reason = selection.no_match(bench(pod({"app": "wbe"})), APP)

    assert reason.code == "selector-mismatch"
    assert "app=web" in str(reason.seen)
    assert "app=wbe" in str(reason.seen)


def test_pods_that_a_rollout_ended_are_behind_no_service():
    old = pod({"app": "web"})
    old["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"

    assert selection.no_match(bench(pod({"app": "wbe"}), old), APP).code == "selector-mismatch"


def test_a_service_without_selector_finds_nothing():
    bare = {"metadata": {"name": "app"}, "spec": {}}

    assert selection.no_match(bench(pod({})), bare).code == "selector-mismatch"
    assert selection.selected(bench(pod({})), bare) == ()


def test_a_template_that_will_make_such_pods_is_waited_for():
    template = {"metadata": {"labels": {"app": "web"}}}
    document = Document({"kind": "Deployment", "spec": {"template": template}}, Position("", 0))

    assert selection.no_match(bench(pod({"app": "other"}), documents=[document]), APP) is None


def test_a_named_target_port_that_no_container_has():
    port = {"name": "web", "containerPort": 80}
    reason = routes.broken(bench(pod({"app": "web"}, [port])), "app", 8020, refused=True)

    assert (reason.code, str(reason.seen)) == ("no-such-port", "the containers' named ports: web")


def test_a_named_target_port_that_nobody_has_need_not_be_asked():
    port = {"name": "web", "containerPort": 80}
    with pytest.raises(Failure) as failure:
        routes.port_of(bench(pod({"app": "web"}, [port])), "app", 8020)

    assert failure.value.reason.code == "no-such-port"


@pytest.mark.parametrize("ports", [[], [{"name": "http", "containerPort": 80}]])
def test_a_port_is_asked_where_a_pod_has_it_or_will_have_it(ports):
    template = pod({"app": "web"}, [{"name": "http", "containerPort": 80}])
    document = Document({"kind": "Deployment", "spec": {"template": template}}, Position("", 0))

    there = bench(pod({"app": "web"}, ports), documents=[document])
    assert routes.port_of(there, "app", 8020) == 8020


def test_a_target_port_where_nothing_listens_is_told_by_the_refusal():
    port = {"name": "http", "containerPort": 81}
    there = bench(pod({"app": "web"}, [port]))

    assert routes.broken(there, "app", 8020, refused=True).code == "target-port"
    assert routes.broken(there, "app", 8020, refused=False) is None


@pytest.mark.parametrize(
    ("containers", "code"),
    [([{"name": "c"}], "no-readiness-probe"), ([{"readinessProbe": {"exec": {}}}], "still-ready")],
)
def test_why_a_pod_is_still_ready(containers, code):
    spec = {"containers": [{"name": "c"} | one for one in containers]}

    assert service._still_ready(pod({}) | {"spec": spec}).code == code


def test_a_port_is_found_by_number_and_by_name():
    named = {"port": 9000, "name": "stats", "targetPort": "stats-port"}
    two = {"metadata": {"name": "app"}, "spec": {"ports": [{"port": 80}, named]}}

    assert routes.port(two, 9000) is routes.port(two, "stats") is named
    with pytest.raises(Failure) as failure:
        routes.port(two, 81)
    assert failure.value.reason.code == "no-such-port"
    assert str(failure.value.reason.seen) == "ports 80→80, stats: 9000→stats-port"


def workload(name, **labels):
    template = {"metadata": {"labels": labels}}
    body = {"kind": "Deployment", "metadata": {"name": name}, "spec": {"template": template}}
    return Document(body, Position("", 0))


def replica(name, **labels):
    owner = {"kind": "ReplicaSet", "name": name, "controller": True}
    metadata = {"name": f"{name}-x", "uid": name, "labels": labels, "ownerReferences": [owner]}
    return pod({}) | {"metadata": metadata}


@pytest.mark.parametrize(
    ("pods", "documents", "code", "told"),
    [
        ([("web", "web")], [("web", "web")], None, None),
        ([("web", "web"), ("db", "web")], [("web", "web"), ("db", "web")], "too-wide", "db"),
        ([("web", "web")], [("web", "web"), ("db", "web")], "too-wide", "deployment/db"),
        ([("web", "web"), ("old", "web")], [("web", "web")], "too-wide", "old-x"),
        ([("web", "other"), ("db", "web")], [("web", "other"), ("db", "web")], "mismatch", "db"),
    ],
    ids=["its-own", "both", "both-and-one-to-come", "of-nobody", "the-other"],
)
def test_pods_of_others_are_named(pods, documents, code, told):
    there = bench(
        *(replica(name, app=label) for name, label in pods),
        documents=[workload(name, app=label) for name, label in documents],
    )
    there.exercise = SimpleNamespace(target=SimpleNamespace(name="web"))
    reason = selection.wrong_pods(there, APP)

    assert (reason and reason.code) == (code and f"selector-{code}")
    assert told is None or told in str(reason.why)
