"""What an exercise needs of the cluster, looked at before anyone's submission is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import path_of
from podgrade.model.exercise import Exercise
from podgrade.model.text import Message, Words, say

_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


def unmet(connection: Connection, exercise: Exercise) -> Words | None:
    """The first thing that the exercise needs and this cluster does not have, in a sentence.

    What this identity may not look at counts as met. Raises InfrastructureError where no answer
    comes.
    """
    older = _too_old(connection, exercise)
    if older is not None:
        return older
    for need in exercise.needs:
        try:
            missing = _LOOKS[need](connection, exercise)
        except ApiRefusal:
            continue
        if missing is not None:
            return missing
    return None


def default_class(connection: Connection) -> str | None:
    """The StorageClass of a claim that names none. Raises ApiRefusal, InfrastructureError."""
    classes = connection.request("GET", path_of("StorageClass")).get("items") or ()
    for one in classes:
        annotations = one["metadata"].get("annotations") or {}
        if annotations.get(_DEFAULT_CLASS) == "true":
            return str(one["metadata"]["name"])
    return None


def mark_one() -> Message:
    """What to do where there is no default StorageClass."""
    return say("mark a StorageClass with `{mark}`", mark=f'{_DEFAULT_CLASS}: "true"')


def _too_old(connection: Connection, exercise: Exercise) -> Words | None:
    found = connection.server_version()
    if _minor(found) >= _minor(exercise.kubernetes):
        return None
    return say(
        "the exercise {slug} needs Kubernetes v{version} or newer, this cluster is {found}",
        slug=exercise.slug,
        version=exercise.kubernetes,
        found=found,
    )


def _minor(version: str) -> int:
    return int(version.rpartition(".")[2])


def _storage(connection: Connection, exercise: Exercise) -> Words | None:
    if default_class(connection) is not None:
        return None
    return say(
        "the exercise {slug} needs a default StorageClass, and this cluster has none: {cure}",
        slug=exercise.slug,
        cure=mark_one(),
    )


def _amd64(connection: Connection, exercise: Exercise) -> Words | None:
    nodes = connection.request("GET", path_of("Node")).get("items") or ()
    found = {node["status"]["nodeInfo"]["architecture"] for node in nodes}
    if "amd64" in found:
        return None
    return say(
        "the images of exercise {slug} exist for amd64 only, and this cluster's nodes are {found}",
        slug=exercise.slug,
        found=", ".join(sorted(found)),
    )


_LOOKS: Mapping[str, Callable[[Connection, Exercise], Words | None]] = {
    "default-storage-class": _storage,
    "amd64": _amd64,
}
