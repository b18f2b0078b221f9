"""Where a container takes its values from, by its spec: variables, ConfigMaps, Secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from podgrade.model.reason import Reason
from podgrade.model.text import say
from podgrade.probes import aim
from podgrade.probes.bench import Bench
from podgrade.probes.values import About, Names

Spec = Mapping[str, Any]

_ACCOUNT = "/var/run/secrets/kubernetes.io/"  # the API server mounts it into every container


def sources(bench: Bench, container: str) -> Names:
    """See PodProbe.sources."""
    pod = aim.existing_pod(bench)
    spec = aim.require_container(pod, container)
    found = sorted({*_of_env(spec), *_of_mounts(spec, pod["spec"])})
    subject = say("what container {name} takes values from", name=container)
    if not found:
        return Names(found, About(subject))
    listed = ", ".join(found)
    why = say("container {name} takes from them itself: {sources}", name=container, sources=listed)
    look = say("Check `env:`, `envFrom:` and `volumeMounts:` of container {name}", name=container)
    return Names(found, About(subject, Reason("takes-itself", why=why, look=look)))


def _of_env(container: Spec) -> Iterator[str]:
    for variable in container.get("env") or ():
        yield f"env {variable['name']}"
        yield from _referred(variable.get("valueFrom") or {})
    for source in container.get("envFrom") or ():
        yield from _referred(source)


def _referred(source: Spec) -> Iterator[str]:
    """The object that a reference of env or envFrom names."""
    for key, kind in _REFERENCES.items():
        if key in source:
            yield f"{kind}/{source[key].get('name', '')}"


_REFERENCES = {
    "configMapKeyRef": "ConfigMap",
    "configMapRef": "ConfigMap",
    "secretKeyRef": "Secret",
    "secretRef": "Secret",
}


def _of_mounts(container: Spec, pod: Spec) -> Iterator[str]:
    mounts = container.get("volumeMounts") or ()
    names = {mount["name"] for mount in mounts if not mount["mountPath"].startswith(_ACCOUNT)}
    for volume in pod.get("volumes") or ():
        if volume["name"] in names:
            projected = (volume.get("projected") or {}).get("sources") or ()
            yield from _of_volumes([volume, *projected])


def _of_volumes(volumes: Iterable[Spec]) -> Iterator[str]:
    for volume in volumes:
        if "configMap" in volume:
            yield f"ConfigMap/{volume['configMap'].get('name', '')}"
        if "secret" in volume:
            secret = volume["secret"]
            yield f"Secret/{secret.get('secretName') or secret.get('name', '')}"
