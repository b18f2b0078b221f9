"""The node's servers and tools behave as the images whose names they have."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.cluster.kubectl import IDLE, Kubectl, busybox, pod

TOOLBOX = {"name": "toolbox", "image": "podgrade/toolbox:1"}


class Room:
    """A namespace with a Pod that asks the others."""

    def __init__(self, kubectl: Kubectl, namespace: str) -> None:
        self._kubectl = kubectl
        self._namespace = namespace
        self.apply(pod("asker", TOOLBOX))
        self.ready("asker")

    def apply(self, *manifests: dict[str, Any]) -> None:
        self._kubectl.apply(*manifests, namespace=self._namespace)

    def ready(self, *names: str) -> None:
        self._kubectl.ready(*names, namespace=self._namespace)

    def logs(self, name: str, container: str = "") -> str:
        chosen = [f"--container={container}"] if container else []
        return self._kubectl("logs", name, *chosen, namespace=self._namespace)

    def inside(self, name: str, *command: str) -> str:
        return self._kubectl("exec", name, "--", *command, namespace=self._namespace)

    def curl(self, name: str, path: str, port: int = 80) -> str:
        url = f"http://{self.status(name)['podIP']}:{port}{path}"
        return self._kubectl.until(lambda: self.inside("asker", "curl", "-sS", "-m5", url))

    def status(self, name: str) -> Any:
        return self._kubectl.get("pod", name, self._namespace)["status"]

    def ended(self, name: str) -> list[int]:
        """Exit codes of the Pod's containers, once all have ended."""

        def codes() -> list[int]:
            states = [one["state"] for one in self.status(name)["containerStatuses"]]
            assert all("terminated" in state for state in states)
            return [state["terminated"]["exitCode"] for state in states]

        return self._kubectl.until(codes, limit=60)

    def run_once(self, image: str, *command: str, **extra: Any) -> str:
        """The output of one container that is to end well."""
        container = {"name": "once", "image": image, "args": list(command), **extra}
        self.apply(pod("once", container, restartPolicy="Never"))
        assert self.ended("once") == [0], self.logs("once")
        return self.logs("once")


@pytest.fixture
def room(kubectl: Kubectl, namespace: str) -> Room:
    return Room(kubectl, namespace)


def config_map(name: str, **files: str) -> dict[str, Any]:
    data = {key.replace("__", "."): text for key, text in files.items()}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name},
        "data": data,
    }


def test_httpd_logs_to_its_output_and_to_files_only_when_told(room: Room) -> None:
    room.apply(pod("web", {"name": "httpd", "image": "httpd"}))
    room.ready("web")
    assert room.curl("web", "/?nonce-1") == "<html><body><h1>It works!</h1></body></html>\n"
    assert "403 Forbidden" in room.curl("web", "/.htnonce-2")
    log = room.logs("web")
    assert "GET /?nonce-1 HTTP/1.1" in log
    assert "AH01630: client denied by server configuration" in log
    assert room.inside("web", "ls", "/usr/local/apache2/logs") == "httpd.pid\n"
    assert room.inside("web", "sh", "-c", "pwd; echo $HTTPD_PREFIX") == "/usr/local/apache2\n" * 2


def test_httpd_with_its_logs_turned_to_files(room: Room) -> None:
    edit = (
        "sed -i -e 's,/proc/self/fd/1,logs/access_log,' -e 's,/proc/self/fd/2,logs/error_log,'"
        " conf/httpd.conf && exec httpd-foreground"
    )
    room.apply(pod("web", {"name": "httpd", "image": "httpd:2.4", "command": ["sh", "-c", edit]}))
    room.ready("web")
    room.curl("web", "/?nonce-1")
    room.curl("web", "/.htnonce-2")
    assert "nonce-1" in room.inside("web", "cat", "logs/access_log")
    assert "nonce-2" in room.inside("web", "cat", "logs/error_log")
    assert "nonce-1" not in room.inside("web", "cat", "logs/error_log")


