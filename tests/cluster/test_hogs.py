"""Learners who take what they can get: contained, cleaned away, and nobody else's trouble."""

from __future__ import annotations

import csv
import shutil

import pytest
from tests.cluster.outputs import PODGRADE, left_of
from tests.cluster.programs import Programs
from tests.cluster.rooms import manifest as parsed
from tests.cluster.rooms import rooms
from tests.faults.proxy import FaultyApi
from tests.hogs import HOGS, REFUSED, RIGHT, manifest
from tests.waiting import until

from podgrade.cluster.connection import Connection
from podgrade.cluster.kinds import path_of

pytestmark = pytest.mark.alone  # takes what it can get of the node

HONEST = 3
LIMIT = 400  # seconds; nothing here waits for a limit of ours


@pytest.fixture(scope="module")
def api(kubeconfig):
    """Passes everything on, and knows which namespaces were made."""
    with FaultyApi(kubeconfig) as api:
        yield api


@pytest.fixture(scope="module")
def grades(api, kubeconfig, tmp_path_factory):
    """Rows of grades.csv by learner: hogs and honest ones, several at once."""
    folder = tmp_path_factory.mktemp("class")
    work = folder / "work"
    work.mkdir()
    for name in HOGS:
        (work / f"hog-{name}.yaml").write_text(manifest(name))
    for number in range(HONEST):
        shutil.copy(RIGHT, work / f"honest-{number}.yaml")
    command = [PODGRADE, "class", "sidecar", str(work), "--output", str(folder / "grades")]
    command += ["--in-flight", "4", "--kubeconfig", str(api.kubeconfig(folder))]
    with Programs() as programs:
        ended = programs.run(command, folder, LIMIT)
    assert ended.returncode in (0, 1), ended.stderr.decode()
    with (folder / "grades" / "grades.csv").open(newline="", encoding="utf-8-sig") as stream:
        return list(csv.reader(stream))


def row_of(grades, name):
    [row] = [row for row in grades if row[0] == name]
    return dict(zip(grades[0], row, strict=True))


@pytest.mark.parametrize("number", range(HONEST))
def test_who_comes_beside_them_has_full_marks(grades, number):
    assert row_of(grades, f"honest-{number}")["total"] == "10"


@pytest.mark.parametrize("name", [name for name in HOGS if name not in REFUSED])
def test_they_are_judged_by_their_answer(grades, name):
    assert row_of(grades, f"hog-{name}")["total"] == "10"


@pytest.mark.parametrize(
    ("name", "said"),
    [("finalizer", "`metadata.finalizers` is not allowed"), ("objects", "limited: configmaps=20")],
)
def test_what_cannot_be_fenced_in_is_refused(grades, name, said):
    row = row_of(grades, f"hog-{name}")

    assert (row["verdict"], row["total"]) == ("failed", "0")
    assert said in row["reason"]


def test_nothing_of_them_is_left(grades, api, kubeconfig):
    assert left_of(api, kubeconfig) == frozenset()
    connection = Connection.open(kubeconfig)
    for namespace in api.namespaces:
        pods = path_of("Pod", namespace)
        until(lambda pods=pods: not connection.request("GET", pods)["items"], 60)


def test_the_node_is_well(grades, kubeconfig):
    [node] = Connection.open(kubeconfig).request("GET", path_of("Node"))["items"]
    conditions = {one["type"]: one["status"] for one in node["status"]["conditions"]}

    assert conditions.pop("Ready") == "True"
    assert set(conditions.values()) == {"False"}


@pytest.fixture(scope="module")
def run(kubeconfig):
    with rooms(kubeconfig) as run:
        yield run


def handed_in(run, name):
    """The workspace of a hog, and the Pods that are in it."""
    workspace = run.workspace()
    assert workspace.hand_in(parsed(HOGS[name])).accepted
    return workspace, path_of("Pod", workspace.namespace)


def ended(run, pods):
    """How the hog's container ended last."""
    for pod in run.connection.request("GET", pods)["items"]:
        for status in pod["status"].get("containerStatuses", ()):
            for state in (status["state"], status["lastState"]):
                if "terminated" in state:
                    return state["terminated"]
    return None


def test_memory_ends_at_the_limit_of_its_container(run):
    workspace, pods = handed_in(run, "memory")

    assert until(lambda: ended(run, pods), 60)["exitCode"] == 137
    run.workspaces.release(workspace)


def test_processes_end_at_the_limit_of_the_pod(run):
    workspace, pods = handed_in(run, "processes")
    log = {"container": "hog"}

    def refused():  # a life that has just begun has said nothing yet
        return b"can't fork" in run.connection.read(f"{pods}/hog/log", query=log, limit=1000)

    until(lambda: ended(run, pods), 60)
    assert until(refused, 60)
    run.workspaces.release(workspace)


def test_pods_end_at_the_quota(run):
    workspace, pods = handed_in(run, "pods")

    def refused():
        events = run.connection.request("GET", path_of("Event", workspace.namespace))["items"]
        return any("exceeded quota" in str(one.get("message")) for one in events)

    until(refused, 60)
    assert len(run.connection.request("GET", pods)["items"]) <= 20
    run.workspaces.release(workspace)
