"""Workspaces on a real cluster: handed in, waited on, and each wall by itself."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest
from tests.cluster.rooms import (
    exercise,
    limited_user,
    manifest,
    pod_text,
    rooms,
    there,
)
from tests.waiting import until

from podgrade.cluster.conditions import is_ready
from podgrade.cluster.connection import ApiRefusal, Connection, Stopped
from podgrade.cluster.kinds import path_of
from podgrade.cluster.transport import Transport
from podgrade.cluster.watch import Watch
from podgrade.model.errors import InfrastructureError
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.pool import Workspaces
from podgrade.workspace.run import Run
from podgrade.workspace.workspace import Workspace

READY = Goal(GoalKind.READY)

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 0
      containers: [{name: main, image: busybox, command: [sleep, "600"]}]
"""
JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: web}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox, command: ["true"]}]
"""
WITH_CONFIG = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: main
    image: busybox
    command: [sleep, "600"]
    envFrom: [{configMapRef: {name: settings}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: b}
"""


@pytest.fixture(scope="module")
def run(kubeconfig):
    with rooms(kubeconfig) as run:
        run.workspaces.prepare("baseline", 2)
        yield run


@pytest.fixture
def workspace(run):
    workspace = run.workspace()
    yield workspace
    run.workspaces.release(workspace)


@pytest.fixture
def calls(monkeypatch):
    """Every request of this process, as it is sent."""
    made = []
    send = Transport.send

    def noted(self, call, identity):
        made.append(SimpleNamespace(method=call.method, path=call.path, identity=identity))
        return send(self, call, identity)

    monkeypatch.setattr(Transport, "send", noted)
    return made


def ready(workspace: Workspace):
    def condition():
        pod = workspace.pod()
        return pod if pod and is_ready(pod) else None

    return condition


def running(workspace: Workspace):
    def condition():
        pod = workspace.pod()
        return pod if pod and pod["status"]["phase"] == "Running" else None

    return condition


def hand_in(workspace, text):
    acceptance = workspace.hand_in(manifest(text))
    assert acceptance.accepted, acceptance
    return acceptance


@pytest.mark.parametrize("text", [pod_text(), DEPLOYMENT, WITH_CONFIG])
def test_what_is_handed_in_becomes_ready(workspace, text):
    hand_in(workspace, text)
    waited = workspace.wait(READY, ready(workspace), 60)
    assert waited.doom is None
    assert is_ready(waited.value)


def test_a_job_succeeds(workspace):
    hand_in(workspace, JOB)

    def succeeded():
        return next((p for p in workspace.pods() if p["status"]["phase"] == "Succeeded"), None)

    assert workspace.wait(Goal(GoalKind.SUCCEEDED), succeeded, 60).value


def test_one_request_an_object_and_none_for_waiting(workspace, calls):
    hand_in(workspace, WITH_CONFIG)
    workspace.wait(READY, ready(workspace), 60)
    ours = [call for call in calls if f"/namespaces/{workspace.namespace}/" in call.path]
    assert [(call.method, call.path.rpartition("/")[2]) for call in ours] == [
        ("POST", "configmaps"),
        ("POST", "pods"),
    ]
    assert {call.identity.user for call in ours} == {
        f"system:serviceaccount:{workspace.namespace}:podgrade-learner"
    }


def test_a_refused_object_is_said_with_its_line_and_nothing_more_is_created(run, workspace):
    broken = pod_text().replace("    image: busybox", "    imagee: busybox")
    service = "---\nkind: Service\napiVersion: v1\nmetadata: {name: late}\nspec: {ports: []}\n"
    job = "---\n" + JOB.replace("name: web", "name: other")
    acceptance = workspace.hand_in(manifest(broken + service + job))
    assert [(one.reason.code, one.position.line) for one in acceptance.refusals] == [
        ("refused-by-server", 16),
        ("unknown-field", 10),
    ]
    assert not there(run.connection, "Job", workspace.namespace, "other")


def test_the_same_name_twice_is_said(workspace):
    acceptance = workspace.hand_in(manifest(pod_text() + "---\n" + pod_text()))
    assert [one.reason.code for one in acceptance.refusals] == ["already-exists"]


