"""The connection on a real cluster: exec in every way it can end, logs, log-ins that fail."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.cluster.rooms import bare_namespace, pod_text, with_cluster, with_token
from tests.waiting import until

from podgrade.cluster.conditions import is_ready
from podgrade.cluster.connection import ApiRefusal, Connection, Silence, Stopped, TimedOut
from podgrade.cluster.kinds import path_of
from podgrade.cluster.providers.current import connect
from podgrade.model.errors import ClusterUnavailableError, InfrastructureError
from podgrade.model.submission import SourceFile
from podgrade.workspace.read import parse

TALK = "i=0; while true; do i=$((i+1)); echo line $i; sleep 0.2; done"


@pytest.fixture(scope="module")
def connection(kubeconfig):
    return Connection.open(kubeconfig)


@pytest.fixture(scope="module")
def pod(connection):
    """Namespace and name of a Pod that talks."""
    with bare_namespace(connection) as namespace:
        [document] = parse([SourceFile("pod", pod_text(command=TALK).encode())]).documents
        connection.request("POST", path_of("Pod", namespace), body=document.body)
        path = path_of("Pod", namespace, "web")
        until(lambda: is_ready(connection.request("GET", path)))
        yield namespace, "web"


@pytest.fixture
def run(connection, pod):
    def run(*command, **options):
        return connection.exec(*pod, "main", command, **({"timeout": 20} | options))

    return run


def test_output_error_output_and_exit_code(run):
    answer = run("sh", "-c", "echo out; echo err >&2; exit 7")
    assert (answer.code, answer.out, answer.err) == (7, b"out\n", b"err\n")


def test_bytes_come_as_they_are(run):
    assert run("printf", r"\377\000\376").out == b"\xff\x00\xfe"


def test_standard_input_ends(run):
    sent = bytes(range(256)) * 1000
    answer = run("sh", "-c", "cat", stdin=sent)
    assert answer.out == sent


def test_a_program_that_is_not_there_is_what_a_shell_says(run):
    answer = run("no-such-program")
    assert answer.code == 127
    assert b"no-such-program" in answer.err


def test_a_file_that_is_no_program_is_what_a_shell_says(run):
    assert run("/etc/passwd").code == 126


def test_output_is_bounded(run):
    answer = run("sh", "-c", "head -c 3000000 /dev/zero", limit=10)
    assert (answer.code, len(answer.out), answer.truncated) == (0, 10, True)


def test_endless_output_ends_before_the_time_is_up(run):
    began = time.monotonic()
    answer = run("cat", "/dev/zero", limit=1000, timeout=90)
    assert (answer.code, len(answer.out), answer.truncated) == (-1, 1000, True)
    assert time.monotonic() - began < 60


def test_a_command_that_does_not_end_is_cut_off_with_what_came(run):
    began = time.monotonic()
    with pytest.raises(TimedOut) as caught:
        run("sh", "-c", "echo early; sleep 60", timeout=2)
    assert caught.value.answer.out == b"early\n"
    assert time.monotonic() - began < 30


def test_a_container_that_is_not_there_is_an_answer(connection, pod):
    with pytest.raises(ApiRefusal, match="nobody"):
        connection.exec(*pod, "nobody", ["true"])


def test_a_pod_that_is_not_there_is_an_answer(connection, pod):
    with pytest.raises(ApiRefusal) as caught:
        connection.exec(pod[0], "nobody", "main", ["true"])
    assert caught.value.status == 404


def test_many_at_once_do_not_mix(run):
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: run("echo", str(n)).out, range(24)))
    assert answers == [f"{n}\n".encode() for n in range(24)]


def test_a_run_that_stops_leaves_a_command_at_once(connection, pod):
    stop = threading.Event()
    stopped = connection.stopped_by(stop)
    threading.Timer(1.0, stop.set).start()
    began = time.monotonic()
    with pytest.raises(Stopped):
        stopped.exec(*pod, "main", ["sleep", "60"], timeout=60)
    assert time.monotonic() - began < 30


def test_a_log_is_read_no_further_than_asked(connection, pod):
    path = path_of("Pod", *pod) + "/log"
    assert len(connection.read(path, limit=5)) == 5


def test_a_log_is_followed_line_by_line(connection, pod):
    path, query = path_of("Pod", *pod) + "/log", {"follow": True, "tailLines": 1}
    with connection.lines(path, query=query, timeout=10) as lines:
        first, second = next(lines), next(lines)
    assert int(second.split()[1]) == int(first.split()[1]) + 1


def test_a_silent_log_is_silence(connection, pod):
    namespace, _ = pod
    [document] = parse([SourceFile("pod", pod_text("quiet").encode())]).documents
    connection.request("POST", path_of("Pod", namespace), body=document.body)
    path = path_of("Pod", namespace, "quiet")
    until(lambda: is_ready(connection.request("GET", path)))
    lines = connection.lines(path + "/log", query={"follow": True}, timeout=1)
    with lines, pytest.raises(Silence):
        next(lines)


def test_the_servers_warnings_are_kept(connection, pod):
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "warned"},
        "spec": {
            "containers": [{"name": "c", "image": "x", "resources": {"limits": {"memory": "100m"}}}]
        },
    }
    path, query = path_of("Pod", pod[0]), {"dryRun": "All"}
    _, warnings = connection.request_with_warnings("POST", path, query=query, body=body)
    assert any("fractional byte value" in text for text in warnings)


def test_another_identity_has_its_own_rights(connection, pod):
    nobody = connection.impersonating("somebody")
    with pytest.raises(ApiRefusal, match='User "somebody" cannot get resource "pods"'):
        nobody.request("GET", path_of("Pod", *pod))


def test_the_version_is_as_labels_want_it(connection):
    assert connection.server_version().startswith("v1.")


def test_a_wrong_log_in_is_said(kubeconfig, tmp_path):
    with pytest.raises(ClusterUnavailableError, match="log-in"):
        connect(with_token(kubeconfig, tmp_path, "nonsense"))


def test_a_cluster_that_is_not_trusted_is_said_at_once(kubeconfig, tmp_path):
    broken = with_cluster(kubeconfig, tmp_path, **{"tls-server-name": "somewhere.else"})
    began = time.monotonic()
    with pytest.raises(ClusterUnavailableError, match="TLS"):
        connect(broken)
    assert time.monotonic() - began < 20


def test_a_cluster_that_is_not_there_is_said(kubeconfig, tmp_path):
    broken = with_cluster(kubeconfig, tmp_path, server="https://127.0.0.1:1")
    with pytest.raises(ClusterUnavailableError, match="cannot be reached"):
        connect(broken)


def test_a_server_that_is_no_cluster_is_infrastructure(kubeconfig, tmp_path):
    broken = with_cluster(kubeconfig, tmp_path, server="https://cluster.invalid:6443")
    with pytest.raises(InfrastructureError, match="resolved"):
        connect(broken)


def test_a_named_context_is_used(kubeconfig):
    assert connect(kubeconfig).context.startswith("podgrade-")
    with pytest.raises(ClusterUnavailableError, match="no context named elsewhere"):
        connect(kubeconfig, "elsewhere")
