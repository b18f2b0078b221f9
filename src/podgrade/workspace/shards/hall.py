"""A sharded run as whoever started it sees it: begun, looked at, ended."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from podgrade.cluster.conditions import condition
from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import log_path, path_of
from podgrade.model.errors import InfrastructureError
from podgrade.model.text import Words, say
from podgrade.workspace.build import appeared, tear_down
from podgrade.workspace.run import KEPT, Run
from podgrade.workspace.shards import objects
from podgrade.workspace.shards.objects import Order
from podgrade.workspace.shards.share import Piece, packed
from podgrade.workspace.sweep import sweep

Body = Mapping[str, Any]

_PATIENCE = 30.0  # seconds for the namespace to become usable
_REFUSED = 3  # looks at which no image of any Pod could be had, until that is believed
_LAST_LINES = 2000  # bytes of a log that are told
_NO_IMAGE = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName"}


@dataclass(frozen=True)
class Look:
    """How the Job is: how many Pods run, on which nodes, which indexes failed for good."""

    running: int
    nodes: tuple[str, ...]
    failed: tuple[int, ...]
    over: bool
    """No Pod runs any more, and none will be made."""


@dataclass
class Hall:
    """The namespace of one sharded run and what is in it."""

    connection: Connection
    order: Order
    run: Run = field(default_factory=lambda: Run.new(lifetime=KEPT))

    def __post_init__(self) -> None:
        self.namespace = self.run.namespace("shards")
        self._refused = 0

    def begin(self, shares: Sequence[Sequence[Piece]], pack: bytes) -> None:
        """Make it all and start the Job. Raises InfrastructureError."""
        try:
            version = self.connection.server_version()
            home = self._create(None, objects.namespace(self.run, self.namespace, version))
            for body in objects.surroundings(self.run, home):
                self._create(self.namespace, body)
            for body in self._given(shares, pack):
                self._create(self.namespace, body)
            end = time.monotonic() + _PATIENCE
            appeared(self.connection, "ConfigMap", self.namespace, "kube-root-ca.crt", end)
            self._create(self.namespace, objects.job(self.run, self.order))
        except ApiRefusal as refusal:
            words = say("the shards could not be started: {message}", message=refusal.message)
            raise InfrastructureError(words) from refusal

    def _given(self, shares: Sequence[Sequence[Piece]], pack: bytes) -> Iterator[Body]:
        yield from objects.secrets(self.run, objects.PACK, pack)
        for index, share in enumerate(shares):
            yield from objects.secrets(self.run, objects.SHARE, packed(share), index)

    def _create(self, namespace: str | None, body: Body) -> Body:
        path = path_of(body["kind"], namespace)
        return self.connection.request("POST", path, body=body, timeout=60.0)

    def look(self) -> Look:
        """How it goes. Raises InfrastructureError: no Pod can ever begin, or nobody answers."""
        try:
            job = self.connection.request("GET", path_of("Job", self.namespace, objects.JOB))
            pods = self._pods()
        except ApiRefusal as refusal:
            words = say("the shards cannot be looked at: {message}", message=refusal.message)
            raise InfrastructureError(words) from refusal
        self._see_images(pods)
        running = [pod for pod in pods if pod["status"].get("phase") == "Running"]
        status = job.get("status") or {}
        return Look(
            running=len(running),
            nodes=tuple(sorted({str(pod["spec"].get("nodeName")) for pod in running})),
            failed=tuple(numbers(status.get("failedIndexes", ""))),
            over=any(condition(job, kind) for kind in ("Complete", "Failed", "FailureTarget")),
        )

    def _pods(self) -> list[Body]:
        return list(
            self.connection.request("GET", path_of("Pod", self.namespace)).get("items") or ()
        )

    def _see_images(self, pods: Sequence[Body]) -> None:
        """An image that no Pod can have is not waited for; one refusal alone may be a moment's."""
        begun = any(pod["status"].get("phase") != "Pending" for pod in pods)
        messages = [] if begun else [text for pod in pods for text in _no_image(pod)]
        self._refused = self._refused + 1 if messages else 0
        if self._refused >= _REFUSED:
            words = say(
                "the shards' image {image} cannot be had: {message}",
                image=self.order.image,
                message=messages[0],
            )
            raise InfrastructureError(words)

    def last_words(self, index: int) -> Words | None:
        """The end of the log of a failed shard's last Pod; None where it is not to be had."""
        label = "batch.kubernetes.io/job-completion-index"
        mine = [pod for pod in self._pods() if pod["metadata"]["labels"].get(label) == str(index)]
        ordered = sorted(mine, key=lambda pod: str(pod["metadata"]["creationTimestamp"]))
        for pod in reversed(ordered):
            with contextlib.suppress(ApiRefusal):
                path = log_path(self.namespace, pod["metadata"]["name"])
                data = self.connection.read(path, query={"tailLines": 20}, limit=_LAST_LINES)
                if data.strip():
                    return say("{text}", text=data.decode("utf-8", "replace").strip())
        return None

    def stop(self) -> None:
        """Delete the Job: its Pods end, and no more are made."""
        path = path_of("Job", self.namespace, objects.JOB)
        query = {"propagationPolicy": "Background"}
        with contextlib.suppress(ApiRefusal):
            self.connection.request("DELETE", path, query=query, timeout=10.0)
        pods, query = path_of("Pod", self.namespace), {"gracePeriodSeconds": "5"}
        with contextlib.suppress(ApiRefusal):
            self.connection.request("DELETE", pods, query=query, timeout=10.0)

    def clear(self) -> None:
        """Delete the namespace, and those that shards left."""
        sweep(self.connection, now=time.time(), all_of_run=self.run.id)
        tear_down(self.connection, self.namespace)


def _no_image(pod: Body) -> Iterator[str]:
    for status in pod["status"].get("containerStatuses") or ():
        waiting = (status.get("state") or {}).get("waiting") or {}
        if waiting.get("reason") in _NO_IMAGE:
            yield str(waiting.get("message") or waiting["reason"])


def numbers(text: str) -> Iterator[int]:
    """The indexes that a Job's status lists: `1,3-5,7`."""
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
