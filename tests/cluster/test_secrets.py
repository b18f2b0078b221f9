"""What a run must not tell: log-ins, tokens, Secrets; and what a learner's Pod cannot know."""

from __future__ import annotations

import base64
import re

import pytest
import yaml
from tests.cluster.outputs import FORMATS, graded
from tests.cluster.rooms import manifest, pod_text, rooms
from tests.waiting import until

from podgrade.cluster.conditions import is_ready

VALUE = "hunter2-is-no-password"
# The sidecar prints its own token where its log should be: what a learner's log shows is shown.
SUBMISSION = """\
apiVersion: v1
kind: Secret
metadata: {name: mine}
stringData: {password: %s}
---
apiVersion: v1
kind: Pod
metadata: {name: nginx-sidecar}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - {name: nginx, image: nginx, envFrom: [{secretRef: {name: mine}}]}
  - name: log-sidecar
    image: busybox
    command: [sh, -c, "cat /var/run/secrets/kubernetes.io/serviceaccount/token; echo; sleep 600"]
"""


@pytest.fixture(scope="module")
def told(kubeconfig, tmp_path_factory):
    """Everything that a run writes, by its format."""
    found = graded(kubeconfig, tmp_path_factory.mktemp("told"), "sidecar", SUBMISSION % VALUE)
    assert found.code == 1, found.outputs["stderr"]
    assert found.outputs.keys() >= set(FORMATS)
    return found.outputs


def test_no_output_holds_what_the_kubeconfig_holds(told, kubeconfig):
    config = yaml.safe_load(kubeconfig.read_text())
    secrets = [*config["users"][0]["user"].values()]
    plain = [base64.b64decode(one).decode() for one in secrets]
    for text in told.values():
        for secret in secrets + plain:
            assert secret[:60] not in text
            assert secret.splitlines()[1 if "\n" in secret else 0][:40] not in text
        assert "PRIVATE KEY" not in text


def test_no_output_holds_a_secrets_value(told):
    for text in told.values():
        assert VALUE not in text
        assert base64.b64encode(VALUE.encode()).decode() not in text


def test_no_output_holds_a_token(told):
    assert "eyJ…" in told["text"]  # it was there to be told
    for name, text in told.items():
        assert not re.search(r"eyJ[\w-]{10,}", text), name


API = (
    "T=$(cat /var/run/secrets/kubernetes.io/serviceaccount/token); "
    'wget -qO- --no-check-certificate --header \\"Authorization: Bearer $T\\" '
    "https://kubernetes.default.svc%s"
)


@pytest.mark.parametrize(
    "what", ["secrets", "configmaps", "pods", "events", "serviceaccounts", "secrets/mine"]
)
def test_a_learners_pod_cannot_read_what_is_in_its_workspace(kubeconfig, room, what):
    workspace = room
    path = f"/api/v1/namespaces/{workspace.namespace}/{what}"
    answer = workspace.connection.exec(
        workspace.namespace, "web", "main", ["sh", "-c", (API % path).replace("\\", "")], timeout=30
    )
    assert answer.code != 0
    assert b"items" not in answer.out


@pytest.fixture(scope="module")
def room(kubeconfig):
    with rooms(kubeconfig) as run:
        workspace = run.workspace()
        assert workspace.hand_in(manifest(pod_text())).accepted
        until(lambda: workspace.pod() and is_ready(workspace.pod()))
        yield workspace


def test_the_learners_identity_has_no_token(room):
    path = f"/api/v1/namespaces/{room.namespace}/serviceaccounts/podgrade-learner"
    assert room.connection.request("GET", path)["automountServiceAccountToken"] is False
    secrets = room.connection.request("GET", f"/api/v1/namespaces/{room.namespace}/secrets")
    assert secrets["items"] == []


def test_of_ours_a_workspace_holds_no_value_to_guess(room):
    path = f"/api/v1/namespaces/{room.namespace}/configmaps"
    names = [one["metadata"]["name"] for one in room.connection.request("GET", path)["items"]]
    assert names == ["kube-root-ca.crt"]
