"""Whose Pods they are, and whether they fit: judged from the objects alone."""

from __future__ import annotations

import pytest

from podgrade.workspace.room import fits_somewhere, lets_in, requests_of
from podgrade.workspace.target import belongs


def owned(kind, name, labels=None, pod="web-abc-123"):
    owner = {"kind": kind, "name": name, "controller": True}
    return {"metadata": {"name": pod, "labels": labels or {}, "ownerReferences": [owner]}}


@pytest.mark.parametrize(
    ("pod", "mine"),
    [
        ({"metadata": {"name": "web"}}, True),
        ({"metadata": {"name": "web-2"}}, False),
        (owned("ReplicaSet", "web-abc", {"pod-template-hash": "abc"}), True),
        (owned("ReplicaSet", "web-front-abc", {"pod-template-hash": "abc"}), False),
        (owned("ReplicaSet", "web-front", {"pod-template-hash": "front"}), True),
        (owned("Job", "web"), True),
        (owned("Job", "web-1"), False),
        (owned("StatefulSet", "web", pod="web-0"), True),
        (owned("Job", "other", pod="web"), False),
    ],
)
def test_pods_of_the_target_web(pod, mine):
    assert belongs(pod, "web") is mine


def test_a_reference_that_does_not_control_makes_no_owner():
    pod = {"metadata": {"name": "web", "ownerReferences": [{"kind": "X", "name": "y"}]}}
    assert belongs(pod, "web")


def container(restart=None, **requests):
    extra = {"restartPolicy": restart} if restart else {}
    return {"resources": {"requests": requests}, **extra}


def pod(*containers, init=(), **spec):
    return {"spec": {"containers": list(containers), "initContainers": list(init), **spec}}


def node(labels=None, taints=(), **allocatable):
    return {
        "metadata": {"labels": labels or {}},
        "spec": {"taints": list(taints)},
        "status": {"allocatable": allocatable},
    }


@pytest.mark.parametrize(
    ("wanted", "cpu"),
    [
        (pod(container(cpu="100m"), container(cpu="1")), "1.1"),
        (pod(container(cpu="100m"), init=[container(cpu="2")]), "2"),
        (pod(container(cpu="100m"), init=[container("Always", cpu="2")]), "2.1"),
        (
            pod(container(cpu="1"), init=[container("Always", cpu="1"), container(cpu="1500m")]),
            "2.5",
        ),
        (
            pod(container(cpu="1"), init=[container(cpu="3"), container("Always", cpu="1")]),
            "3",
        ),
        (pod(container(cpu="1"), overhead={"cpu": "250m"}), "1.25"),
    ],
)
def test_requests_are_what_starting_and_running_need(wanted, cpu):
    assert str(requests_of(wanted)["cpu"].normalize()) == cpu


@pytest.mark.parametrize(
    ("wanted", "there", "fits"),
    [
        (pod(container(cpu="2")), node(cpu="2"), True),
        (pod(container(cpu="2001m")), node(cpu="2"), False),
        (pod(container(memory="1Gi")), node(memory="1024Mi"), True),
        (pod(container(memory="1G", cpu="0")), node(memory="1Gi"), True),
        (pod(container(**{"gpu.example/x": "1"})), node(cpu="2"), False),
        (pod(container(**{"ephemeral-storage": "0"})), node(cpu="2"), True),
        (pod(container(), nodeSelector={"disk": "ssd"}), node(), False),
        (pod(container(), nodeSelector={"disk": "ssd"}), node({"disk": "ssd"}), True),
        (pod(container()), node(taints=[{"key": "a", "effect": "NoSchedule"}]), False),
        (pod(container()), node(taints=[{"key": "a", "effect": "PreferNoSchedule"}]), True),
        (
            pod(container(), tolerations=[{"operator": "Exists"}]),
            node(taints=[{"key": "a", "effect": "NoExecute"}]),
            True,
        ),
        (
            pod(container(), tolerations=[{"key": "a", "value": "b"}]),
            node(taints=[{"key": "a", "value": "c", "effect": "NoSchedule"}]),
            False,
        ),
    ],
)
def test_what_fits_on_an_empty_node(wanted, there, fits):
    assert fits_somewhere(wanted, [there]) is fits


@pytest.mark.parametrize(
    "key", ["node.kubernetes.io/unreachable", "node.kubernetes.io/disk-pressure"]
)
def test_a_node_that_is_not_well_is_no_mistake_of_the_pods(key):
    ill = node(taints=[{"key": key, "effect": "NoSchedule"}], cpu="1")
    assert fits_somewhere(pod(container(cpu="1")), [ill])
    assert not fits_somewhere(pod(container(cpu="2")), [ill])
    assert not lets_in(ill, pod(container()))  # right now it takes nobody
    own = node(taints=[{"key": key, "effect": "NoSchedule"}, {"key": "a", "effect": "NoExecute"}])
    assert not fits_somewhere(pod(container()), [own])


def test_one_node_that_fits_is_enough():
    assert fits_somewhere(pod(container(cpu="2")), [node(cpu="1"), node(cpu="4")])
