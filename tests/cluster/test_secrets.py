"""What a run must not tell: log-ins, tokens, Secrets; and what a learner's Pod cannot know."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.cluster.outputs import FORMATS, graded
from tests.cluster.rooms import manifest, pod_text, rooms
from tests.waiting import until

from podgrade.cluster.conditions import is_ready

ROOT = Path(__file__).parents[2]
GRADER = ROOT / "graders" / "test_sidecar.py"
FIXTURES = ROOT / "fixtures"
PYTEST = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
VALUE = "hunter2-is-no-password"
SUBMISSION = """\
apiVersion: v1
kind: Secret
metadata: {name: mine}
%s
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
    envFrom: [{secretRef: {name: mine}}]
    command: [sh, -c, "%s"]
"""
# The sidecar prints its own token where its log should be: what a learner's log shows is shown.
TOKEN = "cat /var/run/secrets/kubernetes.io/serviceaccount/token; echo; sleep 600"
SHOWING = "echo it is $password; echo -n $password | base64; echo $password | base64; "


@pytest.fixture(scope="module")
def told(kubeconfig, tmp_path_factory):
    """Everything that a run writes, by its format."""
    text = SUBMISSION % (f"stringData: {{password: {VALUE}}}", TOKEN)
    found = graded(kubeconfig, tmp_path_factory.mktemp("told"), "sidecar", text)
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
    assert "[token]" in told["text"]  # it was there to be told
    for name, text in told.items():
        assert not re.search(r"eyJ[\w-]{10,}", text), name


ENCODED = base64.b64encode(VALUE.encode()).decode()


@pytest.fixture(scope="module", params=["sleep 600", "exit 1"], ids=["goes on", "crashes"])
def shown(request, kubeconfig, tmp_path_factory):
    """All that is written of a container that prints a Secret, and what pytest itself says."""
    folder = tmp_path_factory.mktemp("shown")
    text = SUBMISSION % (f"data: {{password: {ENCODED}}}", SHOWING + request.param)
    found = graded(kubeconfig, folder, "sidecar", text, "--evidence", "kept")
    assert found.code == 1, found.outputs["stderr"]
    (kept,) = (folder / "kept").glob("*.json")
    return {**found.outputs, "evidence": kept.read_text(), "pytest": _of_pytest(kubeconfig, folder)}


def _of_pytest(kubeconfig, folder):
    command = [*PYTEST, str(GRADER), "--submission", "handed-in.yaml", "--kubeconfig", kubeconfig]
    command += ["-vv", "-rA", "--showlocals", "--junitxml=pytest.xml", "-o", "junit_logging=all"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr + (folder / "pytest.xml").read_text()


def test_what_a_container_prints_of_a_secret_is_told_nowhere(shown):
    for name, text in shown.items():
        plain = unquoted(text)
        assert VALUE not in plain, name
        assert ENCODED[:-4] not in plain, name


def unquoted(text):
    """An output with what it holds in base64 (Classroom's) put beside it."""
    long = re.findall(r"[A-Za-z0-9+/]{200,}={0,2}", text)
    return text + "".join(base64.b64decode(one).decode("utf-8", "replace") for one in long)


def test_it_says_which_secret_was_printed(shown):
    for name in ("text", "json", "html", "junit", "csv", "pytest"):
        assert "[Secret/mine:password]" in shown[name], name


def test_the_value_that_the_exercise_itself_keeps_secret_is_told_nowhere(
    kubeconfig, tmp_path_factory
):
    """The app of `init-config` prints the file with the key that is new in each workspace."""
    pod = yaml.safe_load((FIXTURES / "init-config/reference/pod/pod.yaml").read_text())
    app = next(one for one in pod["spec"]["containers"] if one["name"] == "app")
    app["command"] = ["sh", "-c", "cat /etc/nginx/app.conf; exit 1"]
    found = graded(kubeconfig, tmp_path_factory.mktemp("key"), "init-config", yaml.safe_dump(pod))

    assert "API_KEY=[Secret/key:API_KEY]" in found.outputs["text"]
    for name, text in found.outputs.items():
        assert not re.search(r"API_KEY=[0-9a-f]", unquoted(text)), name


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
