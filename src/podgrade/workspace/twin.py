"""A twin: what was submitted once more as a Pod of another name, perhaps with something changed."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from podgrade.model.submission import Document
from podgrade.workspace.target import containers_of
from podgrade.workspace.toolbox import TOOLBOX_IMAGE
from podgrade.workspace.workloads import template_of

Body = dict[str, Any]

LABEL = "podgrade.io/twin"

_LETTERS = "bcdfghjkmnpqrstvwxz23456789"  # no vowels: no words by accident
_NAME = 40  # characters of the target's name in the twin's, so that it is a host name, too

# Ends at once when asked to: a plain sleep as first process ignores SIGTERM.
_IDLE = ("sh", "-c", "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait $!; done")


@dataclass(frozen=True)
class Changes:
    """What differs in a twin, by container.

    `env`: variables that are added, or replaced where they are there; `images`: other images,
    with the command as submitted; `idle`: containers of which only the name, the mounts and the
    user stay: they run an image of podgrade's own that waits.
    """

    env: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    idle: Collection[str] = ()

    @property
    def containers(self) -> frozenset[str]:
        """The containers in which something differs."""
        return frozenset({*self.env, *self.images, *self.idle})


def fresh_name(target: str) -> str:
    """A Pod's name that nobody could know before."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{target[:_NAME].rstrip('-.')}-{letters}"


def twin(document: Document, name: str, changes: Changes) -> Document:
    """The Pod: a submitted Pod, or the template of a Deployment or Job, under another name.

    None of its labels stays, so that no Service and no controller takes it for one of its own.
    Nor does `hostname`, which is a name as well. The submission itself is not touched.
    """
    pod = template_of(document)
    twin_spec = deepcopy(dict(pod.get("spec") or {}))
    for own in ("hostname", "hostnameOverride"):
        twin_spec.pop(own, None)
    for container in containers_of(twin_spec):
        _change(container, twin_spec, changes)
    metadata: Body = {"name": name, "labels": {LABEL: name}}
    annotations = (pod.get("metadata") or {}).get("annotations")
    if annotations:
        metadata["annotations"] = dict(annotations)
    made = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": twin_spec}
    return Document(made, document.position)


def _change(container: Body, spec: Mapping[str, Any], changes: Changes) -> None:
    name = container.get("name", "")
    if name in changes.env:
        container["env"] = _replaced(container.get("env") or (), changes.env[name])
    if name in changes.images:
        container["image"] = changes.images[name]
    if name in changes.idle:
        idle = _idle(container, spec)
        container.clear()
        container.update(idle)


def _replaced(before: Collection[Mapping[str, Any]], values: Mapping[str, str]) -> list[Body]:
    """In their old places: a variable may be made of those before it (`$(NAME)`)."""
    names = [variable.get("name") for variable in before]
    kept = [
        {"name": variable["name"], "value": values[variable["name"]]}
        if variable.get("name") in values
        else dict(variable)
        for variable in before
    ]
    return kept + [{"name": k, "value": v} for k, v in values.items() if k not in names]


def _idle(container: Mapping[str, Any], spec: Mapping[str, Any]) -> Body:
    kept = ("name", "volumeMounts", "securityContext", "restartPolicy")
    idle = {key: container[key] for key in kept if container.get(key)}
    security = {**(spec.get("securityContext") or {}), **idle.get("securityContext", {})}
    if "runAsUser" not in security and not security.get("runAsNonRoot"):
        # Our image has a user of its own, which may not see what the submitted one does.
        idle["securityContext"] = {**idle.get("securityContext", {}), "runAsUser": 0}
    return {**idle, "image": TOOLBOX_IMAGE, "command": list(_IDLE)}
