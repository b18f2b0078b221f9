"""What an exercise has there besides the submission: created as podgrade, waited for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.model.errors import GraderError, InfrastructureError
from podgrade.model.exercise import Exercise
from podgrade.model.submission import Document
from podgrade.model.text import Words, say
from podgrade.workspace.api_time import api_time
from podgrade.workspace.apply import create, in_order, scale
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.endpoints import await_endpoints
from podgrade.workspace.material import filled, fresh
from podgrade.workspace.reach import await_refusal, unreached
from podgrade.workspace.target import terminating
from podgrade.workspace.toolbox import Toolbox
from podgrade.workspace.wait import Scope, seen, wait
from podgrade.workspace.workloads import (
    ENDS,
    RUNS,
    documents_in,
    is_called,
    is_done,
    replicas,
    selects,
)

_TO_REFUSE = 15.0  # seconds in which a Service without endpoints comes to refuse connections


class Setup:
    """The exercise's own objects in one workspace, made with this workspace's own `material`.

    `scope_of` gives what is known of one workload's Pods. Whatever does not come up is our
    trouble: every method raises InfrastructureError for it.
    """

    def __init__(
        self, scope_of: Callable[[str], Scope], namespace: str, exercise: Exercise
    ) -> None:
        self._scope_of = scope_of
        self._namespace = namespace
        self._exercise = exercise
        self.material = fresh(exercise.material)
        self._toolbox: Toolbox | None = None
        self._standing: list[Document] = []
        self._supplied: dict[str, str] = {}

    def stand_up(self, toolbox: Toolbox | None = None) -> None:
        """Create what stands in the exercise's folder setup/ and wait until it runs.

        Its Services, and all that come later, are waited for as the toolbox sees them.
        """
        self._toolbox = toolbox
        self._make(documents_in(self._exercise.folder / "setup"))

    def adopt(self) -> None:
        """Take for the exercise's own what stands there already, as setup/ describes it."""
        self._standing = list(documents_in(self._exercise.folder / "setup"))

    @property
    def standing(self) -> tuple[Document, ...]:
        """Every object that was made, with this workspace's material in it."""
        return tuple(self._standing)

    def supply(self, name: str) -> str:
        """Create what stands in later/NAME.yaml, once, and wait until it runs and is reached.

        The API's time at which it was (RFC 3339). Raises GraderError where there is no such file.
        """
        if name not in self._supplied:
            path = self._later / f"{name}.yaml"
            if not path.is_file():
                raise GraderError(say("the exercise has no later/{name}.yaml", name=name))
            documents = documents_in(path)
            self._make(documents)
            self._supplied[name] = api_time(self._connection, self._namespace)
        return self._supplied[name]

    def comes_later(self, document: Document) -> bool:
        """True for an object that the exercise itself makes later, under the same name."""
        return (document.kind, document.name) in self._coming

    def has(self, document: Document) -> bool:
        """True for an object that stands there by now, under the same name."""
        return any((one.kind, one.name) == (document.kind, document.name) for one in self._standing)

    @cached_property
    def _coming(self) -> frozenset[tuple[str, str]]:
        return frozenset((one.kind, one.name) for one in documents_in(self._later))

    def scale(self, name: str, replicas: int) -> None:
        """Have so many Pods of a workload, and wait until exactly those are there and Ready.

        Its Services then have as many ready endpoints. Raises GraderError for a workload that
        has no replicas.
        """
        document = self.workload(name)
        scale(self._connection, self._namespace, document, replicas)
        self._await_pods(document, replicas)
        self._await_gone(document, replicas)
        self._await_services([document], replicas)

    def workload(self, name: str) -> Document:
        """The workload of that name, or that a Pod of this name belongs to. GraderError: none."""
        for document in self._standing:
            if document.kind in RUNS | ENDS and is_called(name, document):
                return document
        names = ", ".join(d.name for d in self._standing if d.kind in RUNS | ENDS)
        raise GraderError(
            say("the setup has no {name}; it has: {names}", name=name, names=names or "-")
        )

    def _make(self, documents: Sequence[Document]) -> None:
        documents = [filled(document, self.material) for document in in_order(documents)]
        for document in documents:
            try:
                create(self._connection, self._namespace, document)
            except ApiRefusal as refusal:
                raise _trouble(document, refusal.words) from refusal
            self._standing.append(document)
        for document in documents:
            self._await_pods(document, replicas(document))
        self._await_services(documents)

    def _await_pods(self, document: Document, wanted: int) -> None:
        """Wait until the newest Pods of the workload are what is wanted of them."""
        if document.kind not in RUNS | ENDS or wanted == 0:
            return
        kind = GoalKind.SUCCEEDED if document.kind in ENDS else GoalKind.READY
        scope = self._scope_of(document.name)

        def come() -> bool | None:
            living = [pod for pod in scope.pods() if not terminating(pod)]
            done = [pod for pod in living if is_done(document, pod)]
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
            count = sum(map(replicas, behind)) if wanted is None else wanted
            if behind:
                self._await_endpoints(service, count)

    def _await_endpoints(self, service: Document, count: int) -> None:
        def wanted(number: int) -> bool:
            return number == count

        got = await_endpoints(self._connection, self._namespace, service.name, wanted, self._limit)
        if not wanted(got):
            raise _trouble(service, say("it has {got} of {count} endpoints", got=got, count=count))
        if self._toolbox is None:
            return
        if count > 0:
            self._await_reach(self._toolbox, service)
        else:
            where = (self._toolbox, self._namespace, service)
            await_refusal(*where, _TO_REFUSE, self._connection.stop)

    def _await_reach(self, toolbox: Toolbox, service: Document) -> None:
        stop = self._connection.stop
        port = unreached(toolbox, self._namespace, service, self._limit, stop)
        if port is not None:
            raise _trouble(service, say("nothing can be reached at its port {port}", port=port))

    @property
    def _later(self) -> Path:
        return self._exercise.folder / "later"

    @property
    def _connection(self) -> Connection:
        return self._scope_of("").connection

    @property
    def _limit(self) -> float:
        return self._exercise.limits.start


def _trouble(document: Document, why: Words) -> InfrastructureError:
    subject = f"{document.kind}/{document.name}"
    return InfrastructureError(
        say("the exercise's own {object} did not come up: {why}", object=subject, why=why)
    )
