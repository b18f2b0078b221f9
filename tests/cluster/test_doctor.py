"""podgrade doctor on a real cluster."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cluster.rooms import limited_user

from podgrade.cluster.connection import Connection
from podgrade.cluster.kinds import path_of
from podgrade.locale import in_language
from podgrade.model.exercise import Exercise, Target
from podgrade.model.text import Text
from podgrade.workspace.doctor import State, examine
from podgrade.workspace.run import RUN, Run

T = Text("t", "t")


def needing(*images):
    return Exercise("x", T, T, Target("x"), Path("none"), Path("none"), images=images)


def by_subject(found):
    return {in_language(one.subject, "en"): one for one in found}


@pytest.fixture(scope="module")
def run():
    return Run.new()


@pytest.fixture(scope="module")
def found(kubeconfig, run):
    connection = Connection.open(kubeconfig)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Run, "new", lambda: run)
        return by_subject(examine(connection, [needing("busybox", "busyboxx")]))


@pytest.mark.parametrize(
    ("subject", "state"),
    [
        ("Kubernetes version", State.GOOD),
        ("features", State.GOOD),
        ("rights", State.GOOD),
        ("default StorageClass", State.GOOD),
        ("room", State.GOOD),
        ("clock", State.GOOD),
        ("Pod Security", State.GOOD),
        ("image busybox", State.GOOD),
        ("image busyboxx", State.BAD),
        # The node has no policy engine; a submission can really reach another there.
        ("NetworkPolicy", State.WARNING),
    ],
)
def test_what_the_node_is_like(found, subject, state):
    assert found[subject].state is state


def test_nothing_of_it_stays(kubeconfig, run, found):
    query = {"labelSelector": f"{RUN}={run.id}"}
    spaces = Connection.open(kubeconfig).request("GET", path_of("Namespace"), query=query)["items"]

    assert found
    assert [one for one in spaces if one["status"]["phase"] != "Terminating"] == []


def test_without_rights_nothing_is_tried(kubeconfig, tmp_path):
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["watch"]}]
    with limited_user(kubeconfig, tmp_path, rules) as (path, _):
        told = by_subject(examine(Connection.open(path), [needing("busybox")]))

    assert told["rights"].state is State.BAD
    assert "create namespaces" in in_language(told["rights"].seen, "en")
    assert not any(subject.startswith("image") for subject in told)
