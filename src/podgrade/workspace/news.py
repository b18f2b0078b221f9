"""Waiting for news of objects that the run's own watch does not see."""

from __future__ import annotations

import json
from collections.abc import Mapping

from podgrade.cluster.connection import ApiRefusal, Connection, Silence, Unanswered
from podgrade.cluster.retry import await_next_try

_SLICE = 2.0  # seconds after which all is asked for again, and the end of the run is noticed
_TOO_OLD = 410
_NEWS = frozenset({"ADDED", "MODIFIED", "DELETED", "ERROR"})


def until_news(
    connection: Connection, path: str, query: Mapping[str, str], version: str, seconds: float
) -> None:
    """Come back when an object of this list changed after `version`, or after so many seconds;
    sooner where the watch breaks off or is too old: whoever waits then asks for all again.

    Raises InfrastructureError where asking again is of no use.
    """
    seconds = min(seconds, _SLICE)
    watch = {"watch": "1", "resourceVersion": version, "timeoutSeconds": max(int(seconds), 1)}
    try:
        with connection.lines(path, query={**query, **watch}, timeout=seconds) as lines:
            for line in lines:
                if json.loads(line).get("type") in _NEWS:
                    return
    except Silence:
        return
    except Unanswered as error:
        await_next_try(error, connection.stop)
    except ApiRefusal as refusal:
        if refusal.status != _TOO_OLD:
            raise