def test_pod_security_holds_alone(workspace):
    text = pod_text().replace("spec:\n", "spec:\n  hostPID: true\n", 1)
    [refusal] = workspace.hand_in(manifest(text)).refusals
    assert refusal.reason.code == "refused-by-pod-security"
    assert refusal.position.line == 7


def test_pod_security_of_a_deployment_is_a_warning(workspace):
    text = DEPLOYMENT.replace("    spec:\n", "    spec:\n      hostPID: true\n", 1)
    [warning] = hand_in(workspace, text).warnings
    assert "hostPID" in str(warning)


@pytest.fixture
def tracing(run):
    """A workspace of an exercise that allows a capability beyond its level."""
    workspace = run.workspace(capabilities=("SYS_PTRACE",))
    yield workspace
    run.workspaces.release(workspace)


ADDED = "securityContext: {capabilities: {add: [SYS_PTRACE]}}\n    command"


def test_what_an_exercise_allows_is_let_in_without_a_word(tracing):
    acceptance = tracing.hand_in(manifest(pod_text().replace("command", ADDED)))

    assert acceptance.refusals == acceptance.warnings == ()


@pytest.mark.parametrize("text", [pod_text(), DEPLOYMENT], ids=["pod", "deployment"])
def test_the_rest_of_the_level_holds_there(tracing, text):
    indent = "      " if text is DEPLOYMENT else "  "
    spec = f"\n{indent}terminationGracePeriodSeconds"
    text = text.replace(spec, f"\n{indent}hostPID: true{spec}", 1)
    [refusal] = tracing.hand_in(manifest(text.replace("    command", f"    {ADDED}"))).refusals

    assert refusal.reason.code == "refused-by-pod-security"
    assert "SYS_PTRACE" not in str(refusal.reason.why)


def test_quota_holds_alone(workspace):
    text = pod_text().replace("    command", "    resources: {requests: {cpu: 5}}\n    command")
    [refusal] = workspace.hand_in(manifest(text)).refusals
    assert "requests.cpu" in str(refusal.reason.why)


def test_every_container_has_small_requests_and_a_memory_limit(workspace):
    hand_in(workspace, pod_text())
    pod = workspace.wait(READY, ready(workspace), 60).value
    resources = pod["spec"]["containers"][0]["resources"]
    assert resources["requests"] == {"cpu": "10m", "memory": "16Mi", "ephemeral-storage": "0"}
    assert set(resources["limits"]) == {"memory", "ephemeral-storage"}


@pytest.mark.parametrize(
    ("method", "kind", "name"),
    [
        ("GET", "Namespace", None),
        ("GET", "Node", None),
        ("GET", "ResourceQuota", "podgrade"),
        ("DELETE", "NetworkPolicy", "podgrade"),
        ("POST", "Role", None),
        ("POST", "RoleBinding", None),
        ("GET", "Secret", None),
    ],
)
def test_the_learner_may_not(workspace, method, kind, name):
    path = path_of(kind, workspace.namespace, name)
    body = {"metadata": {"name": "x"}} if method == "POST" else None
    with pytest.raises(ApiRefusal, match="forbidden"):
        workspace.learner.request(method, path, body=body)


def test_the_learner_may_nothing_elsewhere(run, workspace):
    other = run.workspace()
    with pytest.raises(ApiRefusal, match="cannot create resource"):
        workspace.learner.request(
            "POST", path_of("Pod", other.namespace), body=manifest(pod_text()).documents[0].body
        )
    run.workspaces.release(other)


def test_a_pods_own_account_may_nothing(workspace):
    pods = workspace.connection.impersonating(
        f"system:serviceaccount:{workspace.namespace}:default"
    )
    for kind in ("Pod", "Secret", "ConfigMap"):
        with pytest.raises(ApiRefusal, match="cannot list"):
            pods.request("GET", path_of(kind, workspace.namespace))


def test_the_fence_says_whose_it_is_and_when_it_ends(run, workspace):
    namespace = run.connection.request("GET", path_of("Namespace", None, workspace.namespace))
    labels = namespace["metadata"]["labels"]
    assert labels["app.kubernetes.io/managed-by"] == "podgrade"
    assert labels["podgrade.io/run"] == run.run.id
    assert time.time() < int(labels["podgrade.io/expires"]) < time.time() + 3 * 3600
    assert labels["pod-security.kubernetes.io/enforce"] == "baseline"
    version = run.connection.server_version()
    assert labels["pod-security.kubernetes.io/enforce-version"] == version


