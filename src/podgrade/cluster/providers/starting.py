"""Whether Pods can really start on a cluster: asked of its API, whoever made it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from podgrade.cluster.conditions import is_ready
from podgrade.cluster.connection import ApiRefusal, Connection, Silence, Unanswered
from podgrade.cluster.kinds import path_of
from podgrade.cluster.providers import Progress
from podgrade.model.errors import ClusterUnavailableError, InfrastructureError
from podgrade.model.text import Words, say

_Object = Mapping[str, Any]
_ASKED = 5.0  # seconds for a question at the end
_PAUSE = 0.2  # seconds before a watch that ended or was refused is begun anew

NODES = say("all nodes are Ready")
ACCOUNT = say("the default ServiceAccount")
ROOT_CA = say("the ConfigMap kube-root-ca.crt")
DNS = say("DNS")


def await_pods_can_start(
    connection: Connection, name: str, nodes: int, limit: float, progress: Progress
) -> None:
    """Return once nodes, DNS and what every Pod is given are there, within `limit` seconds.

    Raises ClusterUnavailableError that names what was still missing, and what the cluster says.
    """
    deadline = time.monotonic() + limit
    for what, path, query, enough in _conditions(nodes):
        progress(say("Starting the cluster {name}: {step}", name=name, step=what))
        if not _seen(connection, path, query, enough, deadline):
            missing = say(
                "The cluster {name} was created, but within {limit} s it lacked this: {what}",
                name=name,
                limit=f"{limit:.0f}",
                what=what,
            )
            raise ClusterUnavailableError(_with_newest_warning(missing, connection))


def _with_newest_warning(missing: Words, connection: Connection) -> Words:
    """These words and the newest Warning event of any namespace; the words alone without one."""
    query = {"fieldSelector": "type=Warning"}
    try:
        events = connection.request("GET", path_of("Event"), query=query, timeout=_ASKED)["items"]
    except (ApiRefusal, InfrastructureError):
        return missing
    if not events:
        return missing
    event = max(events, key=_when)
    return say(
        "{missing}. The newest warning there is about {object}: {reason}: {message}",
        missing=missing,
        object="{kind}/{name}".format_map(event["involvedObject"]),
        reason=event.get("reason", ""),
        message=event.get("message", "").strip(),
    )


def _when(event: _Object) -> str:
    """When it was last seen; in the API's form later times compare as greater."""
    made = event["metadata"].get("creationTimestamp")
    return event.get("lastTimestamp") or event.get("eventTime") or made or ""


_Enough = Callable[[Iterable[_Object]], bool]
_Condition = tuple[Words, str, dict[str, str], _Enough]


def _conditions(nodes: int) -> tuple[_Condition, ...]:
    return (
        (NODES, path_of("Node"), {}, lambda seen: sum(map(is_ready, seen)) >= nodes),
        (ACCOUNT, path_of("ServiceAccount", "default"), _named("default"), any),
        (ROOT_CA, path_of("ConfigMap", "default"), _named("kube-root-ca.crt"), any),
        (
            DNS,
            path_of("EndpointSlice", "kube-system"),
            {"labelSelector": "kubernetes.io/service-name=kube-dns"},
            lambda seen: any(map(_serves, seen)),
        ),
    )


def _named(name: str) -> dict[str, str]:
    return {"fieldSelector": f"metadata.name={name}"}


def _serves(endpoints: _Object) -> bool:
    return any(
        one.get("conditions", {}).get("ready") is True for one in endpoints.get("endpoints") or ()
    )


def _seen(
    connection: Connection, path: str, query: dict[str, str], enough: _Enough, deadline: float
) -> bool:
    """Whether enough objects were seen in time; a watch that ends or breaks is begun anew."""
    while (left := deadline - time.monotonic()) > 0:
        try:
            if _watched(connection, path, query, enough, left):
                return True
        except Silence:
            return False
        except (ApiRefusal, Unanswered):
            pass  # an API server that has just started says no to this and that
        time.sleep(_PAUSE)
    return False


def _watched(
    connection: Connection, path: str, query: dict[str, str], enough: _Enough, seconds: float
) -> bool:
    """One watch: without a version it begins with what is there already."""
    asked = {**query, "watch": "1", "timeoutSeconds": str(max(1, int(seconds)))}
    seen: dict[str, _Object] = {}
    with connection.lines(path, query=asked, timeout=seconds, patience=seconds) as lines:
        for line in lines:
            news = json.loads(line)
            if news["type"] == "ERROR":
                raise ApiRefusal.of_status(news["object"])
            key = news["object"]["metadata"]["name"]
            seen.pop(key, None)
            if news["type"] != "DELETED":
                seen[key] = news["object"]
            if enough(seen.values()):
                return True
    return False
