"""`podgrade cluster`: what is said, and the exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from podgrade.cli import cluster as command
from podgrade.cli.main import main
from podgrade.cluster.providers import ClusterStatus, ComponentStatus, NodeStatus
from podgrade.model.errors import ClusterUnavailableError
from podgrade.model.text import say

READY = ClusterStatus(
    "podgrade-node",
    "ready",
    kubeconfig=Path("/state/kubeconfig"),
    seconds=5.42,
    components=(
        ComponentStatus("etcd", running=True, restarts=0, last_exit=""),
        ComponentStatus("kubelet", running=True, restarts=2, last_exit="killed by signal 9"),
    ),
)


class Fake:
    """A provider that does nothing and remembers what it was asked."""

    def __init__(self, status: ClusterStatus, error: Exception | None = None) -> None:
        self.answer, self.error, self.asked = status, error, []
        self.name = "node"

    def up(self, name, progress):
        self.asked.append(("up", name))
        for done in range(3):
            progress(
                say("Building Kubernetes: {done} of {count} packages", done=done, count="1,900")
            )
        if self.error:
            raise self.error
        return self.answer

    def down(self, name, progress):
        self.asked.append(("down", name))

    def status(self, name):
        return self.answer

    def merge_kubeconfig(self, name):
        return Path("/home/config")


@pytest.fixture
def run(monkeypatch):
    def call(fake, *words, lang="en"):
        monkeypatch.setattr(command, "_provider", lambda name, nodes, options: fake)
        return CliRunner().invoke(main, ["cluster", *words, "--lang", lang])

    return call


def test_up_says_the_context_and_how_to_use_it(run):
    done = run(Fake(READY), "up")
    assert done.exit_code == 0
    assert "ready (context podgrade-node, started in 5.4 s)" in done.stdout
    assert "export KUBECONFIG=/state/kubeconfig" in done.stdout


def test_up_in_korean(run):
    assert "클러스터 podgrade-node: 준비되었습니다" in run(Fake(READY), "up", lang="ko").stdout


def test_progress_stays_short_where_lines_stay(run):
    done = run(Fake(READY), "up")
    assert done.stderr.splitlines() == ["Building Kubernetes: 0 of 1,900 packages"]


def test_the_users_kubeconfig_is_changed_only_when_asked(run):
    assert "/home/config" not in run(Fake(READY), "up").stdout
    assert "current context of /home/config" in run(Fake(READY), "up", "--merge-kubeconfig").stdout


def test_a_name_of_ones_own(run):
    fake = Fake(READY)
    run(fake, "down", "--name", "mine")
    assert fake.asked == [("down", "mine")]


def test_what_is_lacking_is_a_sentence_and_exit_code_3(run):
    error = ClusterUnavailableError(
        say("The node provider needs root: run the command again with sudo.")
    )
    done = run(Fake(READY, error), "up")
    assert done.exit_code == 3
    assert done.stderr.splitlines()[-1] == (
        "podgrade: The node provider needs root: run the command again with sudo."
    )


def test_status_shows_components_and_restarts(run):
    done = run(Fake(READY), "status")
    assert done.exit_code == 0
    assert "kubelet                  running, restarted 2 times: killed by signal 9" in done.stdout


def test_status_names_the_nodes_and_what_is_theirs(run):
    kubelet = ComponentStatus("kubelet", running=False, restarts=1, last_exit="killed")
    nodes = (NodeStatus("two", True, ""), NodeStatus("two-2", False, "it ended", (kubelet,)))
    done = run(Fake(ClusterStatus("two", "repairing", nodes=nodes)), "status")
    assert done.exit_code == 3
    assert done.stdout.splitlines()[1:] == [
        "  node two: Ready",
        "  node two-2: NotReady: it ended",
        "    kubelet                not running, restarted 1 times: killed",
    ]
    korean = run(Fake(ClusterStatus("two", "repairing", nodes=nodes)), "status", lang="ko").stdout
    assert "노드 two-2: NotReady" in korean


def test_the_number_of_nodes_is_handed_on():
    found = command._candidates("node", "two", nodes=3)
    assert [(one.nodes, name) for one, name in found] == [(3, "two")]
    assert [one.nodes for one, _ in command._candidates(None, None, nodes=2)] == [2, 2]


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        ("absent", "there is no such cluster"),
        ("stopped", "stopped: bring it up again"),
        ("failed", "could not be started"),
    ],
)
def test_status_of_a_cluster_that_is_not_ready(run, phase, words):
    done = run(Fake(ClusterStatus("podgrade-node", phase, problem="etcd: gone")), "status")
    assert done.exit_code == 3
    assert words in done.stdout
