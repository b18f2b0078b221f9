"""A cluster, asked as one identity: plain JSON in and out, safe to share between threads."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from urllib3.exceptions import HTTPError

from podgrade.cluster.answer import (
    decoded,
    exhausted,
    first_bytes,
    minor_version,
    name_of,
    warnings_of,
)
from podgrade.cluster.exec import ExecAnswer, Execution, TimedOut
from podgrade.cluster.lines import Lines, Silence
from podgrade.cluster.refusal import ApiRefusal, Cause
from podgrade.cluster.retry import Stopped, Unanswered, persistently
from podgrade.cluster.shell import Shell
from podgrade.cluster.transport import Call, Identity, Query, Transport

__all__ = [
    "ApiRefusal",
    "Cause",
    "Connection",
    "ExecAnswer",
    "Lines",
    "Silence",
    "Stopped",
    "TimedOut",
    "Unanswered",
]

_SHORTEST = 0.5  # seconds an attempt gets at least
_PATIENT = 10.0  # seconds an attempt gets at least where so much is left


class Connection:
    """One cluster and one identity.

    `context` is the kubeconfig's context, `host` the API's address, `namespace` the context's
    own. Every method raises ApiRefusal for an answer that says no, and InfrastructureError
    where no answer came within the time (or once `stop` is set).
    """

    def __init__(
        self,
        transport: Transport,
        context: str = "",
        namespace: str = "default",
        *,
        identity: Identity | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        self.context = context
        self.namespace = namespace
        self.host = transport.host
        self.identity = identity
        self.stop = stop or threading.Event()
        self._transport = transport

    @classmethod
    def open(cls, kubeconfig: Path | None = None, context: str | None = None) -> Connection:
        """The connection a kubeconfig's context describes (nothing is sent yet).

        Without `kubeconfig`, the files of $KUBECONFIG or ~/.kube/config; without `context`, the
        current one. Raises ClusterUnavailableError with a sentence where that cannot be.
        """
        from podgrade.cluster.kubeconfig import opened

        chosen, namespace, configuration = opened(kubeconfig, context)
        return cls(Transport(configuration), chosen, namespace)

    def impersonating(self, user: str, groups: Sequence[str] = ()) -> Connection:
        """The same cluster, asked as another user; shares the connections."""
        return self._as(Identity(user, tuple(groups)), self.stop)

    def stopped_by(self, stop: threading.Event) -> Connection:
        """The same identity, giving up once `stop` is set."""
        return self._as(self.identity, stop)

    def _as(self, identity: Identity | None, stop: threading.Event) -> Connection:
        return Connection(
            self._transport, self.context, self.namespace, identity=identity, stop=stop
        )

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Mapping[str, Any] | Sequence[Any] | None = None,
        content_type: str = "application/json",
        timeout: float = 30.0,
    ) -> dict[str, Any]:
        """One call of the API, tried again within `timeout` seconds where no answer comes."""
        return self.request_with_warnings(
            method, path, query=query, body=body, content_type=content_type, timeout=timeout
        )[0]

    def request_with_warnings(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Mapping[str, Any] | Sequence[Any] | None = None,
        content_type: str = "application/json",
        timeout: float = 30.0,
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """As `request`, with the texts of the answer's Warning headers."""
        data = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        call = Call(method, path, query, data, content_type, timeout)
        dry = bool((query or {}).get("dryRun"))  # makes nothing, so nothing can be made twice
        if method == "POST" and not dry:
            return self._posted(call, body)
        return persistently(partial(self._answered, call, _until(timeout)), **self._within(timeout))

    def _posted(self, call: Call, body: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
        """A POST whose answer got lost may have arrived: then "already exists" means created."""
        name = name_of(body)
        lost = False
        end = _until(call.timeout)

        def attempt() -> tuple[dict[str, Any], tuple[str, ...]]:
            nonlocal lost
            try:
                return self._answered(call, end)
            except ApiRefusal as refusal:
                if not (lost and name and refusal.reason == "AlreadyExists"):
                    raise
                return self._answered(Call("GET", f"{call.path}/{name}"), end)
            except Unanswered as error:
                lost = lost or error.arrived
                # With generateName a second POST could make a second object.
                error.again = error.again and (name is not None or not lost)
                raise

        return persistently(attempt, **self._within(call.timeout))

    def _answered(self, call: Call, end: float) -> tuple[dict[str, Any], tuple[str, ...]]:
        call = replace(call, timeout=_share(end))
        response = self._transport.send(call, self.identity)
        try:
            return decoded(response.data), warnings_of(response)
        except HTTPError as error:
            raise self._transport.unanswered(error) from error

    def _within(self, timeout: float) -> dict[str, Any]:
        return {"seconds": timeout, "stop": self.stop}

    def read(
        self, path: str, *, query: Query | None = None, limit: int, timeout: float = 15.0
    ) -> bytes:
        """The first `limit` bytes of a body that need not be JSON (a log), within `timeout` s."""
        end = _until(timeout)

        def attempt() -> bytes:
            call = Call("GET", path, query, timeout=_share(end))
            response = self._transport.send(call, self.identity)
            try:
                return first_bytes(response, limit, _until(timeout))
            except HTTPError as error:
                raise self._transport.unanswered(error) from error
            finally:
                response.release_conn() if exhausted(response) else response.close()

        return persistently(attempt, **self._within(timeout))

    def lines(
        self,
        path: str,
        *,
        query: Query | None = None,
        timeout: float = 60.0,
        patience: float = 0.0,
    ) -> Lines:
        """The lines of a watch or of a followed log; `timeout`: seconds of silence to bear.

        The stream's beginning is asked for again within `patience` seconds. Where it breaks off
        later, the lines raise Unanswered: who needs it again asks again.
        """
        call = Call("GET", path, query, timeout=timeout)

        def attempt() -> Lines:
            return Lines(self._transport.send(call, self.identity), self._transport)

        return persistently(attempt, **self._within(patience))

    def exec(
        self,
        namespace: str,
        pod: str,
        container: str | None,
        command: Sequence[str],
        *,
        stdin: bytes | None = None,
        timeout: float = 15.0,
        limit: int = 1 << 20,
    ) -> ExecAnswer:
        """Run a command in a container and wait for its end, `timeout` seconds at most.

        `limit` bytes of each of its outputs are kept. Raises TimedOut (with what had come)
        where the command did not end, ApiRefusal where the container cannot be entered.
        """
        query = {
            "container": container,
            "command": tuple(command),
            "stdin": stdin is not None,
            "stdout": True,
            "stderr": True,
        }
        path = f"/api/v1/namespaces/{namespace}/pods/{pod}/exec"
        execution = Execution(self._transport, self.identity, self.stop, limit)
        asked = {key: value for key, value in query.items() if value is not None}
        return execution.run(path, asked, stdin, timeout)

    @property
    def throttled(self) -> int:
        """How often the server has asked for less (429) so far, whoever was asking."""
        return self._transport.throttled

    def server_version(self, *, timeout: float = 30.0) -> str:
        """The server's minor version as Pod Security's labels want it (`v1.36`); asked once."""
        if not self._transport.version:
            self._transport.version = minor_version(
                self.request("GET", "/version", timeout=timeout)
            )
        return self._transport.version

    def shell(self, namespace: str, pod: str, container: str) -> Shell:
        """A shell that stays open in a container of our own."""
        execution = Execution(self._transport, self.identity, self.stop, 0)
        path = f"/api/v1/namespaces/{namespace}/pods/{pod}/exec"
        return Shell(execution, self.stop, path, container)


def _until(seconds: float) -> float:
    return time.monotonic() + seconds


def _share(end: float) -> float:
    """Seconds that one attempt may be silent: whoever does not answer is asked again in time."""
    left = max(end - time.monotonic(), _SHORTEST)
    return max(left / 3, min(left, _PATIENT))
