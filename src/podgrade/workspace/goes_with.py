"""What a workload names in its Pods' spec and cannot start without, in the same namespace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import path_of
from podgrade.model.submission import Document, Manifest, Position
from podgrade.workspace.apply import without_the_servers
from podgrade.workspace.workloads import template_of

Thing = tuple[str, str]

# The field of a reference → the kind, and the fields that may hold its name.
_REFERENCES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "configMap": ("ConfigMap", ("name",)),
    "configMapRef": ("ConfigMap", ("name",)),
    "configMapKeyRef": ("ConfigMap", ("name",)),
    "secret": ("Secret", ("secretName", "name")),
    "secretRef": ("Secret", ("name",)),
    "secretKeyRef": ("Secret", ("name",)),
    "persistentVolumeClaim": ("PersistentVolumeClaim", ("claimName",)),
}


def referred(spec: Any) -> Iterator[Thing]:
    """Kind and name of each ConfigMap, Secret and claim that is named in a Pod's spec."""
    if isinstance(spec, Mapping):
        for key, value in spec.items():
            kind, fields = _REFERENCES.get(key, ("", ()))
            if kind and isinstance(value, Mapping):
                yield from ((kind, str(value[field])) for field in fields if value.get(field))
            yield from referred(value)
    elif isinstance(spec, list | tuple):
        for entry in spec:
            yield from referred(entry)


def goes_with(
    connection: Connection, namespace: str, target: Document, manifest: Manifest
) -> Manifest:
    """The objects of the manifest that the target refers to, and its Secrets, which are read now.

    What is not there, or may not be read, is left out.
    """
    wanted = set(referred(template_of(target).get("spec") or {}))
    known = [one for one in manifest.documents if (one.kind, one.name) in wanted]
    names = sorted(name for kind, name in wanted if kind == "Secret")
    return Manifest((*known, *_secrets(connection, namespace, names)))


def _secrets(connection: Connection, namespace: str, names: list[str]) -> Iterator[Document]:
    for name in names:
        try:
            found = connection.request("GET", path_of("Secret", namespace, name))
        except ApiRefusal:
            continue
        yield Document(without_the_servers(found), Position(f"{namespace}/Secret/{name}", 1))
