"""Replies are evidence, not authority: none leads elsewhere, none goes on for ever, none waits."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from tests.cluster.rooms import exercise, manifest, rooms

from podgrade.cluster.closer import Closer
from podgrade.model.exercise import Limits
from podgrade.model.failure import Failure
from podgrade.probes.bench import Bench
from podgrade.probes.curl import CurlProbe
from podgrade.probes.execute import LIMIT, ExecProbe
from podgrade.probes.files import FilesProbe
from podgrade.probes.http import BODY_LIMIT
from podgrade.probes.logs import KEPT, LogsProbe
from podgrade.probes.tape import Recording
from podgrade.workspace.toolbox import Toolbox
from podgrade.workspace.workspace import Acceptance

ANSWER = 8.0  # seconds that a running Pod has for an answer
SLACK = 8.0  # seconds more; the machine may be busy

SERVER = """\
import socket, sys, threading, time
lost = set()
def talk(client, path):
    say = lambda text: client.sendall(text.encode())
    if path == "/elsewhere":
        say("HTTP/1.1 302 Found\\r\\nLocation: http://127.0.0.1:8081/\\r\\n")
        say("Content-Length: 0\\r\\n\\r\\n")
    if path == "/endless":
        say("HTTP/1.1 200 OK\\r\\n\\r\\n")
        while True: say("x" * 65536)
    if path == "/head":
        say("HTTP/1.1 200 OK\\r\\n")
        while True: say("X-More: " + "y" * 1000 + "\\r\\n")
    if path == "/bomb":
        say("HTTP/1.1 200 OK\\r\\nContent-Length: 99999999999\\r\\n\\r\\n")
    if path == "/drops":
        say("HTTP/1.1 200 OK\\r\\nContent-Length: 1000\\r\\n\\r\\n")
        while True:
            say("z")
            time.sleep(0.5)
    if path == "/silent" or (path.startswith("/late") and path not in lost):
        lost.add(path)
        client.recv(1) # says nothing until who asked is gone
    elif path.startswith("/late"):
        say("HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nnow")
def serve(client):
    try: talk(client, client.recv(65536).split()[1].decode())
    except OSError: pass
    client.close()
def listen(port):
    server = socket.create_server(("", port))
    while True: threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
threading.Thread(target=listen, args=(8081,), daemon=True).start()
listen(8080)
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: main
    image: python
    command: [python3, -c, "%s"]
  - name: box
    image: busybox
    # not as fast as it can: requests are measured beside it
    command:
    - sh
    - -c
    - "head -c 30000000 /dev/zero | tr '\\\\0' x; while :; do echo tick; sleep 0.05; done"
"""


@pytest.fixture(scope="module")
def bench(kubeconfig):
    with rooms(kubeconfig) as run:
        toolbox = Toolbox(run.connection, run.watch, run.run)
        toolbox.start()
        asked = exercise(images=("python", "busybox"))
        object.__setattr__(asked, "limits", Limits(start=60.0, answer=ANSWER))
        workspace = run.workspaces.take(asked)
        text = POD % SERVER.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        handed_in = manifest(text)
        accepted = workspace.hand_in(handed_in)
        assert accepted.accepted
        yield Bench(
            asked,
            workspace,
            toolbox,
            Acceptance((), (), ()),
            handed_in,
            threading.Event(),
            lambda _: None,
            Closer(run.stop),
        )
        toolbox.close()


@pytest.fixture
def stage(bench):
    return Recording(bench)


class Watch:
    """How long a block took; it ends soon after its limit."""

    def __init__(self, limit):
        self.limit = limit

    def __enter__(self):
        self.began = time.monotonic()

    def __exit__(self, *_):
        assert time.monotonic() - self.began < self.limit + SLACK


FROM = [{}, {"inside": "main"}]


@pytest.mark.parametrize("way", FROM, ids=["from outside", "from inside"])
def test_a_redirect_is_told_and_not_followed(stage, way):
    reply = CurlProbe(stage)("/elsewhere", port=8080, **way)

    assert reply.status == 302
    assert reply.headers["location"] == "http://127.0.0.1:8081/"
    assert reply.body == ""


@pytest.mark.parametrize(
    ("path", "way"), [("/endless", FROM[0]), ("/endless", FROM[1]), ("/bomb", FROM[0])]
)
def test_an_endless_body_is_cut(stage, path, way):
    with Watch(ANSWER):
        reply = CurlProbe(stage)(path, port=8080, **way)

    assert reply.status == 200
    assert len(reply.body) <= BODY_LIMIT


@pytest.mark.parametrize(
    ("path", "way"), [("/head", FROM[0]), ("/drops", FROM[0]), ("/silent", FROM[1])]
)
def test_a_reply_that_does_not_end_is_a_failure_at_the_limit(stage, path, way):
    with Watch(2 * ANSWER), pytest.raises(Failure) as failure:
        CurlProbe(stage)(path, port=8080, **way)

    assert failure.value.reason.code == "no-answer"


@pytest.mark.parametrize(("path", "way"), [("/late/1", FROM[0]), ("/late/2", FROM[1])])
def test_a_server_that_lost_the_first_request_is_asked_again(stage, path, way):
    """It took it before it had what it answers with, and never thinks of it again."""
    reply = CurlProbe(stage)(path, port=8080, **way)

    assert reply.body == "now"


def test_the_output_of_a_command_is_cut(stage):
    with Watch(ANSWER):
        ran = ExecProbe(stage)("box", "yes")

    assert len(ran.out) <= LIMIT


def test_a_command_that_does_not_end_where_others_do_is_a_failure_at_the_limit(bench):
    hurried = replace(bench.exercise, limits=Limits(start=ANSWER, answer=ANSWER))
    stage = Recording(replace(bench, exercise=hurried))
    with Watch(2 * ANSWER), pytest.raises(Failure) as failure:
        ExecProbe(stage)("box", "sleep", "600")

    assert failure.value.reason.code == "no-end"


@pytest.mark.parametrize("path", ["/dev/zero", "/proc/self/fd/0"])
def test_a_file_without_end_is_cut(stage, path):
    with Watch(2 * ANSWER):
        assert len(FilesProbe(stage).read("box", path)) <= LIMIT


def test_of_a_log_without_end_only_the_newest_is_kept(stage):
    with Watch(2 * ANSWER):
        text = LogsProbe(stage)("box", until="never")

    assert len(text) <= KEPT
    assert "tick" in text
