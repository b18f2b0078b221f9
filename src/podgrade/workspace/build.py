"""Making a fenced namespace and taking it down again."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from podgrade.cluster.connection import ApiRefusal, Connection, Silence, Unanswered
from podgrade.cluster.kinds import path_of
from podgrade.cluster.retry import await_next_try
from podgrade.model.errors import InfrastructureError
from podgrade.model.text import Words, say
from podgrade.workspace import fence
from podgrade.workspace.rights import refused
from podgrade.workspace.run import Run

_READY_WITHIN = 30.0  # seconds for a namespace to become usable
_AT_LEAST = 1.0  # seconds that an object is given to appear
_A_LOOK = 10.0  # seconds after which the watch for it is begun anew: it may have been swallowed
_AGAIN = 0.05  # seconds between two trials as the learner
_GRACE = 1  # seconds a learner's Pod gets to end


@dataclass(frozen=True)
class Identity:
    """Who creates a learner's objects, and what has to be said about it."""

    connection: Connection
    note: Words | None = None


class Builder:
    """Makes the fenced namespaces of one run; safe to share between threads."""

    def __init__(self, connection: Connection, run: Run) -> None:
        self._connection = connection
        self._run = run
        self._denied: Words | None = None

    def build(self, name: str, level: str) -> Identity:
        """A namespace that is ready to be handed something in, and who does so.

        Raises InfrastructureError with a sentence.
        """
        end = time.monotonic() + _READY_WITHIN
        try:
            version = self._connection.server_version()
            self._create(None, fence.namespace(name, self._run, level, version))
            for wall in fence.walls(self._run):
                self._create(name, wall)
            appeared(self._connection, "ConfigMap", name, "kube-root-ca.crt", end)
            return self._identity(name, end)
        except ApiRefusal as refusal:
            sentence = say("no workspace could be made: {message}", message=refused(refusal))
            raise InfrastructureError(sentence) from refusal

    def _create(self, namespace: str | None, body: fence.Body) -> None:
        self._connection.request("POST", path_of(body["kind"], namespace), body=body)

    def _identity(self, name: str, end: float) -> Identity:
        """The learner's identity, once its rights work; ours where we may not be the learner."""
        learner = self._connection.impersonating(fence.learner_user(name))
        if self._denied is None:
            try:
                self._try(learner, name, end)
            except ApiRefusal as refusal:
                if "impersonate" not in refusal.message:
                    raise
                self._denied = _no_impersonation(refusal.message)
            else:
                return Identity(learner)
        self._try(self._connection, name, end)
        return Identity(self._connection, self._denied)

    def _try(self, who: Connection, name: str, end: float) -> None:
        """Create a Pod without creating it, until the server lets it pass.

        The server's caches of rights, accounts and quota cannot be watched: only trying tells.
        """
        path, query = path_of("Pod", name), {"dryRun": "All"}
        while True:
            try:
                who.request("POST", path, query=query, body=fence.trial_pod())
            except ApiRefusal as refusal:
                if "impersonate" in refusal.message or time.monotonic() > end:
                    raise
                who.stop.wait(_AGAIN)
            else:
                return


def _no_impersonation(message: str) -> Words:
    return say(
        "manifests are created with your own rights, since you may not impersonate a learner"
        " ({message}); the other walls of the workspace stand",
        message=message,
    )


def appeared(connection: Connection, kind: str, namespace: str, name: str, end: float) -> None:
    """Wait until an object is there. Raises InfrastructureError at `end` (monotonic seconds)."""
    path, query = (
        path_of(kind, namespace),
        {"watch": True, "fieldSelector": f"metadata.name={name}"},
    )
    end = max(end, time.monotonic() + _AT_LEAST)
    while (left := end - time.monotonic()) > 0:
        try:
            if _came(connection, path, query, min(left, _A_LOOK)):
                return
        except Unanswered as error:
            await_next_try(error, connection.stop)
    raise InfrastructureError(
        say(
            "{kind} {name} did not appear in namespace {namespace} in time",
            kind=kind,
            name=name,
            namespace=namespace,
        )
    )


def _came(connection: Connection, path: str, query: Mapping[str, Any], seconds: float) -> bool:
    """True once the watch tells of the object; False if it ends without."""
    bounded = {**query, "timeoutSeconds": int(seconds) + 1}
    with (
        contextlib.suppress(Silence),
        connection.lines(path, query=bounded, timeout=seconds, patience=seconds) as lines,
    ):
        return any(json.loads(line).get("type") in {"ADDED", "MODIFIED"} for line in lines)
    return False


def tear_down(connection: Connection, namespace: str) -> None:
    """Delete a namespace and end its Pods at once. Gone already is fine.

    The namespace first: from then on no controller makes new Pods in it. The server itself
    begins to delete its content only some seconds later, and with the Pods' own grace.
    """
    with contextlib.suppress(ApiRefusal):  # 404: gone; 409: going
        connection.request("DELETE", path_of("Namespace", None, namespace), timeout=10.0)
    with contextlib.suppress(ApiRefusal):
        query = {"gracePeriodSeconds": _GRACE}
        connection.request("DELETE", path_of("Pod", namespace), query=query, timeout=10.0)
