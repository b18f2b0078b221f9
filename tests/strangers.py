"""Manifests as strangers might hand them in: good ones changed, and texts that are none."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from podgrade.model.submission import SourceFile
from podgrade.workspace.policy import POD_SPECS
from podgrade.workspace.policy_rules import EVERYWHERE, KIND_RULES, POD_RULES
from podgrade.workspace.read import load, parse

Body = dict[str, Any]
Path_ = tuple[str | int, ...]

FIXTURES = Path(__file__).parents[1] / "fixtures"

ODD = [
    None, True, False, 0, -1, 80, 10**25, 1.5, "", "a", "default", "kube-system", "../../x",
    "{{ x }}", "::error::x", "\x1b[31m", "가", "a\nb", "x" * 5000, "{braces}", "%s",
    [], {}, [[]], [None], [{}], {"name": "x"},
    {"a": {"b": [1]}}, {"key": []}, ["a", 1, {"name": {}}],
]  # fmt: skip
NAMES = [
    "metadata", "name", "namespace", "generateName", "labels", "annotations", "finalizers", "spec",
    "ownerReferences", "template", "containers", "initContainers", "volumes", "emptyDir", "image",
    "hostPath", "hostNetwork", "nodeName", "tolerations", "securityContext", "privileged", "ports",
    "capabilities", "add", "seccompProfile", "type", "sysctls", "kind", "apiVersion", "items",
    "status", "data", "resources", "limits", "volumeDevices", "serviceAccountName", "externalIPs",
]  # fmt: skip
KINDS = [
    ("v1", "Namespace"), ("v1", "Node"), ("v1", "PersistentVolume"), ("v1", "ServiceAccount"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole"), ("apps/v1", "Deployment"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"), ("batch/v1", "Job"),
    ("apps/v1", "DaemonSet"), ("v1", "Pod"), ("v1", "Service"), ("v1", "Secret"), ("v1", "List"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"), ("v1", "pod"), ("v2", "Pod"),
    ("batch/v1", "CronJob"), ("networking.k8s.io/v1", "NetworkPolicy"), ("v1", "Event"),
]  # fmt: skip


@cache
def references() -> tuple[tuple[str, tuple[Body, ...]], ...]:
    """Every right answer of the pack: the exercise's slug and the objects."""
    folders = sorted(FIXTURES.glob("*/reference/*"))
    return tuple((folder.parts[-3], bodies_in(folder)) for folder in folders)


def bodies_in(folder: Path) -> tuple[Body, ...]:
    return tuple(dict(one.body) for one in parse(load([str(folder)])).documents)


def places_in(value: Any, here: Path_ = ()) -> Iterator[Path_]:
    """The path of everything within a value, itself included."""
    yield here
    for key, item in inside(value):
        yield from places_in(item, (*here, key))


def inside(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, list):
        return list(enumerate(value))
    return list(value.items()) if isinstance(value, Mapping) else []


def at(value: Any, path: Path_) -> Any:
    for key in path:
        value = value[key]
    return value


def put(value: Any, path: Path_, new: Any) -> Any:
    if not path:
        return new
    at(value, path[:-1])[path[-1]] = new
    return value


def mutated(draw: Callable[..., Any], objects: list[Any]) -> list[Any]:
    """The objects with one thing changed, somewhere."""
    places = list(places_in(objects))[1:]
    if not places:
        return objects
    path = draw(st.sampled_from(places))
    match draw(st.integers(0, 8)):
        case 0:
            del at(objects, path[:-1])[path[-1]]
        case 1:
            put(objects, path, copy.deepcopy(draw(st.sampled_from(ODD))))
        case 2:
            add(draw, at(objects, path))
        case 3:
            other = draw(st.sampled_from(places))
            put(objects, path, copy.deepcopy(at(objects, other)))
        case 4:
            version, kind = draw(st.sampled_from(KINDS))
            body = at(objects, path[:1])
            if isinstance(body, dict):
                body |= {"apiVersion": version, "kind": kind}
        case 5:
            kind = draw(st.sampled_from(["List", "PodList", "X"]))
            objects = [{"apiVersion": "v1", "kind": kind, "items": objects}]
        case 6:
            objects.append(copy.deepcopy(at(objects, path)))
        case _:
            aim(draw, at(objects, path[:1]))
    return objects


POD_FIELDS = [rule.path for rule in POD_RULES]
FIELDS = [rule.path for rule in (*EVERYWHERE, *KIND_RULES["Service"])]


def watched(kind: str) -> list[str]:
    """The fields that the policy looks at in an object of this kind."""
    spec = POD_SPECS.get(kind)
    return [*FIELDS, *(f"{spec}.{field}" for field in POD_FIELDS if spec)]


