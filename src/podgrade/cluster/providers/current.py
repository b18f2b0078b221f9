"""Which cluster is used: a context that was named, or one that is plainly for practice."""

from __future__ import annotations

import re
from pathlib import Path

from podgrade.cluster.connection import ApiRefusal, Connection, Unanswered
from podgrade.cluster.kubeconfig import Contexts, contexts
from podgrade.cluster.providers.kind import ready_kubeconfigs
from podgrade.cluster.providers.node import DEFAULT_NAME, NodeProvider
from podgrade.cluster.providers.node_paths import state_folder
from podgrade.model.errors import ClusterUnavailableError, InfrastructureError
from podgrade.model.text import Words, say

_PRACTICE = re.compile(r"kind-.+|minikube|k3d-.+|docker-desktop|podgrade-.+")
_ANSWERS_WITHIN = 5.0  # seconds for the first answer of a cluster
_STAND_BY = 2.0  # the same for one that need not be up, since another may be


def is_practice(context: str) -> bool:
    """True for the names that tools for practice clusters give their contexts."""
    return bool(_PRACTICE.fullmatch(context))


def connect(kubeconfig: Path | None = None, context: str | None = None) -> Connection:
    """A connection that was seen to answer.

    What is named is used. Else the user's current context, if it is plainly a practice
    cluster; else a running podgrade node, else what podgrade made with kind. Raises
    ClusterUnavailableError with one sentence.
    """
    if kubeconfig or context:
        return _named(kubeconfig, context)
    known = contexts()
    own = _running_node() or next(iter(ready_kubeconfigs().values()), None)
    if known.current in known.namespaces and is_practice(str(known.current)):
        try:
            connection = Connection.open(None, known.current)
            return _answering(connection, _STAND_BY if own else _ANSWERS_WITHIN)
        except ClusterUnavailableError:
            if own is None:
                raise
    if own:
        return _answering(Connection.open(own), _ANSWERS_WITHIN)
    raise ClusterUnavailableError(_no_cluster(known))


def _named(kubeconfig: Path | None, context: str | None) -> Connection:
    if kubeconfig is None and context not in contexts().namespaces:
        kubeconfig = ready_kubeconfigs().get(str(context)) or _node_kubeconfig(context)
    return _answering(Connection.open(kubeconfig, context), _ANSWERS_WITHIN)


def _node_kubeconfig(name: str | None) -> Path | None:
    """The file of a running node cluster whose context was named without merging it."""
    if name is None or not (state_folder() / "clusters" / name).is_dir():
        return None
    return NodeProvider().status(name).kubeconfig


def _running_node() -> Path | None:
    folder = state_folder() / "clusters"
    names = sorted(path.parent.name for path in folder.glob("*/config.json"))
    for name in sorted(names, key=lambda one: one != DEFAULT_NAME):
        status = NodeProvider().status(name)
        if status.phase in ("ready", "repairing") and status.kubeconfig:
            return status.kubeconfig
    return None


def _answering(connection: Connection, seconds: float) -> Connection:
    try:
        connection.server_version(timeout=seconds)
    except (InfrastructureError, ApiRefusal) as error:
        raise ClusterUnavailableError(_unusable(connection.context, error)) from error
    return connection


def _unusable(context: str, error: InfrastructureError | ApiRefusal) -> Words:
    if isinstance(error, Unanswered):
        return say(
            "the cluster of context {context} cannot be used: {why}. Start it, name another one "
            "with `--context`, or have one started with `podgrade cluster up`",
            context=context,
            why=error.words,
        )
    return say(
        "the cluster of context {context} cannot be used: {why}", context=context, why=error.words
    )


def _no_cluster(known: Contexts) -> Words:
    if known.current in known.namespaces:
        return say(
            "the current context {context} is not plainly a practice cluster: name it with"
            " `--context {context}` if it is one, or start one with `podgrade cluster up`",
            context=known.current,
        )
    return say(
        "there is no cluster: start one with `podgrade cluster up`, or name one of yours"
        " with `--context`"
    )
