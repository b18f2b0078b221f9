"""Which Pods a Service's selector matches, and why not those that it should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from podgrade.model.reason import Reason
from podgrade.model.text import Words, say
from podgrade.probes import aim
from podgrade.probes.bench import Bench
from podgrade.workspace.target import belongs, terminating
from podgrade.workspace.workloads import ENDS, RUNS, template_of

Service = Mapping[str, Any]
Labels = Mapping[str, Any]


def selected(bench: Bench, service: Service) -> tuple[aim.Pod, ...]:
    """The Pods that the Service's selector matches and that are not going."""
    selector = _selector(service)
    chosen = (pod for pod in _staying(bench) if matches(selector, _labels(pod)))
    return tuple(chosen) if selector else ()


def behind(bench: Bench, service: Service) -> list[aim.Pod]:
    """These Pods, and what the manifest makes such Pods of: they may come."""
    selector = _selector(service)
    return [one for one in _everybody(bench) if matches(selector, _labels(one))]


def wrong_pods(bench: Bench, service: Service) -> Reason | None:
    """Why the Service sends to Pods that are none of the target's; None if it does not.

    Pods count that are there, and those that the manifest's objects are or make: they may come.
    """
    target = bench.exercise.target.name
    pods = selected(bench, service)
    own = [pod for pod in pods if belongs(pod, target)]
    others = _makers(bench, _selector(service))
    strange = [pod for pod in pods if not any(belongs(pod, name) for name in (target, *others))]
    if not strange and not others:
        return None
    pods_of = ", ".join([*others.values(), *map(aim.name_of, strange)])
    return _of_others(bench, service, pods_of, besides=bool(own))


def _of_others(bench: Bench, service: Service, pods_of: str, *, besides: bool) -> Reason:
    """Why it is wrong that the selector matches these; `besides`: besides the target's Pods."""
    about = {
        "name": str(service["metadata"]["name"]),
        "selector": shown(_selector(service)),
        "target": bench.exercise.target.name,
        "pods": pods_of,
    }
    if besides:
        why = say(
            "the selector {selector} of Service {name} matches not only the Pods of {target}, but "
            "also those of {pods}",
            **about,
        )
        return Reason("selector-too-wide", why=why, look=_look(about["name"]))
    why = say(
        "the selector {selector} of Service {name} matches the Pods of {pods}, and none of "
        "{target}",
        **about,
    )
    return Reason("selector-mismatch", why=why, look=_look(about["name"]))


def _makers(bench: Bench, selector: Labels) -> dict[str, str]:
    """The manifest's other workloads whose Pods the selector matches: by name, as kubectl says."""
    documents = bench.manifest.documents if bench.manifest else ()
    return {
        one.name: f"{one.kind.lower()}/{one.name}"
        for one in documents
        if one.kind in RUNS | ENDS and one.name != bench.exercise.target.name
        if selector and matches(selector, _labels(template_of(one)))
    }


def _staying(bench: Bench) -> Iterator[aim.Pod]:
    """All Pods of the workspace that are not going."""
    view = bench.workspace.view
    for pod in view.pods():
        if not (view.gone(pod["metadata"]["uid"]) or terminating(pod)):
            yield pod


def matches(selector: Labels, labels: Labels) -> bool:
    """True if the labels have all that the selector asks for."""
    return all(labels.get(key) == value for key, value in selector.items())


def no_match(bench: Bench, service: Service) -> Reason | None:
    """Why the Service has no Pod behind it and will have none; None where it has or may have."""
    name, selector = str(service["metadata"]["name"]), _selector(service)
    if not selector:
        why = say("Service {name} has no selector, so that it finds no Pod", name=name)
        return Reason("selector-mismatch", why=why, look=_look(name))
    pod = aim.existing_pod(bench)
    if any(behind(bench, service)):
        return None
    return Reason(
        "selector-mismatch",
        seen=say(
            "selector {selector}; Pod {pod} has the labels {labels}",
            selector=shown(selector),
            pod=aim.name_of(pod),
            labels=shown(_labels(pod)),
        ),
        why=say("the selector of Service {name} matches no Pod", name=name),
        look=_look(name),
    )


def shown(labels: Labels) -> str:
    """Labels as kubectl prints them."""
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items())) or "-"


def _everybody(bench: Bench) -> Iterator[aim.Pod]:
    """All Pods of the workspace that stay, and what the manifest's objects make Pods of."""
    yield from _staying(bench)
    declared = bench.manifest.documents if bench.manifest else ()
    yield from filter(None, map(template_of, declared))


def _labels(body: Mapping[str, Any]) -> Labels:
    return dict((body.get("metadata") or {}).get("labels") or {})


def _selector(service: Service) -> Labels:
    return dict(service["spec"].get("selector") or {})


def _look(name: str) -> Words:
    return say(
        "Compare `kubectl get pods --show-labels` with the selector in "
        "`kubectl describe service {name}`",
        name=name,
    )
