"""What a learner's cluster must be able to do, each seen on the running node."""

from __future__ import annotations

import socket
import subprocess
import urllib.request

import pytest
from tests.cluster.kubectl import CLAIM, IDLE, Kubectl, busybox, keeping, pod

NGINX = {"name": "nginx", "image": "nginx"}


def test_exec_and_logs(kubectl: Kubectl, namespace: str) -> None:
    kubectl.apply(pod("talker", busybox(f"echo said; {IDLE}")), namespace=namespace)
    kubectl.ready("talker", namespace=namespace)
    assert kubectl("logs", "talker", namespace=namespace) == "said\n"
    assert kubectl("exec", "talker", "--", "echo", "heard", namespace=namespace) == "heard\n"


def test_exec_passes_the_exit_code_on(kubectl: Kubectl, namespace: str) -> None:
    kubectl.apply(pod("talker", busybox(IDLE)), namespace=namespace)
    kubectl.ready("talker", namespace=namespace)
    done = kubectl.attempt("exec", "talker", "--", "sh", "-c", "exit 7", namespace=namespace)
    assert done.returncode == 7


def test_port_forward(kubectl: Kubectl, namespace: str) -> None:
    kubectl.apply(pod("web", NGINX), namespace=namespace)
    kubectl.ready("web", namespace=namespace)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = kubectl.command("port-forward", "pod/web", f"{port}:80", namespace=namespace)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert "Forwarding from" in process.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            assert "Welcome to nginx!" in answer.read().decode()
    finally:
        process.kill()
        process.wait()


def test_services_answer_by_address_and_name(kubectl: Kubectl, namespace: str) -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 8020, "targetPort": 80}]},
    }
    toolbox = {"name": "toolbox", "image": "podgrade/toolbox:1"}
    kubectl.apply(pod("web", NGINX), service, pod("asker", toolbox), namespace=namespace)
    kubectl.ready("web", "asker", namespace=namespace)
    address = kubectl.get("service", "web", namespace)["spec"]["clusterIP"]
    for host in (address, "web", f"web.{namespace}", f"web.{namespace}.svc.cluster.local"):
        answer = kubectl.until(
            lambda host=host: kubectl(
                "exec", "asker", "--", "curl", "-sS", f"http://{host}:8020/", namespace=namespace
            )
        )
        assert "Welcome to nginx!" in answer


def test_pods_and_services_are_reached_from_the_host(kubectl: Kubectl, namespace: str) -> None:
    kubectl.apply(pod("web", NGINX), namespace=namespace)
    kubectl("expose", "pod", "web", "--port=80", namespace=namespace)
    kubectl.ready("web", namespace=namespace)
    addresses = [
        kubectl.get("pod", "web", namespace)["status"]["podIP"],
        kubectl.get("service", "web", namespace)["spec"]["clusterIP"],
    ]

    def answers(address: str) -> None:
        with urllib.request.urlopen(f"http://{address}/", timeout=5) as answer:
            assert answer.status == 200

    for address in addresses:
        kubectl.until(lambda address=address: _as_assertion(lambda: answers(address)))


def _as_assertion(ask: object) -> None:
    try:
        ask()  # type: ignore[operator]
    except OSError as error:
        raise AssertionError(str(error)) from error


def test_ephemeral_container_with_a_target(kubectl: Kubectl, namespace: str) -> None:
    kubectl.apply(pod("web", NGINX), namespace=namespace)
    kubectl.ready("web", namespace=namespace)
    kubectl(
        "debug",
        "web",
        "--image=busybox",
        "--target=nginx",
        "--container=looker",
        "--profile=general",
        "--",
        "ps",
        namespace=namespace,
    )
    seen = kubectl.until(lambda: _containing(kubectl, namespace, "nginx: master process"))
    assert "nginx: worker process" in seen


def _containing(kubectl: Kubectl, namespace: str, words: str) -> str:
    log = kubectl("logs", "web", "--container=looker", namespace=namespace)
    assert words in log
    return log


def test_default_storage_class(kubectl: Kubectl, namespace: str) -> None:
    writer = keeping("writer", "echo kept > /data/file", restartPolicy="Never")
    reader = keeping("reader", "cat /data/file", restartPolicy="Never")
    kubectl.apply(CLAIM, writer, namespace=namespace)
    kubectl.until(lambda: _succeeded(kubectl, namespace, "writer"))
    assert kubectl.get("pvc", "data", namespace)["status"]["phase"] == "Bound"
    kubectl("delete", "pod", "writer", namespace=namespace)
    kubectl.apply(reader, namespace=namespace)
    kubectl.until(lambda: _succeeded(kubectl, namespace, "reader"))
    assert kubectl("logs", "reader", namespace=namespace) == "kept\n"


