"""Verdicts on their way from a shard to whoever started the run: written once, by name.

A verdict is a Secret whose name is its learner's. The first one stands: whoever creates it a
second time (the replacement of a Pod whose node was believed dead) is told that it is there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from podgrade.cluster.connection import ApiRefusal, Connection, Unanswered
from podgrade.cluster.kinds import path_of
from podgrade.cluster.retry import await_next_try
from podgrade.model.text import Text, Words
from podgrade.workspace.run import SHARD, Run
from podgrade.workspace.shards.objects import PURPOSE, TROUBLE, VERDICT, content, secret
from podgrade.workspace.shards.share import MOST, as_pair, loosened, squeezed

_PAGE = 50  # letters asked for at once
_LOOK = 2  # seconds of a watch, after which whoever waits looks at the Job

_MAIL = f"{PURPOSE} in ({VERDICT},{TROUBLE})"

Data = dict[str, Any]


@dataclass(frozen=True)
class Letter:
    """One that came: a verdict's data under the id of its piece, or why a shard cannot go on."""

    id: str
    data: Data

    @property
    def trouble(self) -> Words | None:
        """The sentence of a shard that cannot go on, and that trying again would not help."""
        return Text(**self.data["trouble"]) if "trouble" in self.data else None


def post(connection: Connection, namespace: str, run: Run, index: int, letter: Letter) -> bool:
    """Write a letter; False if there is one of that name, which stands.

    Raises InfrastructureError where nothing could be written.
    """
    purpose = TROUBLE if "trouble" in letter.data else VERDICT
    body = secret(run, f"{purpose}-{letter.id}", purpose, bounded(letter.data), index)
    try:
        connection.request("POST", path_of("Secret", namespace), body=body, timeout=60.0)
    except ApiRefusal as refusal:
        if refusal.reason != "AlreadyExists":
            raise
        return False
    return True


def in_trouble(index: int, words: Words) -> Letter:
    """The letter of a shard that cannot go on."""
    return Letter(str(index), {"trouble": as_pair(words)})


def bounded(data: Data) -> bytes:
    """Compressed; what is too large for an object goes without evidence and timeline."""
    packed = squeezed(data)
    if len(packed) <= MOST or "result" not in data:
        return packed
    result = data["result"]
    results = [{**one, "evidence": [], "log": []} for one in result["results"]]
    return squeezed({**data, "cut": True, "result": {**result, "results": results, "timeline": []}})


def _letter(body: Mapping[str, Any]) -> Letter:
    data = loosened(content(body))
    return Letter(body["metadata"]["name"].partition("-")[2], data)


def known(connection: Connection, namespace: str, index: int) -> set[str]:
    """The ids of the pieces of a shard that have a verdict."""
    labels = f"{PURPOSE}={VERDICT},{SHARD}={index}"
    return {_letter(body).id for body in bodies(connection, namespace, labels)}


def every(connection: Connection, namespace: str) -> Iterator[Letter]:
    """All that is there now."""
    return map(_letter, bodies(connection, namespace, _MAIL))


def bodies(connection: Connection, namespace: str, labels: str) -> Iterator[Mapping[str, Any]]:
    """The Secrets with these labels. Raises InfrastructureError or ApiRefusal."""
    for page in _pages(connection, namespace, labels):
        yield from page.get("items") or ()


def _pages(connection: Connection, namespace: str, labels: str) -> Iterator[Mapping[str, Any]]:
    """The lists that these Secrets come in, all of one resourceVersion."""
    more: dict[str, str] = {}
    while True:
        query = {"labelSelector": labels, "limit": _PAGE, **more}
        answer = connection.request("GET", path_of("Secret", namespace), query=query)
        yield answer
        if not answer["metadata"].get("continue"):
            return
        more = {"continue": str(answer["metadata"]["continue"])}


def coming(connection: Connection, namespace: str) -> Iterator[Letter | None]:
    """Letters as they come, without end; None at least every two seconds.

    A letter may come twice. Raises InfrastructureError or ApiRefusal.
    """
    while True:
        for page in _pages(connection, namespace, _MAIL):
            version = str(page["metadata"]["resourceVersion"])
            yield from map(_letter, page.get("items") or ())
        yield None
        yield from _followed(connection, namespace, version)


def _followed(connection: Connection, namespace: str, version: str) -> Iterator[Letter | None]:
    """What comes after a version, until the server has forgotten it."""
    path = path_of("Secret", namespace)
    while True:
        query = {
            "watch": True,
            "labelSelector": _MAIL,
            "resourceVersion": version,
            "allowWatchBookmarks": True,
            "timeoutSeconds": _LOOK,
        }
        try:
            with connection.lines(path, query=query, timeout=30.0, patience=30.0) as lines:
                for line in lines:
                    news = json.loads(line)
                    if news["type"] == "ERROR":
                        return  # 410: the version is too old
                    version = str(news["object"]["metadata"]["resourceVersion"])
                    if news["type"] == "ADDED":
                        yield _letter(news["object"])
        except ApiRefusal as refusal:
            if refusal.status != 410:
                raise
            return
        except Unanswered as error:
            await_next_try(error, connection.stop)
        yield None
