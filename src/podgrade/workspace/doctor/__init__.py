"""Looks a cluster over before anyone is graded on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.watch import Watch
from podgrade.model.errors import InfrastructureError
from podgrade.model.exercise import Exercise, Target
from podgrade.model.text import Text, Words, say
from podgrade.workspace.api_time import api_time
from podgrade.workspace.doctor import asked, tried
from podgrade.workspace.doctor.finding import Finding, State
from podgrade.workspace.doctor.needs import images_of
from podgrade.workspace.pool import Workspaces
from podgrade.workspace.run import Run
from podgrade.workspace.toolbox import TOOLBOX_IMAGE, Toolbox

__all__ = ["Finding", "State", "examine"]

_NAME = Text("doctor", "doctor")
_PLAIN = Exercise("doctor", _NAME, _NAME, Target("doctor"), Path("none"), Path("none"))
_ASKED: tuple[tuple[Words, Callable[[Connection], Finding]], ...] = (
    (say("Kubernetes version"), asked.version),
    (say("features"), asked.features),
    (say("rights"), asked.rights),
    (say("default StorageClass"), asked.storage),
    (say("room"), asked.room),
)


def examine(connection: Connection, exercises: Sequence[Exercise]) -> Iterator[Finding]:
    """All findings, as they come; two workspaces and a toolbox are made and deleted again.

    The images that are tried are those of the exercises' sheets and setups.
    """
    found: list[Finding] = []
    for subject, look in _ASKED:
        found.extend(_told(subject, partial(_only, look, connection)))
        yield found[-1]
    if all(finding.state is not State.BAD for finding in found):
        yield from _told(say("workspaces"), lambda: _tried(connection, exercises))


def _only(look: Callable[[Connection], Finding], connection: Connection) -> list[Finding]:
    return [look(connection)]


def _tried(connection: Connection, exercises: Sequence[Exercise]) -> Iterator[Finding]:
    stop = threading.Event()
    watch, run = Watch(connection, stop), Run.new()
    watch.start()
    workspaces, toolbox = Workspaces(connection, watch, run), Toolbox(connection, watch, run)
    try:
        toolbox.start()
        workspaces.prepare(_PLAIN.enforced, 2)
        first, second = workspaces.take(_PLAIN), workspaces.take(_PLAIN)
        yield _clock(connection, first.namespace)
        yield tried.pod_security(first)
        yield from tried.images(first, [TOOLBOX_IMAGE, *images_of(exercises)])
        yield tried.network(first, second, toolbox)
    finally:
        stop.set()
        workspaces.close()
        toolbox.close()
        watch.close()


def _clock(connection: Connection, namespace: str) -> Finding:
    before = datetime.now(UTC)
    return asked.clock(api_time(connection, namespace), before)


def _told(subject: Words, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """What a look found; what it could not find out is a finding, too."""
    try:
        yield from look()
    except (ApiRefusal, InfrastructureError) as error:
        yield Finding(subject, State.UNKNOWN, say("not found out: {why}", why=error.words))
