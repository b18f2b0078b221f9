"""What `pod.given_up` asks: has the Pod failed for good, with nothing that tries again?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from podgrade.model.reason import Reason
from podgrade.model.text import Words, say
from podgrade.probes import aim, kubectl
from podgrade.probes.bench import Bench
from podgrade.probes.job import conditions, versions
from podgrade.probes.values import About, Flag
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.target import belongs

Pod = Mapping[str, Any]


def given_up(bench: Bench) -> Flag:
    """See PodProbe.given_up. Ends early when something has tried again."""
    name = bench.exercise.target.name
    subject = say("Pod {name} fails, and nothing tries again", name=name)
    doing = say("waiting until {what}", what=subject)

    def decided() -> _End | None:
        return _decided(_ever(bench))

    goal, limit = Goal(GoalKind.FAILED), bench.exercise.limits.start
    end, doom = aim.wait_for(bench, goal, decided, limit, doing)
    if end is None:
        return Flag(False, About(subject, doom.reason() if doom else None, _status(bench)))
    reason = end.again
    if reason is None and _of_a_job(end.pod):
        reason = _retried_by_the_job(bench, name)
    return Flag(reason is None, About(subject, reason, _status(bench)))


@dataclass(frozen=True)
class _End:
    """A Pod that failed; `again` says what was tried after a failure, if anything."""

    pod: Pod
    again: Reason | None = None


def _ever(bench: Bench) -> list[list[Pod]]:
    """Every Pod of the target that was ever seen, each in all the versions that were."""
    name, view = bench.exercise.target.name, bench.workspace.view
    uids = [pod["metadata"]["uid"] for pod in view.pods() if belongs(pod, name)]
    return [[sighting.pod for sighting in view.sightings(uid)] for uid in uids]


def _decided(pods: list[list[Pod]]) -> _End | None:
    every = [pod for versions_of_one in pods for pod in versions_of_one]
    for pod in every:
        for status in _restarted(pod):
            return _End(pod, _tried_again(pod, str(status["name"])))
    if len(pods) > 1:
        return _End(every[0], _replaced())
    failed = (pod for pod in every if pod.get("status", {}).get("phase") == "Failed")
    return next(map(_End, failed), None)


def _restarted(pod: Pod) -> Iterator[Mapping[str, Any]]:
    return (status for status in kubectl.statuses(pod) if status.get("restartCount"))


def _of_a_job(pod: Pod) -> bool:
    owners = pod["metadata"].get("ownerReferences") or ()
    return any(owner["kind"] == "Job" for owner in owners)


def _tried_again(pod: Pod, container: str) -> Reason:
    policy = str(pod["spec"].get("restartPolicy") or "Always")
    why = say(
        "container {name} failed and was started again: the Pod's `restartPolicy` is {policy}",
        name=container,
        policy=policy,
    )
    look = say("Look at `{command}`", command="kubectl explain pod.spec.restartPolicy")
    return Reason("tried-again", why=why, look=look)


def _retried_by_the_job(bench: Bench, name: str) -> Reason | None:
    """What the Job does about a Pod that failed: it ends, or makes another one."""
    for job in versions(bench, name, bench.exercise.limits.start):
        if conditions(job).get("Failed") or conditions(job).get("FailureTarget"):
            return None
        status = job.get("status", {})
        if int(status.get("failed") or 0) + int(status.get("active") or 0) > 1:
            return _replaced()
    return Reason("not-ready", why=say("Job {name} neither ends nor makes another Pod", name=name))


def _replaced() -> Reason:
    why = say("another Pod was made in place of the one that failed")
    look = say("Look at `{command}`", command="kubectl explain job.spec.backoffLimit")
    return Reason("replaced", why=why, look=look)


def _status(bench: Bench) -> Words | None:
    pod = bench.workspace.pod()
    return say("STATUS {status}", status=kubectl.status_column(pod)) if pod else None