def test_a_doomed_wait_ends_before_its_limit(workspace):
    text = pod_text().replace(
        "    command", "    envFrom: [{configMapRef: {name: absent}}]\n    command"
    )
    hand_in(workspace, text)
    waited = workspace.wait(READY, ready(workspace), 60)
    assert (waited.value, waited.doom.code) == (None, "missing-configmap")
    assert waited.seconds < 30


def test_at_the_limit_the_wait_says_what_stood_in_the_way(workspace):
    probe = (
        "    readinessProbe: {exec: {command: [sh, -c, 'echo cold; exit 1']}, periodSeconds: 1}\n"
    )
    hand_in(workspace, pod_text().replace("    command", probe + "    command"))
    assert workspace.wait(Goal(GoalKind.RUNNING), running(workspace), 60).value
    waited = workspace.wait(READY, ready(workspace), 5)
    assert waited.value is None
    assert waited.doom.code in {"not-ready-probe", "not-ready"}
    assert waited.seconds >= 5


def test_a_run_that_stops_ends_a_wait_at_once(kubeconfig):
    with rooms(kubeconfig) as run:
        workspace = run.workspace()
        hand_in(workspace, pod_text(image="busybox:no-such-tag"))
        threading.Timer(0.5, run.stop.set).start()
        began = time.monotonic()
        with pytest.raises(Stopped):
            workspace.wait(READY, lambda: None, 60)
        assert time.monotonic() - began < 30


def test_two_runs_do_not_meet(run, workspace, kubeconfig):
    with rooms(kubeconfig) as other:
        theirs = other.workspace()
        assert theirs.namespace != workspace.namespace
        hand_in(theirs, pod_text())
        hand_in(workspace, pod_text())
        workspace.wait(READY, ready(workspace), 60)
        assert len(workspace.pods()) == 1
        assert workspace.pod()["metadata"]["namespace"] == workspace.namespace


def test_a_newer_pod_takes_the_place_of_one_that_goes(run, workspace):
    hand_in(workspace, DEPLOYMENT)
    first = workspace.wait(READY, ready(workspace), 60).value["metadata"]
    run.connection.request("DELETE", path_of("Pod", workspace.namespace, first["name"]))

    def another():
        pod = workspace.pod()
        return pod if pod and is_ready(pod) and pod["metadata"]["uid"] != first["uid"] else None

    assert workspace.wait(READY, another, 60).value


def test_the_setup_is_there_before(run, tmp_path):
    (tmp_path / "setup").mkdir()
    (tmp_path / "setup" / "all.yaml").write_text(DEPLOYMENT.replace("web", "backend"))
    workspace = run.workspaces.take(exercise(folder=tmp_path))
    workspace.set_up()
    assert [is_ready(pod) for pod in workspace.view.pods()] == [True]
    assert workspace.pods() == ()  # the target is another one
    run.workspaces.release(workspace)


def test_a_setup_that_does_not_come_is_infrastructure(run, tmp_path):
    (tmp_path / "setup").mkdir()
    broken = pod_text("backend").replace(
        "command:", "envFrom: [{secretRef: {name: absent}}]\n    command:"
    )
    (tmp_path / "setup" / "pod.yaml").write_text(broken)
    workspace = run.workspaces.take(exercise(folder=tmp_path))
    with pytest.raises(InfrastructureError, match="exercise's own Pod/backend"):
        workspace.set_up()
    run.workspaces.release(workspace)


def test_a_released_workspace_goes_with_its_pods(run):
    workspace = run.workspace()
    hand_in(workspace, pod_text(command="trap : TERM; sleep 600 & wait; sleep 600"))
    workspace.wait(READY, ready(workspace), 60)
    run.workspaces.release(workspace)
    until(lambda: not there(run.connection, "Namespace", None, workspace.namespace))
    path = path_of("Pod", workspace.namespace)
    until(lambda: not run.connection.request("GET", path)["items"], 20)


