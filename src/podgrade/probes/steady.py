"""What `pod.steady` asks: has every long-running container kept its life since the first question?

The watch tells what the API server knows, and the API server learns of an ending only when the
kubelet has looked (once a second, later on a busy node) and reported. So it is waited for a while;
the container runtime is asked whether this life goes on; and the kubelet itself is asked last: it
serves a previous life's log as soon as it knows that there was one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from podgrade.cluster.connection import ApiRefusal
from podgrade.cluster.kinds import log_path
from podgrade.model.reason import Reason
from podgrade.model.text import Words, say
from podgrade.probes import aim, kubectl
from podgrade.probes.alive import LOOK, are_alive
from podgrade.probes.bench import Baseline, Bench
from podgrade.probes.values import About, Flag
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.target import typed

Pod = Mapping[str, Any]

_TO_REPORT = 3.0  # seconds that the kubelet may need to report what it knows


def steady(bench: Bench) -> Flag:
    """See PodProbe.steady. Raises InfrastructureError where the cluster does not answer."""
    subject = say("every container keeps running, stays Ready and is not restarted")
    pod = bench.workspace.pod()
    if bench.baseline is None and bench.counted is not None:  # nothing was asked since Ready
        bench.baseline = Baseline(bench.counted, time.monotonic())
    if pod is not None:
        aim.snapshot(bench, pod)
    before = bench.baseline
    if pod is None or before is None:
        return Flag(False, About(subject, aim.gone()))
    limits = bench.exercise.limits
    end = before.at + limits.steady
    _watch(bench, before, end - LOOK - time.monotonic())
    if limits.steady and _has_died(bench, before):
        end = time.monotonic() + limits.answer  # it will be told; without that nobody is blamed
    _watch(bench, before, end - time.monotonic())
    untold = told_late(bench, before)
    seen = bench.workspace.pod()
    reason = _unsteady(seen, before)
    if untold and reason is None:
        reason = _restarted(pod, untold, None)
    shown = _shown(seen, reason, before, untold) if seen else None
    return Flag(reason is None, About(subject, reason, shown))


def _watch(bench: Bench, before: Baseline, seconds: float) -> None:
    """Look on for so many seconds, until a container has lost its life."""
    bench.doing(say("watching whether the containers go on"))

    def lost() -> bool | None:
        pod = bench.workspace.pod()
        return True if pod is None or next(_lost(pod, before), None) else None

    bench.workspace.wait(Goal(GoalKind.RUNNING), lost, max(seconds, 0.0))


def _has_died(bench: Bench, before: Baseline) -> bool:
    """True if a container does not run any more that the API server takes for running."""
    pod = bench.workspace.pod()
    if pod is None or next(_lost(pod, before), None):
        return False
    return not are_alive(bench, [(pod, name) for name in before.running])


def told_late(bench: Bench, before: Baseline) -> str | None:
    """A container that the kubelet knows to have restarted, and the API server did not know yet.

    Returns once the API server has been told, as a rule: its count and the exit code are needed.
    """
    untold = _untold_by_the_watch(bench, before)
    if untold:
        _watch(bench, before, _TO_REPORT)
    return untold


def _untold_by_the_watch(bench: Bench, before: Baseline) -> str | None:
    """A container that the kubelet knows to have restarted and the API server does not yet."""
    pod = bench.workspace.pod()
    if pod is None or next(_lost(pod, before), None):
        return None
    never = (name for name, (_, restarts) in before.running.items() if restarts == 0)
    return next((name for name in never if _has_previous_life(bench, pod, name)), None)


def _has_previous_life(bench: Bench, pod: Pod, container: str) -> bool:
    path = log_path(bench.workspace.namespace, aim.name_of(pod))
    query = {"container": container, "previous": "true", "tailLines": "1"}
    try:
        bench.workspace.connection.read(path, query=query, limit=1)
    except ApiRefusal:  # "previous terminated container … not found"
        return False
    return True


def _lost(pod: Pod, before: Baseline) -> Iterator[str]:
    """The containers that do not live their life of then any more."""
    for container in kubectl.containers(pod):
        name = str(container["name"])
        if not aim.lives(pod, name, before.running.get(name)):
            yield name


def _unsteady(pod: Pod | None, before: Baseline) -> Reason | None:
    if pod is None:
        return aim.gone()
    for name in _lost(pod, before):
        return _restarted(pod, name, kubectl.status_of(pod, name))
    for container in kubectl.containers(pod):
        name = str(container["name"])
        if not (kubectl.status_of(pod, name) or {}).get("ready"):
            return _not_ready(pod, name)
    return None


def _restarted(pod: Pod, name: str, status: Mapping[str, Any] | None) -> Reason:
    ended = kubectl.last_ending(status or {})
    if ended is None:
        why: Words = say("container {name} was restarted while it was checked", name=name)
    else:
        why = say(
            "container {name} ended while it was checked, with exit code {code}",
            name=name,
            code=ended["exitCode"],
        )
    again = ended is None or not status or "terminated" not in status["state"]
    look = f"kubectl logs {typed(pod)} -c {name}" + (" --previous" if again else "")
    return Reason("restarted", why=why, look=aim.look_into(look))


def _not_ready(pod: Pod, name: str) -> Reason:
    why = say("container {name} runs, but is not Ready any more", name=name)
    look = aim.look_into(f"kubectl describe pod {aim.name_of(pod)}")
    return Reason("not-ready", why=why, look=look)


def _shown(pod: Pod, reason: Reason | None, before: Baseline, untold: str | None) -> Words:
    if reason is not None and reason.code == "not-ready":
        return say("READY {ready}", ready=kubectl.ready_column(pod))
    lost = untold or next(_lost(pod, before), None)
    if lost is not None and "terminated" in (kubectl.status_of(pod, lost) or {}).get("state", {}):
        return say("container {name} has ended", name=lost)  # it may be started again, or not
    known = {name: life[1] + 1 for name, life in before.running.items() if name == lost}
    return _counts(pod, known)


def _counts(pod: Pod, least: Mapping[str, int]) -> Words:
    """How often each container restarted. The API server may be told of the last time later:
    `least` has what is known already.
    """
    counts = ", ".join(
        f"{one['name']}: {max(one['restartCount'], least.get(one['name'], 0))}"
        for one in kubectl.statuses(pod)
    )
    return say("restarts {counts}", counts=counts)
