"""What an exercise has there besides the submission: created as podgrade, waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import path_of
from podgrade.model.errors import GraderError, InfrastructureError
from podgrade.model.exercise import Exercise
from podgrade.model.submission import Document
from podgrade.model.text import Words, say
from podgrade.workspace.apply import create, in_order
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.endpoints import await_endpoints
from podgrade.workspace.read import load, parse
from podgrade.workspace.target import is_ready, terminating
from podgrade.workspace.wait import Scope, seen, wait

_RUNS = {"Pod", "Deployment", "StatefulSet", "ReplicaSet"}
_ENDS = {"Job"}
_SCALES = {"Deployment", "StatefulSet", "ReplicaSet"}


class Setup:
    """The exercise's own objects in one workspace.

    `scope_of` gives what is known of one workload's Pods. Whatever does not come up is our
    trouble: every method raises InfrastructureError for it.
    """

    def __init__(
        self, scope_of: Callable[[str], Scope], namespace: str, exercise: Exercise
    ) -> None:
        self._scope_of = scope_of
        self._namespace = namespace
        self._exercise = exercise
        self._standing: list[Document] = []

    def stand_up(self) -> None:
        """Create what stands in the exercise's folder setup/ and wait until it runs."""
        self._make(documents_in(self._exercise.folder / "setup"))

    def scale(self, name: str, replicas: int) -> None:
        """Have so many Pods of a workload, and wait until exactly those are there and Ready.

        Its Services then have as many ready endpoints. Raises GraderError for a workload that
        has no replicas.
        """
        document = self.workload(name)
        if document.kind not in _SCALES:
            raise GraderError(
                say("{kind}/{name} has no replicas to scale", kind=document.kind, name=name)
            )
        path = path_of(document.kind, self._namespace, name)
        self._connection.request(
            "PATCH",
            path,
            body={"spec": {"replicas": replicas}},
            content_type="application/merge-patch+json",
        )
        self._await_pods(document, replicas)
        self._await_gone(document, replicas)
        self._await_services([document], replicas)

    def workload(self, name: str) -> Document:
        """The workload of that name, or that a Pod of this name belongs to. GraderError: none."""
        for document in self._standing:
            if document.kind in _RUNS | _ENDS and _belongs(name, document):
                return document
        names = ", ".join(d.name for d in self._standing if d.kind in _RUNS | _ENDS)
        raise GraderError(
            say("the setup has no {name}; it has: {names}", name=name, names=names or "-")
        )

    def _make(self, documents: Sequence[Document]) -> None:
        for document in in_order(documents):
            try:
                create(self._connection, self._namespace, document)
            except ApiRefusal as refusal:
                raise _trouble(document, refusal.words) from refusal
            self._standing.append(document)
        for document in documents:
            self._await_pods(document, _replicas(document))
        self._await_services(documents)

    def _await_pods(self, document: Document, wanted: int) -> None:
        """Wait until the newest Pods of the workload are what is wanted of them."""
        if document.kind not in _RUNS | _ENDS or wanted == 0:
            return
        kind = GoalKind.SUCCEEDED if document.kind in _ENDS else GoalKind.READY
        scope = self._scope_of(document.name)

        def come() -> bool | None:
            living = [pod for pod in scope.pods() if not terminating(pod)]
            done = [pod for pod in living if _done(pod, kind)]
            return True if len(done) >= wanted else None

        waited = wait(scope, Goal(kind), come, self._limit)
        if waited.doom:
            raise _trouble(document, waited.doom.why)

    def _await_gone(self, document: Document, left: int) -> None:
        scope = self._scope_of(document.name)
        if not seen(scope, lambda: len(scope.pods()) <= left, self._limit):
            raise _trouble(document, say("its Pods do not end"))

    def _await_services(self, changed: Sequence[Document], wanted: int | None = None) -> None:
        """Wait for the ready endpoints of the Services that these objects are or stand behind."""
        for service in self._standing:
            behind = [one for one in self._standing if selects(service, one)]
            if not any(one in changed for one in (service, *behind)):
                continue
            count = sum(map(_replicas, behind)) if wanted is None else wanted
            if behind:
                self._await_endpoints(service, count)

    def _await_endpoints(self, service: Document, count: int) -> None:
        def wanted(number: int) -> bool:
            return number == count

        got = await_endpoints(self._connection, self._namespace, service.name, wanted, self._limit)
        if not wanted(got):
            raise _trouble(service, say("it has {got} of {count} endpoints", got=got, count=count))

    @property
    def _connection(self) -> Connection:
        return self._scope_of("").connection

    @property
    def _limit(self) -> float:
        return self._exercise.limits.start


def documents_in(folder: Path) -> tuple[Document, ...]:
    """The objects in a folder of the exercise, as written; none where there is no such folder."""
    return parse(load([str(folder)])).documents if folder.is_dir() else ()


def selects(service: Document, workload: Document) -> bool:
    """True if the Service's selector chooses the workload's Pods."""
    if service.kind != "Service":
        return False
    selector = (service.body.get("spec") or {}).get("selector") or {}
    labels = _labels(workload)
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


def _labels(document: Document) -> Mapping[str, Any]:
    """The labels that the workload's Pods have."""
    if document.kind not in _RUNS:
        return {}
    body = document.body if document.kind == "Pod" else document.body["spec"]["template"]
    return (body.get("metadata") or {}).get("labels") or {}


def _replicas(document: Document) -> int:
    replicas = (document.body.get("spec") or {}).get("replicas")
    return 1 if replicas is None else int(replicas)


def _belongs(name: str, document: Document) -> bool:
    """A StatefulSet's Pods have names of their own (`web-0`)."""
    if name == document.name:
        return True
    return document.kind == "StatefulSet" and name in _members(document)


def _members(document: Document) -> Iterator[str]:
    return (f"{document.name}-{number}" for number in range(_replicas(document)))


def _done(pod: Any, kind: GoalKind) -> bool:
    if kind is GoalKind.SUCCEEDED:
        return bool(pod.get("status", {}).get("phase") == "Succeeded")
    return is_ready(pod)


def _trouble(document: Document, why: Words) -> InfrastructureError:
    subject = f"{document.kind}/{document.name}"
    return InfrastructureError(
        say("the exercise's own {object} did not come up: {why}", object=subject, why=why)
    )
