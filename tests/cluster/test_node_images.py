"""The images of the node behave as their namesakes do, and unknown ones fail as they would."""

from __future__ import annotations

import pytest
from tests.cluster.kubectl import IDLE, Kubectl, busybox, pod


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ("busyboxx", "pull access denied, repository does not exist or may require authorization"),
        ("busybox:no-such-tag", "docker.io/library/busybox:no-such-tag: not found"),
        ("quay.io/nobody/nothing:1", "quay.io/nobody/nothing:1: not found"),
    ],
)
def test_unknown_images_fail_at_once(
    kubectl: Kubectl, namespace: str, image: str, words: str
) -> None:
    kubectl.apply(pod("typo", {"name": "main", "image": image}), namespace=namespace)

    def refused() -> str:
        statuses = kubectl.get("pod", "typo", namespace)["status"].get("containerStatuses", [{}])
        waiting = statuses[0].get("state", {}).get("waiting", {})
        assert waiting.get("reason") in ("ErrImagePull", "ImagePullBackOff")
        return str(waiting["message"])

    assert words in kubectl.until(refused, limit=10)


def test_images_are_also_pulled(kubectl: Kubectl, namespace: str) -> None:
    kubectl.apply(
        pod("fresh", busybox(IDLE, imagePullPolicy="Always")),
        namespace=namespace,
    )
    kubectl.ready("fresh", namespace=namespace)


def test_nslookup_of_busybox_1_28(kubectl: Kubectl, namespace: str) -> None:
    kubectl.apply(pod("asker", busybox(IDLE, image="busybox:1.28")), namespace=namespace)
    kubectl.ready("asker", namespace=namespace)
    ask = ("exec", "asker", "--", "sh", "-c")
    assert kubectl.attempt(*ask, "nslookup myservice", namespace=namespace).returncode == 1
    kubectl("create", "service", "clusterip", "myservice", "--tcp=80", namespace=namespace)
    answer = kubectl.until(lambda: kubectl(*ask, "nslookup myservice", namespace=namespace))
    address = kubectl.get("service", "myservice", namespace)["spec"]["clusterIP"]
    expected = f"Address 1: {address} myservice.{namespace}.svc.cluster.local"
    assert answer.splitlines()[-2:] == ["Name:      myservice", expected]


def test_nginx_is_like_docker_hubs(kubectl: Kubectl, namespace: str) -> None:
    kubectl.apply(pod("web", {"name": "nginx", "image": "nginx"}), namespace=namespace)
    kubectl.ready("web", namespace=namespace)
    inside = ("exec", "web", "--", "sh", "-c")
    assert "Welcome to nginx!" in kubectl(*inside, "curl -s http://localhost/", namespace=namespace)
    assert "GET / HTTP/1.1" in kubectl("logs", "web", namespace=namespace)
    links = kubectl(*inside, "readlink /var/log/nginx/access.log", namespace=namespace)
    assert links.strip() == "/dev/stdout"
    assert kubectl(*inside, "nginx -t 2>&1", namespace=namespace).count("successful") == 1
    kubectl(*inside, "nginx -s reload", namespace=namespace)


def test_nginx_fills_in_templates(kubectl: Kubectl, namespace: str) -> None:
    template = "server { listen 8080; return 200 '${GREETING} $uri'; }"
    kubectl(
        "create",
        "configmap",
        "templates",
        f"--from-literal=own.conf.template={template}",
        namespace=namespace,
    )
    container = {
        "name": "nginx",
        "image": "nginx:alpine",
        "env": [{"name": "GREETING", "value": "hello"}],
        "volumeMounts": [{"name": "templates", "mountPath": "/etc/nginx/templates"}],
    }
    volumes = [{"name": "templates", "configMap": {"name": "templates"}}]
    kubectl.apply(pod("web", container, volumes=volumes), namespace=namespace)
    kubectl.ready("web", namespace=namespace)
    ask = ("exec", "web", "--", "curl", "-s", "http://localhost:8080/there")
    answer = kubectl.until(lambda: kubectl(*ask, namespace=namespace))
    assert answer == "hello /there"


def test_busybox_has_its_applets(kubectl: Kubectl, namespace: str) -> None:
    script = "httpd -p 8080 -h /tmp; echo page > /tmp/index.html; " + IDLE
    kubectl.apply(pod("box", busybox(script)), namespace=namespace)
    kubectl.ready("box", namespace=namespace)
    inside = ("exec", "box", "--", "sh", "-c")
    wget = "wget -qO- http://localhost:8080/"
    assert kubectl.until(lambda: kubectl(*inside, wget, namespace=namespace)) == "page\n"
    found = kubectl(*inside, "which nc awk vi tail sed top httpd nslookup", namespace=namespace)
    assert len(found.split()) == 8


# What Docker Hub's busybox has and Debian's lacks, as learners type it in a Pod.
_TYPED = [
    ("wget -T 2 -qO- http://localhost:8080/", 0, "page"),
    ("wget -q -T 2 --spider http://localhost:8080/", 0, ""),
    (
        "wget -qO- http://localhost:8080/none",
        1,
        "wget: server returned error: HTTP/1.1 404 Not Found",
    ),
    (
        "wget -qO- -T 2 http://localhost:81",
        1,
        "wget: can't connect to remote host (127.0.0.1): Connection refused",
    ),
    ("wget -qO- http://none.invalid", 1, "wget: bad address 'none.invalid'"),
    ("nc -zv localhost 8080", 0, "localhost (127.0.0.1:8080) open"),
    ("nc -z localhost 81", 1, ""),
    ("printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc localhost 8080 | tail -n 1", 0, "page"),
    ("pgrep -x httpd | wc -l", 0, "1"),
    ("printenv GREETING", 0, "hello"),
    ("install -d -m 750 -o nobody /tmp/new && stat -c '%a %U' /tmp/new", 0, "750 nobody"),
    ("flock /tmp/lock echo held", 0, "held"),
    ("mountpoint /proc", 0, "/proc is a mountpoint"),
    ("su nobody -s /bin/sh -c 'id -un'", 0, "nobody"),
    ("nohup nice echo done", 0, "done"),
    ("pkill -x httpd; sleep 0.5; pgrep httpd", 1, ""),
]


@pytest.mark.parametrize("image", ["busybox", "busybox:1.28", "alpine"])
def test_busybox_is_like_docker_hubs(kubectl: Kubectl, namespace: str, image: str) -> None:
    script = "echo page > /tmp/index.html; httpd -p 8080 -h /tmp; " + IDLE
    greeting = [{"name": "GREETING", "value": "hello"}]
    kubectl.apply(pod("box", busybox(script, image=image, env=greeting)), namespace=namespace)
    kubectl.ready("box", namespace=namespace)
    inside = ("exec", "box", "--", "sh", "-c")
    served = "nc -z localhost 8080"
    kubectl.until(lambda: kubectl(*inside, served, namespace=namespace))
    for line, code, words in _TYPED:
        done = kubectl.attempt(*inside, f"{line} 2>&1", namespace=namespace)
        assert (line, done.returncode, done.stdout.strip()) == (line, code, words)
