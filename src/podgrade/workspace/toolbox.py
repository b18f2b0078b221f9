"""One Pod of ours a run, from which checks ask workspaces over the network."""

from __future__ import annotations

import concurrent.futures
import contextlib
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from podgrade.cluster.conditions import is_ready
from podgrade.cluster.connection import ApiRefusal, Connection, ExecAnswer, Stopped
from podgrade.cluster.exec import UNKNOWN_CODE
from podgrade.cluster.kinds import path_of
from podgrade.cluster.shell import Shell
from podgrade.cluster.watch import View, Watch
from podgrade.model.errors import InfrastructureError
from podgrade.model.reason import Doom
from podgrade.model.text import Words, say
from podgrade.workspace import fence
from podgrade.workspace.build import appeared, tear_down
from podgrade.workspace.crew import Crew
from podgrade.workspace.doom import Goal, GoalKind, newest
from podgrade.workspace.doom.case import Case
from podgrade.workspace.doom.images import image_refused
from podgrade.workspace.lookup import ClusterLookup
from podgrade.workspace.rights import refused
from podgrade.workspace.run import HOUR, Run
from podgrade.workspace.wait import Scope, wait

TOOLBOX_IMAGE = "curlimages/curl:8.16.0"

_NAME = "toolbox"
_READY = Goal(GoalKind.READY)
_COMES_WITHIN = 120.0  # seconds from the start of the run (its image may have to be pulled)
_LIFE = 12 * HOUR  # the toolbox serves a run to its end


class Toolbox:
    """Made in the background by `start`; `exec` waits for it. Safe to share between threads."""

    def __init__(self, connection: Connection, watch: Watch, run: Run) -> None:
        self._connection = connection.stopped_by(watch.stop)
        self._watch = watch
        self._run = replace(run, lifetime=max(run.lifetime, _LIFE))
        self.namespace = run.namespace(_NAME)
        self._crew = Crew("podgrade-toolbox", 1)
        self._started = threading.Event()
        self._made = threading.Event()
        self._view: View | None = None
        self._failure: InfrastructureError | None = None
        self._idle: list[Shell] = []
        self._end = time.monotonic() + _COMES_WITHIN

    def start(self) -> None:
        """Begin to make the toolbox, once."""
        if not self._started.is_set():
            self._started.set()
            self._end = time.monotonic() + _COMES_WITHIN
            self._crew.do(self._make)

    def exec(
        self, command: Sequence[str], *, timeout: float = 15.0, limit: int = 1 << 20
    ) -> ExecAnswer:
        """Run a command in the toolbox (curl, sh, nc), once it is there.

        Raises InfrastructureError: where the toolbox does not come or does not answer.
        """
        self.start()
        self._await()
        shell = self._borrowed()
        answer = shell.run(command, timeout, limit)
        if answer.code != UNKNOWN_CODE:
            self._idle.append(shell)
        return answer

    def _borrowed(self) -> Shell:
        """A shell that nobody uses: an exec for each question would cost ten times as much."""
        with contextlib.suppress(IndexError):
            return self._idle.pop()
        try:
            return self._connection.shell(self.namespace, _NAME, _NAME)
        except ApiRefusal as refusal:
            sentence = say("the toolbox cannot be used: {message}", message=refused(refusal))
            raise InfrastructureError(sentence) from refusal

    def close(self, timeout: float = 5.0) -> None:
        """Delete the toolbox; after `timeout` seconds that is left to `podgrade clean`."""
        if self._started.is_set():
            self._watch.forget(self.namespace)
            unstopped = self._connection.stopped_by(threading.Event())
            going = self._crew.do(lambda: tear_down(unstopped, self.namespace))
            concurrent.futures.wait([going], timeout)

    def _make(self) -> None:
        try:
            self._view = self._watch.view(self.namespace, fresh=True)
            self._create()
        except InfrastructureError as error:
            self._failure = error
        except ApiRefusal as refusal:
            self._failure = _no_toolbox(refused(refusal))
        finally:
            self._made.set()

    def _create(self) -> None:
        ask = self._connection.request
        version = self._connection.server_version()
        body = fence.namespace(
            self.namespace, self._run, "restricted", version, role=fence.TOOLBOX_ROLE
        )
        ask("POST", path_of("Namespace"), body=body)
        appeared(self._connection, "ServiceAccount", self.namespace, "default", self._end)
        ask("POST", path_of("Pod", self.namespace), body=_pod(self._run))

    def _await(self) -> None:
        while not self._made.wait(0.5):
            if self._watch.stop.is_set():
                raise Stopped
        if self._failure or self._view is None:
            raise self._failure or _no_toolbox(say("it was not made"))
        scope = self._scope(self._view)
        waited = wait(scope, _READY, lambda: self._ready() or _refused(scope), self._left())
        doom = waited.value if isinstance(waited.value, Doom) else waited.doom
        if doom:
            raise _no_toolbox(_with_cure(doom))

    def _scope(self, view: View) -> Scope:
        lookup = ClusterLookup(self._connection, self.namespace)
        return Scope(_NAME, view, self._connection, lookup)

    def _ready(self) -> bool | None:
        pods = self._view.pods() if self._view else ()
        return True if any(is_ready(pod) for pod in pods) else None

    def _left(self) -> float:
        return max(self._end - time.monotonic(), 0.0)


def _refused(scope: Scope) -> Doom | None:
    """Why the image is not to be had; a learner's would be waited for to the limit."""
    scene = scope.scene()
    pod = newest(scene)
    return image_refused(Case(_READY, scene, scope.lookup, pod)) if pod else None


def _with_cure(doom: Doom) -> Words:
    if not doom.code.startswith("image-"):
        return doom.why
    return say(
        "{why}. podgrade needs the image {image} on the cluster: load it (with kind: `docker pull "
        "{image}`, then `kind load docker-image {image}`), or let the nodes reach docker.io",
        why=doom.why,
        image=TOOLBOX_IMAGE,
    )


def _no_toolbox(why: Words) -> InfrastructureError:
    return InfrastructureError(say("the toolbox Pod did not come up: {why}", why=why))


def _pod(run: Run) -> Mapping[str, Any]:
    container = {
        "name": _NAME,
        "image": TOOLBOX_IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["sleep", str(_LIFE)],
        "resources": {
            # Ten times a learner's container: on a full node it is not the one that has to wait.
            "requests": {"cpu": "100m", "memory": "16Mi"},
            "limits": {"memory": "256Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        },
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": _NAME, "labels": dict(run.labels())},
        "spec": {
            "containers": [container],
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": 0,
            "restartPolicy": "Always",
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 65532,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
        },
    }
