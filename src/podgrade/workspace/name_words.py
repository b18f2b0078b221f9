"""Words for names, labels and keys that Kubernetes does not allow.

https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
"""

from __future__ import annotations

import re

from podgrade.model.reason import Reason
from podgrade.model.text import Message, clipped, say
from podgrade.workspace.complaint import Complaint

_TOO_LONG = re.compile(r"must be no more than (\d+) (?:characters|bytes)")
_NOT_A_NAME_CHARACTER = re.compile(r"[^a-z0-9.-]+")


def bad_name(complaint: Complaint) -> Reason | None:
    """Reason for a name, label or key with wrong characters or of a wrong length, if it is that."""
    rule = _rule(complaint.detail)
    if rule:
        why = say(
            "`{field}`: `{value}` is not a name Kubernetes allows",
            field=complaint.field,
            value=complaint.value,
        )
        return Reason("name-invalid", why=why, look=_example(complaint.value, rule))
    long = _TOO_LONG.search(complaint.detail)
    if long:
        why = say(
            "`{field}`: `{value}` is too long", field=complaint.field, value=_short(complaint.value)
        )
        look = say("at most {count} characters", count=long[1])
        return Reason("name-invalid", why=why, look=look)
    return _bad_text(complaint)


def _rule(detail: str) -> Message | None:
    if "RFC 1123 subdomain" in detail:
        return say("small letters, digits, `-` and `.`, with a letter or digit at both ends")
    if "RFC 1123 label" in detail:
        return say("small letters, digits and `-`, with a letter or digit at both ends")
    if "RFC 1035 label" in detail:
        return say("small letters, digits and `-`, with a letter at the beginning")
    return None


def _example(value: str, rule: Message) -> Message:
    better = _NOT_A_NAME_CHARACTER.sub("-", value.lower()).strip("-.")
    if better and better != value:
        return say("{rule}; for example `{name}`", rule=rule, name=better)
    return say("only {rule}", rule=rule)


def _bad_text(complaint: Complaint) -> Reason | None:
    names = {"field": complaint.field, "value": complaint.value}
    if "a valid label must" in complaint.detail:
        why = say("`{field}`: `{value}` cannot be a label's value", **names)
        look = say("letters, digits, `-`, `_` and `.`, with a letter or digit at both ends")
        return Reason("name-invalid", why=why, look=look)
    if "a valid config key must" in complaint.detail:
        why = say("`{field}`: `{value}` cannot be a key", **names)
        return Reason("name-invalid", why=why, look=say("letters, digits, `-`, `_` and `.`"))
    return None


def _short(value: str) -> str:
    return clipped(value, 40)
