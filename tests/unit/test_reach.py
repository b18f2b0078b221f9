"""A Service of the setup counts as there once a connection to it can be made."""

from __future__ import annotations

import threading
from types import SimpleNamespace

from podgrade.model.submission import Document, Position
from podgrade.workspace.reach import await_refusal, unreached

PORTS = [{"port": 80}, {"port": 53, "protocol": "UDP"}, {"port": 6379, "protocol": "TCP"}]
SERVICE = Document(
    {"kind": "Service", "metadata": {"name": "backend"}, "spec": {"ports": PORTS}},
    Position("setup.yaml", 1),
)


class Toolbox:
    """Connects to a port at the n-th try, or never."""

    def __init__(self, **tries):
        self.left = dict(tries)
        self.asked = []

    def exec(self, command):
        host, port = command[-2:]
        self.asked.append((host, port))
        self.left[f"p{port}"] -= 1
        return SimpleNamespace(code=0 if self.left[f"p{port}"] == 0 else 1)


def reach(toolbox, limit=5.0):
    return unreached(toolbox, "w", SERVICE, limit, threading.Event())


def test_each_tcp_port_is_asked_by_the_services_name_until_it_takes_a_connection():
    toolbox = Toolbox(p80=2, p6379=1)
    assert reach(toolbox) is None
    assert toolbox.asked == [("backend.w.svc", port) for port in ("80", "80", "6379")]


def test_a_port_that_takes_none_is_told():
    assert reach(Toolbox(p80=1, p6379=-1), limit=0.0) == 6379


class Answers:
    """A toolbox whose curl ends with these exit codes, one after the other; then with the last."""

    def __init__(self, *codes):
        self.codes = list(codes)
        self.asked = []

    def exec(self, command):
        self.asked.append(command[-1])
        return SimpleNamespace(code=self.codes.pop(0) if len(self.codes) > 1 else self.codes[0])


def test_a_service_without_endpoints_is_waited_for_until_it_refuses_connections():
    toolbox = Answers(28, 0, 7, 6)
    await_refusal(toolbox, "w", SERVICE, 5.0, threading.Event())

    url = "http://backend.w.svc:{}/"
    assert toolbox.asked == [*[url.format(80)] * 3, url.format(6379)]


def test_a_network_that_drops_instead_of_refusing_is_not_waited_for_without_end():
    toolbox = Answers(28)
    await_refusal(toolbox, "w", SERVICE, 0.0, threading.Event())

    assert len(toolbox.asked) == 2
