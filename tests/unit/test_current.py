"""Which cluster is used, and the sentence for every way in which that can fail."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml

from podgrade.cluster.kubeconfig import contexts
from podgrade.cluster.providers import ClusterStatus
from podgrade.cluster.providers import current as currents
from podgrade.cluster.providers.current import connect, is_practice
from podgrade.model.errors import ClusterUnavailableError

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def server():
    """Answers `GET /version` as an API server does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            data = json.dumps({"major": "1", "minor": "36+"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """No kubeconfig and no running node but those of the test."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PODGRADE_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setattr(currents, "_ANSWERS_WITHIN", 0.3)
    monkeypatch.setattr(currents, "_STAND_BY", 0.3)
    return tmp_path


def write(path, servers, current=None, **context):
    names = list(servers)
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": current or "",
        "clusters": [{"name": n, "cluster": {"server": servers[n]}} for n in names],
        "users": [{"name": n, "user": {}} for n in names],
        "contexts": [{"name": n, "context": {"cluster": n, "user": n, **context}} for n in names],
    }
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(yaml.safe_dump(content))
    return path


@pytest.fixture
def kubeconfig(home):
    """Writes ~/.kube/config."""
    return lambda servers, current=None, **context: write(
        home / ".kube" / "config", servers, current, **context
    )


@pytest.fixture
def node(home, server, monkeypatch):
    """A running node cluster of podgrade's."""
    path = write(home / "state/clusters/podgrade-node/kubeconfig", {"podgrade-node": server})
    content = yaml.safe_load(path.read_text()) | {"current-context": "podgrade-node"}
    path.write_text(yaml.safe_dump(content))
    path.with_name("config.json").write_text("{}")
    status = ClusterStatus("podgrade-node", "ready", path)
    monkeypatch.setattr(currents.NodeProvider, "status", lambda self, name: status)
    return path


@pytest.mark.parametrize(
    "name", ["kind-kind", "kind-class", "minikube", "k3d-x", "docker-desktop", "podgrade-node"]
)
def test_plainly_practice(name):
    assert is_practice(name)


@pytest.mark.parametrize(
    "name", ["production", "kind", "my-kind-x", "minikube-prod", "arn:aws:eks:x", "", "k3d-"]
)
def test_not_plainly_practice(name):
    assert not is_practice(name)


def test_a_practice_context_is_used_unasked(kubeconfig, server):
    kubeconfig({"kind-a": server, "prod": NOWHERE}, "kind-a", namespace="mine")
    connection = connect()
    assert (connection.context, connection.namespace) == ("kind-a", "mine")
    assert connection.server_version() == "v1.36"


def test_any_other_context_must_be_named(kubeconfig, server):
    kubeconfig({"prod": server}, "prod")
    with pytest.raises(ClusterUnavailableError, match="`--context prod`"):
        connect()
    assert connect(context="prod").context == "prod"


def test_a_named_kubeconfig_is_used_as_it_is(home, server):
    path = write(home / "elsewhere", {"school": server}, "school")
    assert connect(path).context == "school"


def test_a_running_node_is_found(node):
    assert connect().context == "podgrade-node"


def test_a_kubeconfig_that_is_named_and_missing_is_not_replaced(node, home, monkeypatch):
    monkeypatch.setenv("KUBECONFIG", str(home / "missing"))
    with pytest.raises(ClusterUnavailableError, match="which is not there: bring that cluster up"):
        connect()


def test_what_else_lies_beside_the_nodes_is_no_cluster(node, monkeypatch):
    (node.parents[1] / ".network-lock").touch()
    asked = []
    monkeypatch.setattr(
        currents.NodeProvider,
        "status",
        lambda self, name: asked.append(name) or ClusterStatus(name, "down", None),
    )
    with pytest.raises(ClusterUnavailableError):
        connect()

    assert asked == ["podgrade-node"]


def test_a_running_node_can_be_named_without_being_merged(node):
    assert connect(context="podgrade-node").context == "podgrade-node"


def test_the_users_own_practice_cluster_comes_before_the_node(kubeconfig, server, node):
    kubeconfig({"minikube": server}, "minikube")
    assert connect().context == "minikube"


@pytest.mark.parametrize("current", ["minikube", "prod"])
def test_the_node_stands_in_for_one_that_is_down_or_not_for_practice(kubeconfig, node, current):
    kubeconfig({current: NOWHERE}, current)
    assert connect().context == "podgrade-node"


def test_with_no_cluster_at_all_one_is_offered():
    with pytest.raises(ClusterUnavailableError, match="`podgrade cluster up`"):
        connect()


def test_a_cluster_that_does_not_answer_is_said(kubeconfig):
    kubeconfig({"kind-a": NOWHERE}, "kind-a")
    with pytest.raises(ClusterUnavailableError, match=r"context kind-a cannot be used: .*reached"):
        connect()


def test_a_context_that_is_not_there_is_said(kubeconfig, server):
    kubeconfig({"kind-a": server}, "kind-a")
    with pytest.raises(ClusterUnavailableError, match="no context named kind-b"):
        connect(context="kind-b")


def test_a_file_that_is_not_there_is_said(home):
    with pytest.raises(ClusterUnavailableError, match="cannot be read: No such file"):
        connect(home / "missing")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a: [", b"hello", b"contexts: 5"])
def test_a_file_that_is_no_kubeconfig_is_said(home, content):
    path = home / "broken"
    path.write_bytes(content)
    with pytest.raises(ClusterUnavailableError, match="is not a kubeconfig"):
        connect(path)


def test_a_context_without_its_cluster_is_said(kubeconfig, server):
    path = kubeconfig({"kind-a": server}, "kind-a")
    content = yaml.safe_load(path.read_text()) | {"clusters": []}
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(ClusterUnavailableError, match="context kind-a of the kubeconfig is broken"):
        connect()


def test_a_kubeconfig_without_a_current_context_is_said(home, server):
    path = write(home / "elsewhere", {"school": server})
    with pytest.raises(ClusterUnavailableError, match="names no current context"):
        connect(path)


def test_a_log_in_program_that_is_missing_is_said(kubeconfig, server, capsys):
    path = kubeconfig({"kind-a": server}, "kind-a")
    content = yaml.safe_load(path.read_text())
    program = {"apiVersion": "client.authentication.k8s.io/v1", "command": "no-such-login"}
    content["users"][0]["user"] = {"exec": program}
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(ClusterUnavailableError, match=r"log-in failed: `no-such-login` .*No such"):
        connect()
    assert capsys.readouterr().err == ""  # the library's own words are part of the sentence


def test_a_certificate_that_is_none_is_said(kubeconfig, server):
    path = kubeconfig({"kind-a": server.replace("http:", "https:")}, "kind-a")
    content = yaml.safe_load(path.read_text())
    content["users"][0]["user"] = {"client-certificate-data": "bm9uZQ=="}
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(ClusterUnavailableError, match="certificates cannot be used"):
        connect()


def test_of_several_files_the_first_word_counts(home, server, monkeypatch):
    one = write(home / "one", {"kind-a": server}, "kind-a", namespace="first")
    two = write(home / "two", {"kind-a": NOWHERE, "kind-b": NOWHERE}, "kind-b")
    monkeypatch.setenv("KUBECONFIG", f"{one}:{two}:{home / 'missing'}")
    known = contexts()
    assert known.current == "kind-a"
    assert known.namespaces == {"kind-a": "first", "kind-b": "default"}
    assert connect().context == "kind-a"
