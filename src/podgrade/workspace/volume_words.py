"""Words for a volume that is mounted and not declared."""

from __future__ import annotations

import difflib
import re

from podgrade.model.reason import Reason
from podgrade.model.text import Message, say
from podgrade.workspace.complaint import Complaint, value_at

_MOUNT = re.compile(r"(.*ontainers\[\d+\])\.volumeMounts\[\d+\]\.name")


def undeclared(complaint: Complaint) -> Reason | None:
    """Reason for a mount of a volume that is not there, if it is that."""
    mount = _MOUNT.fullmatch(complaint.field)
    if complaint.reason != "FieldValueNotFound" or not mount:
        return None
    container = value_at(complaint.document.body, mount[1] + ".name") or mount[1]
    why = say(
        "container `{container}` mounts volume `{volume}`, but no volume of that name is declared",
        container=container,
        volume=complaint.value,
    )
    spec = mount[1].rpartition(".")[0]
    return Reason("undeclared-volume", why=why, look=_declared(complaint, spec))


def _declared(complaint: Complaint, spec: str) -> Message:
    volumes = value_at(complaint.document.body, f"{spec}.volumes") or ()
    names = [str(volume.get("name")) for volume in volumes if isinstance(volume, dict)]
    near = difflib.get_close_matches(complaint.value, names, n=1)
    if near:
        return say("did you mean `{name}`?", name=near[0])
    if names:
        listed = ", ".join(f"`{name}`" for name in names)
        return say("declared under `{spec}.volumes`: {names}", spec=spec, names=listed)
    return say("declare it under `{spec}.volumes`", spec=spec)
