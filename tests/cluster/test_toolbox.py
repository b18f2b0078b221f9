"""The toolbox on a real cluster: asks Pods by address and by Service, from its own namespace."""

from __future__ import annotations

import threading
import time

import pytest
from tests.cluster.rooms import manifest, rooms, there
from tests.waiting import until

from podgrade.cluster.conditions import is_ready
from podgrade.model.errors import InfrastructureError
from podgrade.workspace import toolbox as toolboxes
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.toolbox import Toolbox

WEB = """\
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  terminationGracePeriodSeconds: 0
  containers: [{name: main, image: nginx}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 8000, targetPort: 80}]}
"""
STATUS = ("curl", "-sS", "-m", "5", "-o", "/dev/null", "-w", "%{http_code}")


@pytest.fixture(scope="module")
def run(kubeconfig):
    with rooms(kubeconfig) as run:
        yield run


@pytest.fixture(scope="module")
def toolbox(run):
    toolbox = Toolbox(run.connection, run.watch, run.run)
    toolbox.start()
    yield toolbox
    toolbox.close()


def test_it_has_what_checks_need(toolbox):
    for program in ("curl", "sh", "nc"):
        assert toolbox.exec(["which", program], timeout=30).code == 0


def test_it_may_nothing(toolbox):
    assert toolbox.exec(["id", "-u"], timeout=30).out.strip() != b"0"
    token = "/var/run/secrets/kubernetes.io/serviceaccount/token"
    assert toolbox.exec(["ls", token], timeout=30).code != 0


def test_it_reaches_a_workspace_by_address_and_by_service(run, toolbox):
    workspace = run.workspace()
    assert workspace.hand_in(manifest(WEB)).accepted

    def ready():
        pod = workspace.pod()
        return pod if pod and is_ready(pod) else None

    pod = workspace.wait(Goal(GoalKind.READY), ready, 60).value
    for host in (pod["status"]["podIP"], f"web.{workspace.namespace}.svc:8000"):
        url = f"http://{host}/"  # Ready without a probe: nginx may not listen yet
        until(lambda url=url: toolbox.exec([*STATUS, url], timeout=30).out == b"200")
    run.workspaces.release(workspace)


@pytest.mark.parametrize(
    ("image", "why"),
    [
        ("no-such-image", "`no-such-image` was not found"),
        (
            "registry.invalid/curl:1",
            "`registry.invalid/curl:1` (could not be pulled|was not found)",
        ),
    ],
)
def test_an_image_that_is_not_to_be_had_is_told_at_once(run, monkeypatch, image, why):
    monkeypatch.setattr(toolboxes, "TOOLBOX_IMAGE", image)
    began = time.monotonic()
    with rooms_of(run) as toolbox, pytest.raises(InfrastructureError, match=why) as raised:
        toolbox.exec(["true"])

    assert time.monotonic() - began < 40  # the kubelet pulls again after 10 to 20 s
    assert "kind load docker-image" in str(raised.value)


def test_one_that_does_not_come_is_infrastructure(run, monkeypatch):
    monkeypatch.setattr(toolboxes, "_COMES_WITHIN", 0.0)
    with rooms_of(run) as toolbox, pytest.raises(InfrastructureError, match="did not come up"):
        toolbox.exec(["true"])


def test_closing_deletes_it(run):
    with rooms_of(run) as toolbox:
        toolbox.exec(["true"], timeout=60)
    until(lambda: not there(run.connection, "Namespace", None, toolbox.namespace))


class rooms_of:  # noqa: N801  used as a function
    """A toolbox of another run on the same watch."""

    def __init__(self, run):
        from podgrade.workspace.run import Run

        self.toolbox = Toolbox(run.connection, run.watch, Run.new())

    def __enter__(self):
        return self.toolbox

    def __exit__(self, *_):
        self.toolbox.close()
        assert threading.active_count()