def test_httpd_takes_a_configuration_written_for_docker_hub(room: Room) -> None:
    modules = ("mpm_event", "log_config", "unixd", "authz_core", "dir", "version")
    lines = [f"LoadModule {name}_module modules/mod_{name}.so" for name in modules]
    lines += ['ServerRoot "/usr/local/apache2"', "Listen 8080", "User www-data"]
    lines += ['DocumentRoot "/usr/local/apache2/htdocs"', 'CustomLog logs/own "%r"']
    mount = {
        "name": "conf",
        "mountPath": "/usr/local/apache2/conf/httpd.conf",
        "subPath": "httpd.conf",
    }
    volumes = [{"name": "conf", "configMap": {"name": "conf"}}]
    web = {"name": "httpd", "image": "httpd", "volumeMounts": [mount]}
    room.apply(config_map("conf", httpd__conf="\n".join(lines)), pod("web", web, volumes=volumes))
    room.ready("web")
    assert "It works!" in room.curl("web", "/index.html", port=8080)
    assert "GET /index.html" in room.inside("web", "cat", "logs/own")


def test_redis_answers_other_pods_and_keeps_its_defaults(room: Room) -> None:
    room.apply(
        pod("store", {"name": "redis", "image": "redis"}),
        pod("other", {"name": "redis", "image": "redis:7", "args": ["--port", "6400"]}),
    )
    room.ready("store", "other")
    ask = ("redis-cli", "-h", room.status("store")["podIP"])
    assert room.inside("other", *ask, "set", "key", "value") == "OK\n"
    assert room.inside("store", "redis-cli", "get", "key") == "value\n"
    seen = room.inside("store", "sh", "-c", "pwd; stat -c %U /data; redis-cli config get save")
    assert seen.split("\n") == ["/data", "redis", "save", "3600 1 300 100 60 10000", ""]
    assert room.inside("other", "redis-cli", "-p", "6400", "ping") == "PONG\n"
    assert room.inside("store", "redis-server", "--version").startswith("Redis server v=7.")


def test_haproxy_reads_docker_hubs_path(room: Room) -> None:
    conf = (
        "defaults\n  mode http\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\n"
        "frontend front\n  bind :80\n  http-request return status 200 content-type text/plain"
        " string hello\n"
    )
    proxy = {
        "name": "haproxy",
        "image": "haproxy:lts",
        "volumeMounts": [{"name": "conf", "mountPath": "/usr/local/etc/haproxy"}],
    }
    volumes = [{"name": "conf", "configMap": {"name": "conf"}}]
    room.apply(config_map("conf", haproxy__cfg=conf), pod("proxy", proxy, volumes=volumes))
    room.ready("proxy")
    assert room.curl("proxy", "/") == "hello"
    assert room.inside("proxy", "id", "-un") == "haproxy\n"


def test_twemproxy_spreads_keys_over_the_servers(room: Room) -> None:
    stores = [pod(f"store-{one}", {"name": "redis", "image": "redis"}) for one in "ab"]
    room.apply(*stores)
    room.ready("store-a", "store-b")
    servers = [f"{room.status(name)['podIP']}:6379:1" for name in ("store-a", "store-b")]
    environment = [{"name": "REDIS_SERVERS", "value": ",".join(servers)}]
    proxy = {"name": "proxy", "image": "malexer/twemproxy", "env": environment}
    room.apply(pod("proxy", proxy))
    room.ready("proxy")
    ask = f"redis-cli -h {room.status('proxy')['podIP']} -p 6380"
    # Keys that differ at their end only have nearly the same hash: all on one server.
    loop = f"for n in $(seq 32); do {ask} set $(echo $n | sha256sum | cut -c-16) $n; done"
    assert room.inside("store-a", "bash", "-c", loop) == "OK\n" * 32
    counts = [int(room.inside(f"store-{one}", "redis-cli", "dbsize")) for one in "ab"]
    assert sum(counts) == 32
    assert 0 not in counts


def test_twemproxy_cuts_its_servers_at_commas_only(room: Room) -> None:
    environment = [{"name": "REDIS_SERVERS", "value": "one:6379:1 two:6379:1"}]
    proxy = {"name": "proxy", "image": "malexer/twemproxy", "env": environment}
    room.apply(pod("proxy", proxy))
    room.ready("proxy")
    written = room.inside("proxy", "cat", "/etc/nutcracker.conf")
    assert written.splitlines()[-1] == "   - one:6379:1 two:6379:1"