def test_closing_leaves_nothing_even_of_what_was_not_used(kubeconfig):
    with rooms(kubeconfig) as run:
        run.workspaces.prepare("baseline", 2)
        run.workspace()
        began = time.monotonic()
        run.stop.set()
        run.workspaces.close(5)
        assert time.monotonic() - began < 20
    query = {"labelSelector": f"podgrade.io/run={run.run.id}"}

    def living():
        items = run.connection.request("GET", path_of("Namespace"), query=query)["items"]
        return [one for one in items if not one["metadata"].get("deletionTimestamp")]

    until(lambda: not living(), 10)


def test_kept_workspaces_stay(kubeconfig):
    with rooms(kubeconfig, keep=True) as run:
        workspace = run.workspace()
        run.workspaces.release(workspace)
    assert there(run.connection, "Namespace", None, workspace.namespace)
    run.connection.request("DELETE", path_of("Namespace", None, workspace.namespace))


def test_without_the_right_to_impersonate_the_other_walls_stand(kubeconfig, tmp_path):
    everything_else = [
        {
            "apiGroups": ["", "apps", "batch", "networking.k8s.io", "events.k8s.io"],
            "resources": ["*"],
            "verbs": ["get", "list", "watch", "create", "delete", "deletecollection"],
        },
        {
            "apiGroups": ["rbac.authorization.k8s.io"],
            "resources": ["roles", "rolebindings"],
            "verbs": ["create", "escalate", "bind"],
        },
    ]
    with limited_user(kubeconfig, tmp_path, everything_else) as (limited, _), rooms(limited) as run:
        first, second = run.workspace(), run.workspace()
        [note] = hand_in(first, pod_text()).notes
        assert "impersonate" in str(note)
        assert hand_in(second, pod_text()).notes == ()
        text = pod_text("other").replace("spec:\n", "spec:\n  hostPID: true\n", 1)
        [refusal] = second.hand_in(manifest(text)).refusals
        assert refusal.reason.code == "refused-by-pod-security"


def test_without_the_right_to_make_namespaces_it_is_said(kubeconfig, tmp_path):
    with limited_user(kubeconfig, tmp_path, []) as (limited, _):
        connection = Connection.open(limited)
        watch = Watch(connection, threading.Event())
        workspaces = Workspaces(connection, watch, Run.new())
        with pytest.raises(InfrastructureError, match="this account may not create namespaces"):
            workspaces.take(exercise())
        workspaces.close()


THING = "podgrade.example~1seat"


@pytest.fixture
def one_seat(run):
    """A resource of which the node has one: room for one Pod, without filling the node."""
    [node, *_] = run.connection.request("GET", path_of("Node"))["items"]
    path = path_of("Node", None, node["metadata"]["name"]) + "/status"

    def patch(operation):
        body = [{**operation, "path": f"/status/capacity/{THING}"}]
        kind = "application/json-patch+json"
        run.connection.request("PATCH", path, body=body, content_type=kind)

    patch({"op": "add", "value": "1"})
    name = THING.replace("~1", "/")
    until(
        lambda: (
            name
            in run.connection.request("GET", path.removesuffix("/status"))["status"]["allocatable"]
        )
    )
    yield name
    patch({"op": "remove"})


def test_time_without_room_does_not_count(run, workspace, one_seat):
    seat = f"    resources: {{limits: {{{one_seat}: 1}}}}\n    command"
    text = pod_text().replace("    command", seat)
    other = run.workspace()
    hand_in(other, text)
    assert other.wait(READY, ready(other), 60).value
    hand_in(workspace, text)
    threading.Timer(6, run.workspaces.release, [other]).start()

    def has_its_place():
        pod = workspace.pod()
        return pod if pod and pod["spec"].get("nodeName") else None

    waited = workspace.wait(READY, has_its_place, 4)
    assert waited.doom is None
    assert waited.seconds > 5


def test_what_never_fits_is_doomed(workspace, one_seat):
    seats = f"    resources: {{limits: {{{one_seat}: 2}}}}\n    command"
    hand_in(workspace, pod_text().replace("    command", seats))
    waited = workspace.wait(READY, ready(workspace), 60)
    assert waited.doom.code == "unschedulable"
    assert waited.seconds < 30
