"""ConfigMaps, Secrets, keys and claims that a Pod names and nobody made.

The kubelet's and the scheduler's words say what is missing, or the Pod itself does, while it waits
for its volumes: Events may come late, or never. A GET has to agree before it is final, because
what is still being created is missing for a moment too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from podgrade.cluster.conditions import condition
from podgrade.model.reason import Doom
from podgrade.model.text import Message, say
from podgrade.workspace.doom.case import Case
from podgrade.workspace.doom.part import Part
from podgrade.workspace.doom.terms import Json

_OBJECT = re.compile(r'\b(configmap|secret|persistentvolumeclaim) "([^"]+)" not found', re.I)
_ENV_KEY = re.compile(r"couldn't find key (.+?) in (ConfigMap|Secret) [^/\s]+/(\S+)")
_VOLUME_KEY = re.compile(r'for volume "([^"]+)"\s*: .*non-existent (config|secret) key: (\S+)')
_KINDS = {
    "configmap": "ConfigMap",
    "secret": "Secret",
    "persistentvolumeclaim": "PersistentVolumeClaim",
    "config": "ConfigMap",
}
_WORDS = {
    "ConfigMap": say("ConfigMap"),
    "Secret": say("Secret"),
    "PersistentVolumeClaim": say("PersistentVolumeClaim"),
}
_CODES = {
    "ConfigMap": "missing-configmap",
    "Secret": "missing-secret",
    "PersistentVolumeClaim": "missing-pvc",
}
# made by the control plane in every namespace; missing for a moment in a new one
_BUILT_IN = ("kube-root-ca.crt",)
# As the kubelet reports a container from when it has the Pod until it makes the container.
_UNMADE = ("ContainerCreating", "PodInitializing")


@dataclass(frozen=True)
class Missing:
    """What a message says is not there."""

    kind: str
    name: str
    key: str | None = None
    container: str | None = None


def config_doom(case: Case) -> Doom | None:
    """Final: something that is named, said to be missing, and absent by a GET."""
    for missing in _named(case):
        if case.lookup.absent(missing.kind, missing.name, missing.key):
            return _doom(case, missing)
    return None


def _named(case: Case) -> Iterator[Missing]:
    for part in case.concerned:
        reason, message = part.why_waiting
        if reason == "CreateContainerConfigError":
            yield from missing_in(message, case.pod, part)
    if case.phase == "Pending":
        for message in _pod_messages(case):
            yield from missing_in(message, case.pod)
        if _waits_for_volumes(case):
            yield from _in_volumes(case)


def _pod_messages(case: Case) -> Iterator[str]:
    conditions = (case.pod.get("status") or {}).get("conditions") or ()
    yield from (str(condition.get("message", "")) for condition in conditions)
    for event in case.events:
        if event.get("reason") in ("FailedMount", "FailedScheduling"):
            yield str(event.get("message", ""))


def missing_in(message: str, pod: Json, part: Part | None = None) -> Iterator[Missing]:
    """What a message of the kubelet or the scheduler says is missing."""
    container = part.name if part else None
    for word, name in _OBJECT.findall(message):
        if name not in _BUILT_IN:
            yield Missing(_KINDS[word.lower()], name, None, container)
    for key, kind, name in _ENV_KEY.findall(message):
        yield Missing(kind, name, key, container)
    for volume, word, key in _VOLUME_KEY.findall(message):
        kind = _KINDS[word]
        for name in _sources(pod, volume, kind, key):
            yield Missing(kind, name, key, container)


def _sources(pod: Json, volume: str, kind: str, key: str) -> Iterator[str]:
    """The names of the ConfigMaps or Secrets from which a volume takes a key."""
    for name, held_kind, held in _held(pod):
        keys = [item.get("key") for item in held.get("items") or ()]
        if (name, held_kind) == (volume, kind) and key in keys:
            yield str(held.get("name") or held.get("secretName"))


def _held(pod: Json) -> Iterator[tuple[str, str, Json]]:
    """Of each ConfigMap and Secret in a volume: the volume's name, the kind, the source."""
    for volume in pod["spec"].get("volumes") or ():
        for source in (volume, *((volume.get("projected") or {}).get("sources") or ())):
            for kind, field in (("ConfigMap", "configMap"), ("Secret", "secret")):
                if source.get(field):
                    yield str(volume.get("name")), kind, source[field]


def _waits_for_volumes(case: Case) -> bool:
    """True if the kubelet has the Pod and has made nothing of it, so far as it has reported.

    Volumes are mounted first, then comes the sandbox: its condition is PodReadyToStartContainers
    (https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-conditions).
    """
    if condition(case.pod, "PodReadyToStartContainers") is not None:
        return False
    reasons = [part.why_waiting[0] for part in case.parts]
    return bool(reasons) and all(reason in _UNMADE for reason in reasons)


def _in_volumes(case: Case) -> Iterator[Missing]:
    """Every ConfigMap and Secret, and every key of them, without which no volume can be made.

    What no container mounts, the kubelet does not make (desired_state_of_world_populator.go).
    """
    mounts = [mount for part in case.parts for mount in part.spec.get("volumeMounts") or ()]
    mounted = {mount.get("name") for mount in mounts}
    for volume, kind, held in _held(case.pod):
        if volume in mounted:
            yield from _without(kind, held)


def _without(kind: str, held: Json) -> Iterator[Missing]:
    name = held.get("name") or held.get("secretName")
    if not name or held.get("optional") or name in _BUILT_IN:
        return
    yield Missing(kind, str(name))
    for item in held.get("items") or ():
        yield Missing(kind, str(name), str(item.get("key")))


def _doom(case: Case, missing: Missing) -> Doom:
    names = {"kind": _WORDS[missing.kind], "name": missing.name}
    if missing.key is not None:
        why = say("{kind} `{name}` has no key `{key}`", **names, key=missing.key)
        command = f"kubectl describe {missing.kind.lower()} {missing.name}"
        look = say("compare with the keys in `{command}`", command=command)
        return Doom("missing-key", _in(missing, why), look, missing.container)
    why = say("{kind} `{name}` does not exist", **names)
    look = say(
        "hand it in as well, or correct its name; `kubectl describe pod {pod}` says who "
        "asks for it",
        pod=case.prefix,
    )
    return Doom(_CODES[missing.kind], _in(missing, why), look, missing.container)


def _in(missing: Missing, why: Message) -> Message:
    if missing.container is None:
        return why
    return say("container `{container}`: {why}", container=missing.container, why=why)
