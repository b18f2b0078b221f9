"""The namespaces of an exam: the learner's to work in, podgrade's to make and to delete."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import path_of
from podgrade.model.errors import InfrastructureError
from podgrade.model.exercise import Exercise
from podgrade.model.text import say
from podgrade.workspace.apply import create, in_order
from podgrade.workspace.build import appeared, tear_down
from podgrade.workspace.needs import unmet
from podgrade.workspace.rights import refused
from podgrade.workspace.run import KEPT, Run
from podgrade.workspace.workloads import documents_in

_READY_WITHIN = 30.0  # seconds for a namespace to become usable


def exam_run(minutes: float) -> Run:
    """A run whose namespaces nobody sweeps until a day after the time is up."""
    return Run.new(lifetime=int(60 * minutes) + KEPT)


def namespace_of(run: Run, number: int) -> str:
    """The namespace of the exam's task of that number: short, since it is typed."""
    return f"exam-{run.id}-{number}"


def furnish(connection: Connection, run: Run, exercises: Sequence[tuple[str, Exercise]]) -> None:
    """Make these namespaces, each with its exercise's setup in it; all of them or none.

    Raises InfrastructureError with a sentence.
    """
    for _, exercise in exercises:
        missing = unmet(connection, exercise)
        if missing is not None:
            raise InfrastructureError(missing)
    try:
        for namespace, exercise in exercises:
            _furnish(connection, run, namespace, exercise)
    except ApiRefusal as refusal:
        clear(connection, [name for name, _ in exercises])
        raise InfrastructureError(
            say("the exam's namespaces could not be made: {why}", why=refused(refusal))
        ) from refusal
    except BaseException:
        clear(connection, [name for name, _ in exercises])
        raise


def _furnish(connection: Connection, run: Run, namespace: str, exercise: Exercise) -> None:
    metadata = {"name": namespace, "labels": dict(run.labels())}
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    connection.request("POST", path_of("Namespace"), body=body)
    end = time.monotonic() + _READY_WITHIN
    appeared(connection, "ServiceAccount", namespace, "default", end)
    for document in in_order(documents_in(exercise.folder / "setup")):
        create(connection, namespace, document)


def clear(connection: Connection, namespaces: Iterable[str]) -> None:
    """Delete namespaces of an exam; what is gone already is fine."""
    for namespace in namespaces:
        tear_down(connection, namespace)
