"""A Pod whose containers end and live again by script, on a bench of its own."""

from __future__ import annotations

import contextlib
import threading
from types import SimpleNamespace

from podgrade.cluster.connection import ApiRefusal, Silence
from podgrade.cluster.view import View
from podgrade.model.exercise import Limits
from podgrade.model.text import say
from podgrade.probes.bench import Bench
from podgrade.workspace.wait import Scope, wait
from podgrade.workspace.workspace import Workspace


def container_status(name, life=1, *, state="running", ready=True, ended=None):
    """A containerStatus in its n-th life; `ended`: the exit code of the life before."""
    found = {
        "name": name,
        "ready": ready and state == "running",
        "restartCount": life - 1,
        "containerID": f"containerd://{name}-{life}",
        "state": {state: {"exitCode": 3} if state == "terminated" else {}},
    }
    if ended is not None:
        found["lastState"] = {"terminated": {"exitCode": ended}}
    return found


def pod(version, *statuses, name="pair", uid="u", inits=(), phase="Running", **metadata):
    """A Pod with these container statuses; `inits` are those of init containers."""
    up = all(one["ready"] for one in statuses)
    return {
        "metadata": {"name": name, "uid": uid, "resourceVersion": str(version), **metadata},
        "spec": {
            "initContainers": [{"name": one["name"]} for one in inits],
            "containers": [{"name": one["name"]} for one in statuses],
        },
        "status": {
            "phase": phase,
            "podIP": "10.0.0.1",
            "conditions": [{"type": "Ready", "status": str(up)}],
            "initContainerStatuses": list(inits),
            "containerStatuses": list(statuses),
        },
    }


class Kubelet:
    """Serves logs of previous lives: of the containers in `previous`, and notes who asks.

    The logs of the containers in `dead` come to an end when they are followed.
    """

    def __init__(self, *previous, dead=()):
        self.stop = threading.Event()
        self.previous = set(previous)
        self.dead = set(dead)
        self.asked = []
        self.on_ask = lambda: None
        self.on_follow = lambda: None

    @contextlib.contextmanager
    def lines(self, path, *, query, **_):
        self.on_follow()
        yield iter(()) if query["container"] in self.dead else self._silent()

    def _silent(self):
        raise Silence(say("nothing came"))
        yield b""

    def read(self, path, *, query, **_):
        assert path.endswith("/pods/pair/log")
        self.asked.append(query["container"])
        self.on_ask()
        if query["container"] not in self.previous:
            raise ApiRefusal(400, "BadRequest", "previous terminated container not found")
        return b""


class Lookup:
    def last_lines(self, *_):
        return ""

    def absent(self, *_):
        return False

    def fits_empty_node(self, _):
        return True


def bench(first, kubelet=None, **limits):
    """A Bench on which the Pod is `first`; `.view` takes later versions of it."""
    kubelet = kubelet or Kubelet()
    view = View("ns", kubelet.stop)
    if first is not None:
        view.take_pod(first)
    scope = Scope("pair", view, kubelet, Lookup())
    workspace = SimpleNamespace(namespace="ns", connection=kubelet, view=view)
    workspace.exercise = SimpleNamespace(target=SimpleNamespace(name="pair"))
    workspace.scope = lambda _: scope
    workspace.pods = lambda: scope.pods()
    workspace.pod = lambda: Workspace.pod(workspace)
    workspace.wait = lambda goal, condition, limit: wait(scope, goal, condition, limit)
    target = SimpleNamespace(name="pair", kinds=("Pod",))
    document = SimpleNamespace(kind="Pod", name="pair")
    exercise = SimpleNamespace(target=target, limits=Limits(**limits))
    return Bench(
        exercise,
        workspace,
        None,
        None,
        SimpleNamespace(documents=(document,)),
        kubelet.stop,
        lambda words: None,
        None,
    )
