"""What an exercise has there before the submission: created as podgrade, waited for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from podgrade.cluster.connection import ApiRefusal
from podgrade.model.errors import InfrastructureError
from podgrade.model.exercise import Exercise
from podgrade.model.submission import Document
from podgrade.model.text import say
from podgrade.workspace.apply import create, in_order
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.read import load, parse
from podgrade.workspace.target import is_ready, terminating
from podgrade.workspace.wait import Scope, wait

_RUNS = {"Pod", "Deployment", "StatefulSet", "ReplicaSet"}
_ENDS = {"Job"}


def set_up(scope_of: Callable[[str], Scope], namespace: str, exercise: Exercise) -> None:
    """Create the documents of the exercise's setup folder and wait until they run.

    `scope_of` gives what is known of one target. Raises InfrastructureError.
    """
    documents = in_order(_documents(exercise))
    for document in documents:
        try:
            create(scope_of(document.name).connection, namespace, document)
        except ApiRefusal as refusal:
            raise _trouble(document, refusal.words) from refusal
    for document in documents:
        _await(scope_of(document.name), document, exercise.limits.start)


def _documents(exercise: Exercise) -> Sequence[Document]:
    folder = exercise.folder / "setup"
    return parse(load([str(folder)])).documents if folder.is_dir() else ()


def _await(scope: Scope, document: Document, limit: float) -> None:
    if document.kind not in _RUNS | _ENDS:
        return
    wanted = int((document.body.get("spec") or {}).get("replicas") or 1)
    kind = GoalKind.SUCCEEDED if document.kind in _ENDS else GoalKind.READY

    def come() -> bool | None:
        living = [pod for pod in scope.pods() if not terminating(pod)]
        done = [pod for pod in living if _done(pod, kind)]
        return True if len(done) >= wanted else None

    waited = wait(scope, Goal(kind), come, limit)
    if waited.doom:
        raise _trouble(document, waited.doom.why)


def _done(pod: Any, kind: GoalKind) -> bool:
    if kind is GoalKind.SUCCEEDED:
        return bool(pod.get("status", {}).get("phase") == "Succeeded")
    return is_ready(pod)


def _trouble(document: Document, why: object) -> InfrastructureError:
    subject = f"{document.kind}/{document.name}"
    return InfrastructureError(
        say("the exercise's own {object} did not come up: {why}", object=subject, why=why)
    )
