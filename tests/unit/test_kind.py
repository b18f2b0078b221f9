"""The provider kind, with programs that stand in for Docker and kind, and for an API server."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from click.testing import CliRunner

from podgrade.cli.main import main
from podgrade.cluster.connection import Connection
from podgrade.cluster.providers import choose, kind, kind_program, starting
from podgrade.cluster.providers.kind import KindProvider, kind_folder, ready_kubeconfigs
from podgrade.model.errors import ClusterUnavailableError
from podgrade.model.text import say

INFO = {"ServerVersion": "28.2.2", "SecurityOptions": ["name=seccomp"], "CgroupVersion": "2"}
ROOTLESS = {**INFO, "SecurityOptions": ["name=rootless"]}

DOCKER = """#!/bin/sh
show() { while IFS= read -r line; do printf '%s\\n' "$line"; done <"$1"; }
case "$1" in
  info) show "$0.info" ;;
  ps) show "$0.ps" ;;
esac
"""
KIND = """#!/bin/sh
show() { while IFS= read -r line; do echo "$line"; done <"$1"; }
echo "$*" >>"$0.asked"
here=${0%/*}
case "$1 $2" in
  "version ") echo "kind v0.33.0 go1.26.8 linux/amd64" ;;
  "get clusters") [ ! -e "$0.clusters" ] || show "$0.clusters" ;;
  "create cluster")
    echo 'Creating cluster "podgrade" ...' >&2
    echo ' • Ensuring node image (kindest/node:v1.36.3) 🖼  ...' >&2
    echo ' ✓ Ensuring node image (kindest/node:v1.36.3) 🖼' >&2
    echo ' • Inventing something new 🎲  ...' >&2
    if [ -e "$0.fails" ]; then
      echo 'ERROR: failed to create cluster: no room' >&2
      echo 'Command Output: a long story' >&2
      exit 1
    fi
    while [ $# -gt 0 ]; do
      [ "$1" != --kubeconfig ] || show "$0.kubeconfig" >"$2"
      shift
    done
    printf 'podgrade-control-plane\\trunning\\tUp 1 second\\n' >"$here/docker.ps" ;;
  "load docker-image")
    case "$3" in
      absent:*) echo "ERROR: image: \\"$3\\" not present locally" >&2; exit 1 ;;
    esac ;;
  "delete cluster") : >"$here/docker.ps" ;;
esac
"""


class Programs:
    """A folder that is all of PATH, with programs of the test's choice."""

    def __init__(self, folder):
        self.folder = folder

    def add(self, name, script):
        path = self.folder / name
        path.write_text(script, encoding="utf-8")
        path.chmod(0o755)

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def docker(self, info=None):
        self.add("docker", DOCKER)
        self.write("docker.info", json.dumps(info or INFO) + "\n")
        self.write("docker.ps", "")

    def kind(self):
        self.add("kind", KIND)

    @property
    def asked(self):
        """What kind was asked to do, without the questions."""
        path = self.folder / "kind.asked"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [line for line in lines if not line.startswith(("version", "get"))]


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Nothing is installed but what the test adds; podgrade's state is the test's own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PODGRADE_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "users"))
    return Programs(folder)


def failing(words):
    return f'#!/bin/sh\necho "{words}" >&2\nexit 1\n'


def why_not():
    return str(KindProvider().available())


def test_without_docker(programs):
    assert "`docker` was not found: install Docker Engine or Docker Desktop" in why_not()


def test_docker_that_is_stopped(programs):
    programs.add("docker", failing("Cannot connect to the Docker daemon. Is it running?"))
    programs.kind()
    assert "Docker does not answer (Cannot connect to the Docker daemon." in why_not()
    assert "`sudo systemctl start docker`" in why_not()


def test_docker_that_answers_without_a_server(programs):
    """Some versions print what they know and exit with 0."""
    programs.docker({"ServerErrors": ["Cannot connect"]})
    programs.kind()
    assert "Docker does not answer" in why_not()


def test_docker_of_others(programs):
    programs.add("docker", failing("permission denied while trying to connect to the socket"))
    assert "This user may not use Docker: run `sudo usermod -aG docker $USER`" in why_not()


def test_docker_that_hangs(programs, monkeypatch):
    monkeypatch.setattr("podgrade.cluster.providers.kind_facts._ANSWERS_WITHIN", 0.2)
    programs.add("docker", "#!/bin/sh\nexec /bin/sleep 60\n")
    assert "Docker does not answer (no answer within" in why_not()


@pytest.mark.parametrize("info", [{"CgroupVersion": "1"}, {"PidsLimit": False}])
def test_docker_without_root_that_cannot_limit(programs, info):
    programs.docker({**ROOTLESS, **info})
    programs.kind()
    assert "Docker runs rootless here and may not limit containers" in why_not()


def test_docker_without_root_that_can_limit_is_fit(programs):
    programs.docker(ROOTLESS)
    programs.kind()
    assert KindProvider().available() is None


def test_without_kind(programs):
    programs.docker()
    assert "`kind` was not found: install it" in why_not()


@pytest.mark.parametrize(
    ("said", "seen"), [("kind v0.11.1 go1.16 linux/amd64", "0.11.1"), ("what?", "?")]
)
def test_kind_that_is_too_old(programs, said, seen):
    programs.docker()
    programs.add("kind", f'#!/bin/sh\necho "{said}"\n')
    assert f"kind 0.24.0 or newer is needed, this is {seen}: install a newer one" in why_not()


def test_a_machine_with_both(programs):
    programs.docker()
    programs.kind()
    assert KindProvider().available() is None


# A cluster


ALL = {
    "nodes": [{"status": {"conditions": [{"type": "Ready", "status": "True"}]}}],
    "serviceaccounts": [{}],
    "configmaps": [{}],
    "endpointslices": [
        {"endpoints": [{"conditions": {"ready": False}}]},
        {"endpoints": [{"conditions": {"ready": True}}]},
    ],
    "events": [],
}


@pytest.fixture
def api():
    """An API server that shows objects to watches; `objects` says which, `seen` what was asked."""
    objects, seen = dict(ALL), []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked = urlsplit(self.path)
            plural = asked.path.rsplit("/", 1)[1]
            seen.append((plural, parse_qs(asked.query)))
            self.send_response(200)
            self.end_headers()
            if "watch" not in seen[-1][1]:
                self.wfile.write(json.dumps({"items": objects[plural]}).encode())
                return
            for number, one in enumerate(objects[plural]):
                thing = {"metadata": {"name": f"{plural}-{number}"}, **one}
                self.wfile.write(json.dumps({"type": "ADDED", "object": thing}).encode() + b"\n")

        def log_message(self, *_):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.objects, http.seen = objects, seen
    threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True).start()
    yield http
    http.shutdown()
    http.server_close()


@pytest.fixture
def machine(programs, api):
    """A machine on which kind works."""
    programs.docker()
    programs.kind()
    name, server = "kind-podgrade", f"http://127.0.0.1:{api.server_port}"
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": {"server": server}}],
        "users": [{"name": name, "user": {}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
    }
    programs.write("kind.kubeconfig", yaml.safe_dump(content))
    return programs


def quiet(words):
    pass


def test_a_cluster_is_created_and_waited_for(machine, api):
    told = []
    status = KindProvider().up("podgrade", lambda words: told.append(str(words)))

    assert (status.phase, status.context) == ("ready", "kind-podgrade")
    assert status.kubeconfig == kind_folder("podgrade") / "kubeconfig"
    assert [node.name for node in status.components] == ["podgrade-control-plane"]
    assert told == [
        "Starting the cluster podgrade: the node's image",
        "Starting the cluster podgrade: Inventing something new",
        "Starting the cluster podgrade: all nodes are Ready",
        "Starting the cluster podgrade: the default ServiceAccount",
        "Starting the cluster podgrade: the ConfigMap kube-root-ca.crt",
        "Starting the cluster podgrade: DNS",
    ]
    assert [plural for plural, _ in api.seen] == [
        "nodes",
        "serviceaccounts",
        "configmaps",
        "endpointslices",
    ]
    assert ready_kubeconfigs() == {"kind-podgrade": status.kubeconfig}


def test_the_users_kubeconfig_is_left_alone(machine, tmp_path):
    KindProvider().up("podgrade", quiet)
    assert not (tmp_path / "users").exists()


def test_the_users_kubeconfig_on_request(machine, tmp_path):
    provider = KindProvider()
    provider.up("podgrade", quiet)
    provider.merge_kubeconfig("podgrade")
    assert yaml.safe_load((tmp_path / "users").read_text())["current-context"] == "kind-podgrade"
    provider.down("podgrade", quiet)
    assert yaml.safe_load((tmp_path / "users").read_text())["contexts"] == []


def test_a_second_up_uses_what_is_there(machine):
    KindProvider().up("podgrade", quiet)
    KindProvider().up("podgrade", quiet)
    assert sum(line.startswith("create") for line in machine.asked) == 1


def test_another_number_of_nodes_is_said(machine):
    KindProvider().up("podgrade", quiet)
    with pytest.raises(ClusterUnavailableError, match=r"another number of nodes \(1, not 2\)"):
        KindProvider(nodes=2).up("podgrade", quiet)


def test_what_the_nodes_are(machine, api):
    api.objects["nodes"] = ALL["nodes"] * 3
    KindProvider(nodes=3, node_image="mine:1").up("podgrade", quiet)
    config = yaml.safe_load((kind_folder("podgrade") / "kind.yaml").read_text())
    assert [node["role"] for node in config["nodes"]] == ["control-plane", "worker", "worker"]
    assert "--image mine:1" in machine.asked[0]


def test_nobody_on_the_control_plane_waits_for_a_lease_or_the_disk():
    patches = yaml.safe_load(kind_program.settings(1, "2"))["kubeadmConfigPatches"]
    patch = yaml.safe_load(patches[1])
    assert patch.pop("kind") == "ClusterConfiguration"
    assert patch == {
        "controllerManager": {"extraArgs": {"leader-elect": "false"}},
        "scheduler": {"extraArgs": {"leader-elect": "false"}},
        "etcd": {"local": {"extraArgs": {"unsafe-no-fsync": "true"}}},
    }


def test_the_kubelets_settings():
    def kubelet(cgroups):
        return yaml.safe_load(
            yaml.safe_load(kind_program.settings(1, cgroups))["kubeadmConfigPatches"][0]
        )

    assert kubelet("2")["registryPullQPS"] == 0
    assert kubelet("2")["eventRecordQPS"] > 50  # its default; 0 would be five
    assert "failCgroupV1" not in kubelet("2")
    assert kubelet("1")["failCgroupV1"] is False


def test_a_cluster_of_that_name_that_others_made(machine):
    machine.write("kind.clusters", "podgrade\n")
    with pytest.raises(ClusterUnavailableError, match="that podgrade did not make: use it with"):
        KindProvider().up("podgrade", quiet)
    with pytest.raises(ClusterUnavailableError, match="`kind delete cluster --name podgrade`"):
        KindProvider().down("podgrade", quiet)
    assert machine.asked == []


def test_a_start_that_was_cut_off(machine):
    kind_folder("podgrade").mkdir(parents=True)
    with pytest.raises(ClusterUnavailableError, match=r"cut off: wait, or remove it with `podgr"):
        KindProvider().up("podgrade", quiet)
    KindProvider().down("podgrade", quiet)
    assert KindProvider().status("podgrade").phase == "absent"


def test_one_that_stopped_is_made_anew(machine):
    provider = KindProvider()
    provider.up("podgrade", quiet)
    machine.write("docker.ps", "podgrade-control-plane\texited\tExited (137) 2 hours ago\n")
    assert provider.status("podgrade").phase == "stopped"
    assert provider.status("podgrade").components[0].last_exit == "Exited (137) 2 hours ago"
    assert provider.up("podgrade", quiet).phase == "ready"
    assert [line.split()[0] for line in machine.asked] == ["create", "delete", "create"]


def test_a_start_that_fails_leaves_nothing_and_says_kinds_reason(machine):
    machine.write("kind.fails", "")
    with pytest.raises(ClusterUnavailableError, match=r"podgrade: failed to create cluster: no r"):
        KindProvider().up("podgrade", quiet)
    assert machine.asked[-1].startswith("delete cluster --name podgrade")
    assert not kind_folder("podgrade").exists()


def test_ctrl_c_leaves_nothing(machine):
    def interrupted(words):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        KindProvider().up("podgrade", interrupted)
    assert machine.asked[-1].startswith("delete cluster")
    assert not kind_folder("podgrade").exists()


def test_what_never_comes_is_named(machine, api, monkeypatch):
    monkeypatch.setattr(kind, "_START_LIMIT", 0.5)
    api.objects["nodes"] = []
    with pytest.raises(ClusterUnavailableError, match="it lacked this: all nodes are Ready"):
        KindProvider().up("podgrade", quiet)
    assert not kind_folder("podgrade").exists()


def test_dns_that_does_not_serve_is_waited_for(machine, api, monkeypatch):
    monkeypatch.setattr(kind, "_START_LIMIT", 0.5)
    api.objects["endpointslices"] = ALL["endpointslices"][:1]
    with pytest.raises(ClusterUnavailableError, match="it lacked this"):
        KindProvider().up("podgrade", quiet)


def test_the_newest_warning_says_why_it_never_comes(machine, api, monkeypatch):
    def warning(reason, message, name, at):
        about = {"kind": "Pod", "name": name}
        times = {"metadata": {"creationTimestamp": "2026-11-22T10:00:00Z"}, "lastTimestamp": at}
        return {"reason": reason, "message": message, "involvedObject": about, **times}

    monkeypatch.setattr(kind, "_START_LIMIT", 0.5)
    api.objects["endpointslices"] = []
    api.objects["events"] = [
        warning("FailedCreatePodSandBox", "no plugin", "coredns-1", "2026-11-22T10:00:09Z"),
        warning("FailedScheduling", "no node", "coredns-1", "2026-11-22T10:00:01Z"),
        warning("FailedMount", "no volume", "coredns-2", None),
    ]
    with pytest.raises(ClusterUnavailableError) as raised:
        KindProvider().up("podgrade", quiet)
    assert str(raised.value).endswith(
        "it lacked this: DNS. The newest warning there is about Pod/coredns-1: "
        "FailedCreatePodSandBox: no plugin"
    )
    assert api.seen[-1] == ("events", {"fieldSelector": ["type=Warning"]})


def test_one_node_of_two_is_not_enough(machine, api):
    connection = Connection.open(machine.folder / "kind.kubeconfig")
    with pytest.raises(ClusterUnavailableError, match="lacked this: all nodes are Ready"):
        starting.await_pods_can_start(connection, "podgrade", 2, 0.5, quiet)


def test_images_are_loaded(machine, tmp_path):
    archive = tmp_path / "more.tar"
    archive.touch()
    KindProvider(images=("app:1", str(archive))).up("podgrade", quiet)
    assert machine.asked[1:] == [
        "load docker-image app:1 --name podgrade",
        f"load image-archive {archive} --name podgrade",
    ]


def test_an_image_that_is_not_there(machine):
    with pytest.raises(ClusterUnavailableError, match="image absent:1 is not in Docker: build it"):
        KindProvider(images=("absent:1",)).up("podgrade", quiet)


def test_down_of_what_is_not_there(machine):
    KindProvider().down("podgrade", quiet)
    assert machine.asked == []


# The command


def command(*words):
    return CliRunner().invoke(main, ["cluster", *words, "--lang", "en"])


def test_the_command(machine):
    done = command("up", "--provider", "kind", "--load", "app:1")
    assert done.exit_code == 0, done.output
    assert "The cluster podgrade is ready (context kind-podgrade" in done.output
    assert command("status", "--provider", "kind").exit_code == 0
    assert "podgrade: ready" in command("status").output  # there is no other
    assert command("down").output.endswith("The cluster podgrade is down.\n")
    assert machine.asked[-1].startswith("delete cluster --name podgrade")


def test_options_of_kind_mean_kind(machine):
    done = command("up", "--load", "app:1")
    assert "(context kind-podgrade" in done.output
    done = command("up", "--provider", "node", "--load", "mine:1")
    assert done.exit_code == 2
    assert "--load and --image are for `--provider kind`" in done.output


def test_nothing_is_installed(programs):
    done = command("up", "--provider", "kind")
    assert done.exit_code == 3
    assert done.output.startswith("podgrade: The kind provider needs Docker")


class Standing:
    """A provider that cannot work for a reason, or can."""

    def __init__(self, name, reason=None):
        self.name, self.reason = name, reason

    def available(self):
        return self.reason and say("{text}", text=self.reason)


def test_the_first_that_works_is_taken_and_it_is_said_why():
    node, other = Standing("node", "No root."), Standing("kind")
    chosen, why = choose.first_that_works([(node, "a"), (other, "b")])
    assert chosen == (other, "b")
    assert str(why) == "Provider kind, as the one before it cannot: No root."
    chosen, why = choose.first_that_works([(other, "b"), (node, "a")])
    assert str(why) == "Provider kind: this machine has all that it needs."


def test_where_none_works_each_says_why():
    with pytest.raises(ClusterUnavailableError, match=r"here. No root. Or: No Docker."):
        choose.first_that_works(
            [(Standing("node", "No root."), "a"), (Standing("kind", "No Docker."), "b")]
        )