def _succeeded(kubectl: Kubectl, namespace: str, name: str) -> None:
    assert kubectl.get("pod", name, namespace)["status"]["phase"] == "Succeeded"


def test_rbac_and_impersonation(kubectl: Kubectl, namespace: str) -> None:
    kubectl("create", "serviceaccount", "learner", namespace=namespace)
    account = f"system:serviceaccount:{namespace}:learner"
    kubectl(
        "create",
        "rolebinding",
        "learner",
        "--clusterrole=edit",
        f"--serviceaccount={namespace}:learner",
        namespace=namespace,
    )
    asked = ("create", "configmap", "mine", f"--as={account}")
    kubectl.until(lambda: kubectl(*asked, namespace=namespace))
    elsewhere = kubectl.attempt(*asked, namespace="default")
    assert elsewhere.returncode != 0
    assert "forbidden" in elsewhere.stderr


def test_pod_security_refuses_host_namespaces(kubectl: Kubectl, namespace: str) -> None:
    label = "pod-security.kubernetes.io/enforce=baseline"
    kubectl("label", "namespace", namespace, label)
    with pytest.raises(AssertionError, match="violates PodSecurity"):
        kubectl.apply(pod("nosy", busybox(IDLE), hostPID=True), namespace=namespace)


@pytest.mark.parametrize("target", ["host", "kubelet", "world"])
def test_pods_reach_nothing_but_the_cluster(kubectl: Kubectl, namespace: str, target: str) -> None:
    node_address = kubectl.get("node", "podgrade-node", "default")["status"]["addresses"][0]
    node = node_address["address"]
    host = f"{node.rpartition('.')[0]}.{int(node.rpartition('.')[2]) - 1}"
    url = {
        "host": f"http://{host}:22/",
        "kubelet": f"https://{node}:10250/",
        "world": "http://192.0.2.1/",
    }[target]
    kubectl.apply(
        pod("asker", {"name": "toolbox", "image": "podgrade/toolbox:1"}), namespace=namespace
    )
    kubectl.ready("asker", namespace=namespace)
    # The positive control: the API server is reached by the same way.
    kubectl(
        "exec", "asker", "--", "curl", "-sSk", "https://kubernetes.default/", namespace=namespace
    )
    done = kubectl.attempt(
        "exec", "asker", "--", "curl", "-sSk", "--max-time", "5", url, namespace=namespace
    )
    assert done.returncode != 0
    assert "curl: (7)" in done.stderr


def test_shared_process_namespace_and_read_only_mount(kubectl: Kubectl, namespace: str) -> None:
    mount = {"name": "shared", "mountPath": "/shared"}
    reader = busybox(IDLE, name="reader", volumeMounts=[{**mount, "readOnly": True}])
    writer = busybox(f"echo here > /shared/file; {IDLE}", name="writer", volumeMounts=[mount])
    volumes = [{"name": "shared", "emptyDir": {}}]
    pair = pod("pair", writer, reader, volumes=volumes, shareProcessNamespace=True)
    kubectl.apply(pair, namespace=namespace)
    kubectl.ready("pair", namespace=namespace)
    inside = ("exec", "pair", "--container=reader", "--", "sh", "-c")
    assert "/pause" in kubectl(*inside, "ps", namespace=namespace)
    kubectl.until(lambda: kubectl(*inside, "cat /shared/file", namespace=namespace))
    refused = kubectl.attempt(*inside, "touch /shared/other", namespace=namespace)
    assert "Read-only file system" in refused.stderr


def test_pods_do_not_interrupt_one_another(kubectl: Kubectl, namespace: str) -> None:
    """As the node's own programs: field 41 of proc_pid_stat(5) is 3, SCHED_BATCH."""
    kubectl.apply(pod("idle", busybox(IDLE)), namespace=namespace)
    kubectl.ready("idle", namespace=namespace)
    told = kubectl("exec", "idle", "--", "cat", "/proc/1/stat", namespace=namespace)
    assert told.rpartition(")")[2].split()[38] == "3"
