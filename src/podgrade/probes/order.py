"""Which of two containers starts first: what the Pod's spec guarantees, and what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podgrade.model.reason import Reason
from podgrade.model.text import Words, say
from podgrade.probes import aim, kubectl
from podgrade.probes.bench import Bench
from podgrade.probes.values import About, Flag

Pod = Mapping[str, Any]


def starts_before(bench: Bench, first: str, then: str) -> Flag:
    """See PodProbe.starts_before. Raises Failure where a container is missing or cannot start."""
    subject = say("container {first} starts before container {then}", first=first, then=then)
    pod = aim.existing_pod(bench)
    for name in (first, then):
        aim.require_container(pod, name)
    if not guaranteed(pod, first, then):
        return Flag(False, About(subject, _unordered(pod, first, then), _lists(pod)))
    pod = aim.started_container(bench, then, running=False)
    seen = [one.pod for one in bench.workspace.view.sightings(pod["metadata"]["uid"])]
    if any(contradicts(version, first, then) for version in (*seen, pod)):
        why = say("container {then} was there before container {first}", first=first, then=then)
        return Flag(False, About(subject, Reason("no-order", why=why)))
    return Flag(True, About(subject))


def ends_before(bench: Bench, first: str, then: str) -> Flag:
    """See PodProbe.ends_before. Raises Failure where a container is missing or cannot start."""
    subject = say("container {first} ends before container {then} starts", first=first, then=then)
    pod = aim.existing_pod(bench)
    container = aim.require_container(pod, first)
    aim.require_container(pod, then)
    if not guaranteed(pod, first, then):
        return Flag(False, About(subject, _unordered(pod, first, then), _lists(pod)))
    if kubectl.is_native_sidecar(container):
        why = say("{first} is a native sidecar container, which goes on running", first=first)
        return Flag(False, About(subject, Reason("no-order", why=why)))
    aim.started_container(bench, then, running=False)
    return Flag(True, About(subject))


def guaranteed(pod: Pod, first: str, then: str) -> bool:
    """True if Kubernetes starts the one before the other: init containers, native sidecars among
    them, in their order, and the others after all of these (KEP-753).
    """
    inits = [str(init["name"]) for init in pod["spec"].get("initContainers", ())]
    return first in inits and (then not in inits or inits.index(first) < inits.index(then))


def contradicts(pod: Pod, first: str, then: str) -> bool:
    """True if in this version of the Pod the second had started and the first not, or earlier by
    the API's times (whole seconds).
    """
    early, late = _started(pod, first), _started(pod, then)
    return late is not None and (early is None or early > late)


def _started(pod: Pod, container: str) -> str | None:
    """When the container's only life began (RFC 3339); "" where it has had several."""
    status = kubectl.status_of(pod, container) or {}
    if status.get("restartCount"):
        return ""
    for state in ("running", "terminated"):
        if state in status.get("state", {}):
            return str(status["state"][state].get("startedAt") or "")
    return None


def _lists(pod: Pod) -> Words:
    inits, others = (
        ", ".join(str(one["name"]) for one in pod["spec"].get(each) or ()) or "-"
        for each in ("initContainers", "containers")
    )
    return say(
        "`initContainers:` {inits}; `containers:` {containers}", inits=inits, containers=others
    )


def _unordered(pod: Pod, first: str, then: str) -> Reason:
    inits = {init["name"] for init in pod["spec"].get("initContainers", ())}
    names = {"first": first, "then": then}
    if first in inits:
        why = say("init containers start in their order, and {then} comes first in it", **names)
    elif then in inits:
        why = say("{then} is an init container, and {first} is not", **names)
    else:
        why = say("both are ordinary containers, and those start side by side", **names)
    look = say("See `kubectl explain pod.spec.initContainers`")
    return Reason("no-order", why=why, look=look)