def test_adapter_node_server_repeats_lines_and_waits_for_the_file(room: Room) -> None:
    mount = [{"name": "logs", "mountPath": "/var/log"}]
    adapter = {
        "name": "adapter",
        "image": "bbachin1/adapter-node-server",
        "volumeMounts": mount,
    }
    volumes = [{"name": "logs", "emptyDir": {}}]
    room.apply(pod("both", adapter, busybox(IDLE, volumeMounts=mount), volumes=volumes))
    room.ready("both")
    url = f"http://{room.status('both')['podIP']}:3080/logs"
    waited = room.inside("asker", "sh", "-c", f"curl -sS -m1 {url} 2>&1 || true")
    assert "Operation timed out" in waited
    room.inside("both", "sh", "-c", "echo now#one > /var/log/file.log")
    assert json.loads(room.curl("both", "/logs", 3080)) == [{"time": "now", "message": "one"}]
    assert len(json.loads(room.curl("both", "/logs", 3080))) == 2


def ipc(role: str) -> dict[str, Any]:
    return {"name": role, "image": "allingeek/ch6_ipc", "command": ["./ipc", f"-{role}"]}


def test_message_queue_is_shared_by_a_pods_containers(room: Room) -> None:
    room.apply(pod("queue", ipc("producer"), ipc("consumer"), restartPolicy="OnFailure"))
    assert room.ended("queue") == [0, 0]
    produced = room.logs("queue", "producer").replace("Produced", "Consumed").splitlines()
    assert len(produced) == 500
    assert room.logs("queue", "consumer").splitlines() == [*produced, "Consumed: done"]


def test_message_queue_alone(room: Room, kubectl: Kubectl) -> None:
    producer, consumer = pod("producer", ipc("producer")), pod("consumer", ipc("consumer"))
    consumer["spec"]["restartPolicy"] = "Never"
    room.apply(producer, consumer)
    assert room.ended("consumer") == [1]

    def blocked() -> None:
        assert len(room.logs("producer").splitlines()) == 11

    kubectl.until(blocked)
    assert room.inside("producer", "ls", "/dev/mqueue") == "ch6_ipc\n"


def test_perl(room: Room) -> None:
    command = ["perl", "-Mbignum=bpi", "-wle", "print bpi(20)"]
    assert room.run_once("perl:5.34.0", command=command) == "3.1415926535897932385\n"


def test_python(room: Room) -> None:
    script = "import json, ssl, sqlite3, http.server, zoneinfo; print(json.dumps([1]))"
    assert room.run_once("python:3-slim", command=["python", "-c", script]) == "[1]\n"


def test_git_clones_over_http(room: Room) -> None:
    serve = (
        "git init -q /tmp/site.git && cd /tmp/site.git && echo page > index.html && git add ."
        " && git -c user.name=a -c user.email=a@b commit -qm one && git update-server-info"
        " && exec busybox httpd -f -p 8080 -h /tmp/site.git"
    )
    server = {"name": "git", "image": "alpine/git:latest", "command": ["sh", "-c", serve]}
    room.apply(pod("server", server))
    room.ready("server")
    room.curl("server", "/index.html", 8080)
    url = f"http://{room.status('server')['podIP']}:8080/.git"
    assert "Cloning into '/git/site'" in room.run_once("alpine/git", "clone", url, "/git/site")


def test_debian_and_alpine_have_a_shell(room: Room) -> None:
    room.apply(
        pod("debian", {"name": "main", "image": "debian", "command": ["bash", "-c", IDLE]}),
        pod("alpine", {"name": "main", "image": "alpine:3.20", "command": ["/bin/sh", "-c", IDLE]}),
    )
    room.ready("debian", "alpine")
    assert "ID=debian" in room.inside("debian", "cat", "/etc/os-release")
    assert room.inside("debian", "readlink", "/bin") == "usr/bin\n"
    assert room.inside("alpine", "which", "wget") == "/bin/wget\n"
