"""Pods that were never made: what a ReplicaSet's or a Job's FailedCreate event says."""

from __future__ import annotations

import re

from podgrade.model.reason import Doom
from podgrade.model.text import Message, say
from podgrade.workspace.doom.case import short
from podgrade.workspace.doom.terms import Scene
from podgrade.workspace.quantity import parse_quantity

_SECURITY = re.compile(r'violates PodSecurity "([^"]+)": (.*)', re.DOTALL)
_QUOTA = re.compile(r"exceeded quota: \S+, requested: (.*), used: (.*), limited: (.*)", re.DOTALL)
_RANGE = re.compile(r"(?:maximum|minimum) \S+ usage per \w+ is .*|must specify limits.*")


def admission_doom(scene: Scene) -> Doom | None:
    """Final: no Pod, and the reason would be the same for the next attempt."""
    message = _newest(scene)
    security = _SECURITY.search(message)
    if security:
        return _security(security[1], security[2])
    quota = _QUOTA.search(message)
    if quota and _more_than_all(quota[1], quota[3]):
        return _quota(message)
    if _RANGE.search(message):
        return _quota(message)
    return None


def admission_obstacle(scene: Scene) -> Doom | None:
    """At the limit: what the newest attempt to make a Pod ran into."""
    message = _newest(scene)
    if not message:
        return None
    if _QUOTA.search(message):
        return _quota(message)
    return admission_doom(scene) or Doom(
        "no-pod", say("its Pod could not be made: {message}", message=short(message)), _events()
    )


def security_words(violations: str) -> Message:
    """What Pod Security objects to, as the API server lists it."""
    return say("Pod Security refuses it: {violations}", violations=short(violations))


def _newest(scene: Scene) -> str:
    for event in reversed(scene.events):
        if event.get("reason") == "FailedCreate":
            return str(event.get("message", ""))
    return ""


def _security(level: str, violations: str) -> Doom:
    look = say(
        "take out what it names; the level `{level}` is what this exercise allows", level=level
    )
    return Doom("pod-security", security_words(violations), look)


def _quota(message: str) -> Doom:
    words = message.partition("forbidden: ")[2] or message
    why = say("its Pod asks for more than the namespace allows: {message}", message=short(words))
    return Doom("quota", why, say("ask for less in `resources`, or for fewer replicas"))


def _more_than_all(requested: str, limited: str) -> bool:
    """True if one request alone is over the quota, so that waiting cannot help."""
    limits = _amounts(limited)
    return any(amount > limits.get(name, amount) for name, amount in _amounts(requested).items())


def _amounts(text: str) -> dict[str, float]:
    pairs = (entry.strip().partition("=") for entry in text.split(","))
    return {name: parse_quantity(amount) for name, _, amount in pairs if amount}


def _events() -> Message:
    return say("look at `kubectl get events`")
