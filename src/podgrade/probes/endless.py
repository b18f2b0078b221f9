"""A command in a learner's container that does not end, and whether that says anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podgrade.cluster.connection import ApiRefusal
from podgrade.model.errors import InfrastructureError
from podgrade.model.reason import Reason
from podgrade.model.text import Words, say
from podgrade.probes import aim
from podgrade.probes.bench import Bench


def others_end(bench: Bench, pod: Mapping[str, Any], container: str) -> bool:
    """True if another command in this container ends in good time, whatever comes of it.

    Without that, the way to the container is as likely to be what hangs.
    """
    where = (bench.workspace.namespace, aim.name_of(pod), container)
    try:
        bench.workspace.connection.exec(*where, ("true",), timeout=bench.exercise.limits.answer)
    except (ApiRefusal, InfrastructureError):
        aim.check_stop(bench)
        return False
    return True


def reason(bench: Bench, about: Mapping[str, str], look: Words | None) -> Reason:
    """Why a command (`about`: `command` and `container`) that does not end is no answer."""
    why = say(
        "what the command asks, or waits for, does not come; other commands in this container end "
        "at once"
    )
    return Reason(
        "no-end",
        expected=say("`{command}` in {container} ends", **about),
        seen=say("it still runs after {seconds} s", seconds=round(bench.exercise.limits.start)),
        why=why,
        look=look,
    )