def aim(draw: Callable[..., Any], body: Any) -> None:
    """Something odd where the policy looks."""
    if isinstance(body, dict):
        field = draw(st.sampled_from(watched(str(body.get("kind")))))
        put_odd(body, field, draw(st.sampled_from(ODD)))


def put_odd(body: Body, field: str, odd: Any) -> None:
    """Put a value where a rule's path leads, making what is not there on the way."""
    value: Any = body
    *around, last = field.split(".")
    for step in around:
        value = deeper(value, step)
    if isinstance(value, dict):
        odd = copy.deepcopy(odd)
        value[last.removesuffix("[*]")] = [odd] if last.endswith("[*]") else odd


def deeper(value: Any, step: str) -> Any:
    """What stands at one step of a rule's path; made where it is not there."""
    if not isinstance(value, dict):
        return None
    if not step.endswith("[*]"):
        return value.setdefault(step, {})
    items = value.setdefault(step.removesuffix("[*]"), [{}])
    return items[-1] if isinstance(items, list) and items else None


def add(draw: Callable[..., Any], value: Any) -> None:
    """A field or an entry more, where there can be one."""
    odd = copy.deepcopy(draw(st.sampled_from(ODD)))
    if isinstance(value, dict):
        value[draw(st.sampled_from(NAMES))] = odd
    elif isinstance(value, list):
        value.append(odd)


@st.composite
def changed_manifests(draw: Callable[..., Any]) -> tuple[str, bytes]:
    """A right answer of some exercise with up to four things changed: its slug and the text."""
    slug, bodies = draw(st.sampled_from(references()))
    objects: list[Any] = copy.deepcopy(list(bodies))
    for _ in range(draw(st.integers(1, 4))):
        objects = mutated(draw, objects)
    text = draw(st.sampled_from([in_blocks, in_flow, in_json, with_aliases]))(objects)
    if draw(st.booleans()):
        text = scarred(draw, text)
    return slug, text.encode("utf-8", "replace")


def in_blocks(objects: list[Any]) -> str:
    return yaml.dump_all(objects, Dumper=Plain, sort_keys=False, allow_unicode=True)


def in_flow(objects: list[Any]) -> str:
    flow = {"Dumper": Plain, "default_flow_style": True}
    return "---\n".join(yaml.dump(one, **flow) for one in objects)


def in_json(objects: list[Any]) -> str:
    return "\n".join(json.dumps(one) for one in objects)


def with_aliases(objects: list[Any]) -> str:
    """The same text, where what is equal is written once and referred to."""
    known: dict[str, Any] = {}

    def shared(value: Any) -> Any:
        if isinstance(value, Mapping):
            value = {key: shared(item) for key, item in value.items()}
        elif isinstance(value, list):
            value = [shared(item) for item in value]
        else:
            return value
        return known.setdefault(json.dumps(value), value)

    return "---\n".join(yaml.safe_dump(shared(one), allow_unicode=True) for one in objects)


class Plain(yaml.SafeDumper):
    """Writes everything out."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


PIECES = [
    " ", "\t", "\n", "- ", ": ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "'", '"', "#", "---\n",
    "<<: ", "? ", "|", ">", "%", "@", "\r\n", "\ufeff", "\u00a0", "\x00", "\x85", "\u2028", ",",
    "{{ x }}", "0" * 50, "9" * 5000, "...\n", "\\", "~", "!<x> ", "namespace: kube-system\n",
]  # fmt: skip


def scarred(draw: Callable[..., Any], text: str) -> str:
    """The text with something put in, cut out, doubled or moved."""
    start = draw(st.integers(0, max(len(text) - 1, 0)))
    end = min(start + draw(st.integers(0, 40)), len(text))
    middle = draw(st.sampled_from([*PIECES, "", text[start:end] * 2]))
    return text[:start] + middle + text[end:]


soup = st.lists(st.sampled_from([*PIECES, "a", "a: b\n", "kind: Pod\n", "apiVersion: v1\n"]))
texts = soup.map("".join) | st.text(max_size=200)
noise = texts.map(lambda text: text.encode("utf-8", "replace")) | st.binary(max_size=200)


@st.composite
def floods(draw: Callable[..., Any]) -> bytes:
    """Up to 1 MiB of a few pieces again and again, in a document that is good but for them."""
    piece = "".join(draw(st.lists(st.sampled_from([*PIECES, "a", "1"]), min_size=1, max_size=4)))
    head = draw(st.sampled_from(["", "apiVersion: v1\nkind: Pod\nv: ", '{"kind": "Pod", "v": ']))
    size = draw(st.sampled_from([1 << 10, 1 << 16, (1 << 20) - 100]))
    return (head + piece * (size // len(piece)))[:size].encode()[: (1 << 20)]


def as_file(data: bytes) -> tuple[SourceFile, ...]:
    return (SourceFile("handed-in.yaml", data),)
