"""The manifest that an exercise gives, and in which fields a submission differs from it.

Both are completed by the API server (a dry run), so that a default that is written out counts as
little as the order of fields.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import path_of
from podgrade.model.errors import GraderError, InfrastructureError
from podgrade.model.exercise import Exercise
from podgrade.model.submission import Document
from podgrade.model.text import say
from podgrade.workspace.read import load, parse
from podgrade.workspace.workloads import ENDS, RUNS, template_of

Spec = Mapping[str, Any]

_STEP = re.compile(r"(\w+)(?:\[([^\]]*)\])?(?:\.|$)")
# By what the entries of a list are told apart; those of other lists count in their order.
_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "env": "name",
    "volumes": "name",
    "ports": "containerPort",
    "volumeMounts": "mountPath",
}
_SHELLS = {"/bin/sh": "sh", "/bin/ash": "sh", "ash": "sh"}
_TOKENS = "/var/run/secrets/kubernetes.io/serviceaccount"
_MISSING = object()


@dataclass(frozen=True)
class Difference:
    """A field of the Pod's spec (`containers[app].image`): as given, and as handed in; JSON,
    None where the field is not there.
    """

    path: str
    given: str | None
    seen: str | None


def given(exercise: Exercise) -> Document:
    """The target as the exercise's starter.yaml has it, of whatever kind it is there."""
    documents = parse(load([str(exercise.folder / "starter.yaml")])).documents
    for document in documents:
        if document.kind in RUNS | ENDS and document.name == exercise.target.name:
            return document
    raise GraderError(say("starter.yaml has no {name}", name=exercise.target.name))


def is_target(exercise: Exercise, document: Document) -> bool:
    """True for the object that the sheet names."""
    return document.kind in exercise.target.kinds and document.name == exercise.target.name


def pod_spec(document: Document) -> Spec:
    """The spec of the Pod that a Pod, Deployment or Job describes."""
    spec: Spec = template_of(document)["spec"]
    return spec


def completed(connection: Connection, namespace: str, spec: Spec) -> Spec:
    """The spec as the API server would keep it in a Pod. Raises InfrastructureError."""
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"generateName": "podgrade-look-"},
        "spec": spec,
    }
    try:
        made = connection.request(
            "POST", path_of("Pod", namespace), query={"dryRun": "All"}, body=body
        )
    except ApiRefusal as refusal:
        raise InfrastructureError(
            say("what was given could not be compared: {message}", message=refusal.message)
        ) from refusal
    whole: Spec = made["spec"]
    return whole


def without(spec: Spec, paths: Iterable[str]) -> Spec:
    """The spec without the fields of these paths (`initContainers[prepare].lifecycle`)."""
    rest = copy.deepcopy(dict(spec))
    for path in paths:
        *around, last = _steps(path)
        for holder in _holders(rest, around):
            _take_out(holder, *last)
    return rest


def put(body: dict[str, Any], path: str, value: Any) -> bool:
    """Put a value into the field of this path (`spec.containers[web].image`), and tell whether
    there is such a place: all around the field has to be there.
    """
    *around, (name, _) = _steps(path)
    holders = list(_holders(body, around))
    for holder in holders:
        holder[name] = value
    return bool(holders)


def _steps(path: str) -> list[tuple[str, str | None]]:
    return [(match[1], match[2]) for match in _STEP.finditer(path)]


def _holders(spec: Any, steps: Sequence[tuple[str, str | None]]) -> Iterator[dict[str, Any]]:
    if not steps:
        yield spec
        return
    (name, key), *deeper = steps
    inner = spec.get(name) if isinstance(spec, dict) else None
    for entry in inner if key is not None and isinstance(inner, list) else [inner]:
        if isinstance(entry, dict) and (key is None or _key(name, entry) == key):
            yield from _holders(entry, deeper)


def _take_out(holder: dict[str, Any], name: str, key: str | None) -> None:
    if key is None:
        for one in (name, "args") if name == "command" else (name,):
            holder.pop(one, None)
    elif isinstance(holder.get(name), list):
        holder[name] = [entry for entry in holder[name] if _key(name, entry) != key]


def _key(name: str, entry: Any) -> str:
    return str(entry.get(_KEYS.get(name, "name"))) if isinstance(entry, Mapping) else ""


def differences(given_spec: Spec, seen: Spec) -> tuple[Difference, ...]:
    """Where two completed specs differ; the outermost field of each difference.

    A container's command and args count as one, `/bin/sh` is `sh`; what it asks for
    (`resources`) is its own affair.
    """
    return tuple(_differing(_plain(given_spec), _plain(seen), ""))


def _plain(value: Any, name: str = "") -> Any:
    """Lists of named entries as mappings, containers in one form."""
    if isinstance(value, Mapping):
        whole = _as_run(value) if name in {"containers", "initContainers"} else value
        return {key: _plain(inner, key) for key, inner in whole.items() if not _ours(key, inner)}
    if isinstance(value, list) and name in _KEYS:
        entries = [entry for entry in value if not _ours(name, entry)]
        return {f"[{_key(name, entry)}]": _plain(entry, name) for entry in entries}
    return value


def _as_run(container: Mapping[str, Any]) -> Mapping[str, Any]:
    words = [*(container.get("command") or ()), *(container.get("args") or ())]
    rest = {key: value for key, value in container.items() if key not in _NOT_COMPARED}
    if not words:
        return rest
    return rest | {"command": [_SHELLS.get(words[0], words[0]), *words[1:]]}


_NOT_COMPARED = ("command", "args", "resources")


def _ours(name: str, entry: Any) -> bool:
    """True for the token's volume and mount, which the server adds under a random name."""
    if entry in ([], {}, None):
        return True
    if not isinstance(entry, Mapping):
        return False
    if name == "volumes":
        return str(entry.get("name", "")).startswith("kube-api-access-")
    return name == "volumeMounts" and entry.get("mountPath") == _TOKENS


def _differing(one: Any, other: Any, path: str) -> Iterator[Difference]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in dict.fromkeys([*one, *other]):
            here = path + key if key.startswith("[") else f"{path}.{key}".removeprefix(".")
            yield from _differing(one.get(key, _MISSING), other.get(key, _MISSING), here)
    elif one != other:
        yield Difference(path, _shown(one), _shown(other))


def holds(outer: str, inner: str) -> bool:
    """True if the path `inner` is `outer` or leads into it."""
    return inner == outer or inner.startswith((f"{outer}.", f"{outer}["))


def _shown(value: Any) -> str | None:
    return None if value is _MISSING else json.dumps(_written(value), ensure_ascii=False)


def _written(value: Any) -> Any:
    """Without what hardly anybody writes: the API server has put it there."""
    if not isinstance(value, Mapping):
        return value
    return {key: _written(inner) for key, inner in value.items() if key not in _SERVERS}


_SERVERS = ("terminationMessagePath", "terminationMessagePolicy", "imagePullPolicy", "defaultMode")
