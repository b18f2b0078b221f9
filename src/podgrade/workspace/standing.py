"""A Deployment of the exercise's setup that the submission changes.

The learner may change exactly this object. What was made from its template before does not count
any more: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pod-template-hash-label
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import path_of
from podgrade.model.errors import InfrastructureError
from podgrade.model.exercise import Target
from podgrade.model.submission import Document
from podgrade.model.text import say
from podgrade.workspace import fence
from podgrade.workspace.apply import replace
from podgrade.workspace.news import until_news
from podgrade.workspace.target import TEMPLATE_HASH, template_hash

Thing = Mapping[str, Any]

_REVISION = "deployment.kubernetes.io/revision"
_WORKS_WITHIN = 30.0  # seconds for a right to be known to the API server
_AGAIN = 0.05  # seconds between two trials as the learner


def is_it(target: Target, document: Document) -> bool:
    """True for the object of the setup that the submission is to change."""
    return target.exists and document.kind in target.kinds and document.name == target.name


def let_change(
    connection: Connection, learner: Connection, namespace: str, document: Document
) -> None:
    """Give the learner the right to change this object, and wait until it works.

    Raises InfrastructureError.
    """
    try:
        for body in fence.rights_to_change(document.kind, document.name):
            connection.request("POST", path_of(body["kind"], namespace), body=body)
        there = connection.request("GET", path_of(document.kind, namespace, document.name))
        _try(learner, namespace, Document(there, document.position))
    except ApiRefusal as refusal:
        raise InfrastructureError(refusal.words) from refusal


def _try(learner: Connection, namespace: str, there: Document) -> None:
    """Change nothing, without doing it: the server's caches of rights cannot be watched."""
    end = time.monotonic() + _WORKS_WITHIN
    while True:
        try:
            replace(learner, namespace, there, dry_run=True)
        except ApiRefusal as refusal:
            if refusal.status != 403 or time.monotonic() > end or learner.stop.wait(_AGAIN):
                raise
        else:
            return


def template(connection: Connection, namespace: str, name: str, limit: float) -> str | None:
    """The pod-template-hash of the Pods that the Deployment wants now; None if it is gone.

    Waits until its controller has seen the change (status.observedGeneration) and has made the
    template's ReplicaSet, which comes later where `replicas` was changed, too. This takes `limit`
    seconds at most: then InfrastructureError is raised.
    """
    end = time.monotonic() + limit
    path = path_of("ReplicaSet", namespace)
    while (deployment := _observed(connection, namespace, name, end)) is not None:
        answer = connection.request("GET", path)
        newest = newest_of(deployment, answer.get("items") or ())
        if newest is not None:
            return template_hash(newest)
        _await(connection, path, {}, answer, name, end)
    return None


def _observed(connection: Connection, namespace: str, name: str, end: float) -> Thing | None:
    path = path_of("Deployment", namespace)
    chosen = {"fieldSelector": f"metadata.name={name}"}
    while True:
        answer = connection.request("GET", path, query=chosen)
        found: Thing | None = next(iter(answer.get("items") or ()), None)
        if found is None or _is_observed(found):
            return found
        _await(connection, path, chosen, answer, name, end)


def _await(
    connection: Connection,
    path: str,
    chosen: Mapping[str, str],
    answer: Thing,
    name: str,
    end: float,
) -> None:
    """Wait for news after this list. Raises InfrastructureError when the time is up."""
    left = end - time.monotonic()
    if left <= 0:
        raise InfrastructureError(
            say("the cluster takes no notice of the change to Deployment {name}", name=name)
        )
    until_news(connection, path, chosen, answer["metadata"]["resourceVersion"], left)


def _is_observed(deployment: Thing) -> bool:
    observed = (deployment.get("status") or {}).get("observedGeneration", 0)
    return bool(observed >= deployment["metadata"]["generation"])


def newest_of(deployment: Thing, sets: Iterable[Thing]) -> Thing | None:
    """The ReplicaSet of the Deployment's present template, as its controller finds it: the one
    with an equal template. While it is paused, which makes none: the latest revision's.
    """
    uid, spec = deployment["metadata"]["uid"], deployment["spec"]
    its = [one for one in sets if any(o["uid"] == uid for o in _owners(one))]
    equal = [one for one in its if _without_hash(one["spec"]["template"]) == spec["template"]]
    return max(equal or (its if spec.get("paused") else ()), key=_revision, default=None)


def _without_hash(template: Thing) -> Thing:
    metadata = template["metadata"]
    labels = {key: value for key, value in metadata["labels"].items() if key != TEMPLATE_HASH}
    return {**template, "metadata": {**metadata, "labels": labels}}


def _owners(one: Thing) -> Iterable[Thing]:
    return one["metadata"].get("ownerReferences") or ()


def _revision(one: Thing) -> int:
    return int((one["metadata"].get("annotations") or {}).get(_REVISION, 0))
