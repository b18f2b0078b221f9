"""The fence's objects, the crew that makes them, and the order in which things are created."""

from __future__ import annotations

import threading
import time

import pytest
from tests.waiting import until

from podgrade.model.submission import Document, Position
from podgrade.workspace import fence
from podgrade.workspace.apply import in_order
from podgrade.workspace.crew import Crew
from podgrade.workspace.run import Run

RUN = Run("abc123")


def wall(kind):
    return next(one for one in fence.walls(RUN) if one["kind"] == kind)


def test_what_is_made_late_expires_late(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1000.7)
    assert RUN.labels()["podgrade.io/expires"] == "8200"
    assert Run.new(keep=True).labels()["podgrade.io/expires"] == "87400"


def test_every_name_holds_the_run():
    assert RUN.namespace("7") == "podgrade-abc123-7"


def test_runs_differ():
    ids = {Run.new().id for _ in range(100)}
    assert len(ids) == 100
    assert all(len(one) == 6 and one.isalnum() and one == one.lower() for one in ids)


def test_the_namespace_pins_pod_security():
    labels = fence.namespace("x", RUN, "restricted", "v1.36")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["pod-security.kubernetes.io/enforce-version"] == "v1.36"


def test_the_learner_may_create_and_get_only():
    rules = wall("Role")["rules"]
    assert {verb for rule in rules for verb in rule["verbs"]} == {"create", "get"}
    resources = {resource for rule in rules for resource in rule["resources"]}
    assert resources == {
        "pods",
        "services",
        "configmaps",
        "secrets",
        "persistentvolumeclaims",
        "deployments",
        "jobs",
    }


def test_every_quota_that_needs_a_value_has_a_default():
    limits = wall("LimitRange")["spec"]["limits"][0]
    hard = wall("ResourceQuota")["spec"]["hard"]
    for name in hard:
        sort, _, resource = name.partition(".")
        if sort == "requests" and resource != "storage":
            assert resource in limits["defaultRequest"]
        if sort == "limits":
            assert resource in limits["default"]


def test_the_network_lets_in_only_this_runs_toolbox():
    [rule] = wall("NetworkPolicy")["spec"]["ingress"]
    inside, toolbox = rule["from"]
    assert inside == {"podSelector": {}}
    assert toolbox["namespaceSelector"]["matchLabels"] == {
        "podgrade.io/run": "abc123",
        "podgrade.io/role": "toolbox",
    }


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ("Pod ConfigMap Service Secret", "ConfigMap Secret Service Pod"),
        ("Deployment Job Pod", "Deployment Job Pod"),
        ("Service PersistentVolumeClaim", "PersistentVolumeClaim Service"),
    ],
)
def test_what_others_need_is_created_first(kinds, expected):
    documents = [Document({"kind": kind}, Position("x", 1)) for kind in kinds.split()]
    assert " ".join(one.kind for one in in_order(documents)) == expected


def test_a_crew_does_a_few_jobs_at_once_and_all_in_the_end():
    crew, busy, most = Crew("test", 2), [], []
    both = threading.Barrier(2, timeout=30)

    def job():
        busy.append(1)
        most.append(len(busy))
        both.wait()
        busy.pop()
        return threading.current_thread().daemon

    results = [promise.result(30) for promise in [crew.do(job) for _ in range(6)]]
    assert results == [True] * 6
    assert max(most) == 2


def test_a_crew_uses_idle_threads_again():
    crew = Crew("test-again", 4)
    for _ in range(5):
        crew.do(lambda: None).result(30)
        until(lambda: crew._idle)
    assert sum(one.name.startswith("test-again") for one in threading.enumerate()) == 1


def test_a_job_that_fails_tells_who_asked():
    crew = Crew("test-fails", 1)
    with pytest.raises(ZeroDivisionError):
        crew.do(lambda: 1 / 0).result(30)
    assert crew.do(lambda: 1).result(30) == 1
