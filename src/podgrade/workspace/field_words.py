"""Words for what the API server finds wrong with a field it could read (metav1.Status causes).

The sentences come from k8s.io/apimachinery/pkg/util/validation and the APIs' own validation.
"""

from __future__ import annotations

import difflib
import json
import re

from podgrade.model.reason import Reason
from podgrade.model.text import Message, say
from podgrade.workspace.complaint import Complaint, value_at
from podgrade.workspace.name_words import bad_name
from podgrade.workspace.volume_words import undeclared

_QUOTED = re.compile(r'"([^"]+)"')
_TOO_MUCH = re.compile(r"must be less than or equal to (\S+) limit of (\S+)")
_RANGE = re.compile(r"must be between (\d+) and (\d+)")
_SERVER = "refused-by-server"


def field_reason(complaint: Complaint) -> Reason:
    """The reason in a beginner's words; the server's own sentence where there are none yet."""
    for words in (_missing, undeclared, _repeated, _unsupported, bad_name, _forbidden, _invalid):
        reason = words(complaint)
        if reason:
            return reason
    why = say(
        "`{field}` is not accepted: {message}", field=complaint.field, message=complaint.message
    )
    return Reason(_SERVER, why=why)


def _missing(complaint: Complaint) -> Reason | None:
    if complaint.reason != "FieldValueRequired":
        return None
    if complaint.field == "metadata.name":
        why = say("the object has no name")
        return Reason(_SERVER, why=why, look=say("give it one under `metadata.name`"))
    why = say("`{field}` is missing", field=complaint.field)
    values = _QUOTED.findall(complaint.detail)
    if values:
        return Reason(_SERVER, why=why, look=_one_of(values))
    if complaint.detail:
        why = say("`{field}` is missing: {detail}", field=complaint.field, detail=complaint.detail)
    return Reason(_SERVER, why=why, look=_hint_for_missing(complaint))


def _hint_for_missing(complaint: Complaint) -> Message | None:
    if complaint.last == "containers":
        return say(
            "a Pod needs at least one container: a list under `{field}`", field=complaint.field
        )
    if complaint.field == "spec.selector":
        return say("`spec.selector.matchLabels` names the labels of the Pod template")
    if complaint.last == "image":
        return say("each container needs an image, for example `image: nginx`")
    if re.fullmatch(r"spec\.ports\[\d+\]\.name", complaint.field):
        return say("with more than one port, each needs a name of its own")
    return None


def _repeated(complaint: Complaint) -> Reason | None:
    unique = complaint.reason == "FieldValueInvalid" and complaint.detail == "must be unique"
    if complaint.reason != "FieldValueDuplicate" and not unique:
        return None
    if complaint.last == "mountPath":
        why = say("two volumes are mounted at `{path}` in one container", path=complaint.value)
        return Reason(_SERVER, why=why, look=say("give each volume a path of its own"))
    why = say("`{field}`: `{value}` is there twice", field=complaint.field, value=complaint.value)
    look = say("give each one a name of its own") if complaint.last == "name" else None
    return Reason(_SERVER, why=why, look=look)


def _unsupported(complaint: Complaint) -> Reason | None:
    if complaint.reason != "FieldValueNotSupported":
        return None
    values = _QUOTED.findall(complaint.detail)
    names = {"field": complaint.field, "value": complaint.value}
    why = say("`{field}` cannot be `{value}`", **names)
    same = [value for value in values if value.lower() == complaint.value.lower()]
    near = same or difflib.get_close_matches(complaint.value, values, n=1)
    look = say("did you mean `{name}`?", name=near[0]) if near else _one_of(values)
    return Reason(_SERVER, why=why, look=look)


def _one_of(values: list[str]) -> Message:
    if len(values) == 1:
        return say("only `{value}` is possible here", value=values[0])
    listed = ", ".join(f"`{value}`" for value in values)
    return say("one of these: {values}", values=listed)


def _forbidden(complaint: Complaint) -> Reason | None:
    if complaint.reason != "FieldValueForbidden":
        return None
    names = {"field": complaint.field, "detail": complaint.detail}
    if "init containers without restartPolicy" in complaint.detail:
        why = say("an init container cannot have `{field}`", **names)
        look = say("only a sidecar (`restartPolicy: Always`) can; or move it to a container")
        return Reason(_SERVER, why=why, look=look)
    if "more than 1 volume type" in complaint.detail:
        parent = complaint.field.rpartition(".")[0]
        why = say("`{field}`: one volume is of two types", field=parent)
        return Reason(_SERVER, why=why, look=say("begin each volume with `- name:`"))
    return Reason(_SERVER, why=say("`{field}` is not possible here: {detail}", **names))


def _invalid(complaint: Complaint) -> Reason | None:
    if complaint.reason != "FieldValueInvalid":
        return None
    too_much = _TOO_MUCH.search(complaint.detail)
    if too_much:
        return _above_limit(complaint, too_much[1], too_much[2])
    if "`selector` does not match template `labels`" in complaint.detail:
        return _other_labels(complaint)
    number = _RANGE.search(complaint.detail)
    if number:
        why = say(
            "`{field}`: {value} is not between {least} and {most}",
            field=complaint.field,
            value=complaint.value,
            least=number[1],
            most=number[2],
        )
        return Reason(_SERVER, why=why)
    if not complaint.value:
        return Reason(
            _SERVER,
            why=say(
                "`{field}` is not accepted: {message}",
                field=complaint.field,
                message=complaint.detail,
            ),
        )
    if "field is immutable" in complaint.detail:
        why = say("`{field}` cannot be changed: the object is there already", field=complaint.field)
        return Reason(_SERVER, why=why, look=say("leave this field as it was"))
    names = {"field": complaint.field, "value": complaint.value, "detail": complaint.detail}
    return Reason(_SERVER, why=say("`{field}` cannot be `{value}`: {detail}", **names))


def _other_labels(complaint: Complaint) -> Reason:
    why = say("the selector does not match the labels of the Pod template")
    wanted = value_at(complaint.document.body, "spec.selector.matchLabels")
    if not wanted:
        look = say("`spec.selector.matchLabels` names the labels of the Pod template")
    else:
        labels = json.dumps(wanted, ensure_ascii=False)
        look = say("the labels under `spec.template.metadata` must hold {labels}", labels=labels)
    return Reason(_SERVER, why=why, look=look)


def _above_limit(complaint: Complaint, resource: str, limit: str) -> Reason:
    """More is asked for than allowed; the limit may be the workspace's default."""
    why = say(
        "`{field}`: {value} is more than the {resource} limit of {limit}",
        field=complaint.field,
        value=complaint.value,
        resource=resource,
        limit=limit,
    )
    container = complaint.field.partition(".resources")[0]
    own = value_at(complaint.document.body, f"{container}.resources.limits.{resource}")
    if own is None:
        look = say("here a container that states no limit has this one: state one as well")
    else:
        look = say("a request can be at most as large as the limit")
    return Reason(_SERVER, why=why, look=look)
