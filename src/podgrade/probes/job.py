"""The probe `job`: the Job that the sheet names, as the API server reports it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from podgrade.cluster.connection import Silence, Unanswered
from podgrade.cluster.kinds import path_of
from podgrade.cluster.retry import await_next_try
from podgrade.model.reason import Doom, Reason
from podgrade.model.text import Words, say
from podgrade.probes import aim, kubectl
from podgrade.probes.bench import Bench
from podgrade.probes.tape import Stage
from podgrade.probes.values import About, Flag
from podgrade.workspace.doom import Goal, GoalKind

_VERSIONS = frozenset({"ADDED", "MODIFIED", "DELETED"})
_BETWEEN = 0.1  # seconds between two watches where the server ends one
_TO_COUNT = 10.0  # seconds that the Job's controller gets at least to count a Pod that is over


class JobProbe:
    """`job.complete`; waits at most `limits.start` seconds, from when it is asked."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    @property
    def complete(self) -> Flag:
        """True once the Job has the condition Complete (status.conditions)."""
        answer: Flag = self._stage.ask("job.complete", _complete)
        return answer


def _complete(bench: Bench) -> Flag:
    name = bench.exercise.target.name
    subject = say("Job {name} is complete", name=name)
    end = time.monotonic() + bench.exercise.limits.start
    pod, doom = aim.wait(
        bench,
        Goal(GoalKind.SUCCEEDED),
        lambda pod: pod if pod.get("status", {}).get("phase") == "Succeeded" else None,
        bench.exercise.limits.start,
        say("waiting until {what}", what=subject),
    )
    if pod is None:
        seen = bench.workspace.pod()
        return Flag(False, About(subject, _unfinished(seen, doom), _status(seen)))
    since = time.monotonic()
    counted = _counted(bench, name, max(end - time.monotonic(), _TO_COUNT))
    if counted.get("Complete"):
        return Flag(True, About(subject))
    if not counted.get("Failed"):
        bench.in_vain(since)
    why = say("its Pod has succeeded, but the Job wants more than that")
    look = say("Look at `kubectl describe job {name}`", name=name)
    return Flag(False, About(subject, Reason("not-complete", why=why, look=look)))


def _counted(bench: Bench, name: str, seconds: float) -> Mapping[str, bool]:
    """The Job's conditions once one of them is final, else the last that were seen."""
    seen: dict[str, bool] = {}
    for job in versions(bench, name, seconds):
        seen = conditions(job)
        if seen.get("Complete") or seen.get("Failed"):
            break
    return seen


def versions(bench: Bench, name: str, seconds: float) -> Iterator[Mapping[str, Any]]:
    """The Job as it is and as it changes, for so many seconds at most.

    A watch that ends or breaks off is asked for again; it begins with the Job as it is then.
    """
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        try:
            yield from _until_it_ends(bench, name, left)
            bench.stop.wait(_BETWEEN)
        except Silence:
            break
        except Unanswered as error:
            await_next_try(error, bench.stop)
        aim.check_stop(bench)
    aim.check_stop(bench)


def _until_it_ends(bench: Bench, name: str, seconds: float) -> Iterator[Mapping[str, Any]]:
    path = path_of("Job", bench.workspace.namespace)
    query = {"watch": True, "fieldSelector": f"metadata.name={name}"}
    end = time.monotonic() + seconds
    lines = bench.workspace.connection.lines(path, query=query, timeout=seconds, patience=seconds)
    with bench.closer.closing(lines) as events:
        for line in events:
            event = json.loads(line)
            if event.get("type") in _VERSIONS:
                yield event["object"]
            if time.monotonic() >= end:
                return


def conditions(job: Mapping[str, Any]) -> dict[str, bool]:
    """The Job's conditions by type: whether they are true."""
    found = job.get("status", {}).get("conditions") or ()
    return {str(condition["type"]): condition["status"] == "True" for condition in found}


def _unfinished(pod: Mapping[str, Any] | None, doom: Doom | None) -> Reason:
    """Why the Pod is not over: an ordinary container that goes on beside one that has ended."""
    running, ended = (_in_state(pod, state) if pod else [] for state in ("running", "terminated"))
    if not (running and ended) or (doom is not None and doom.code not in _UNTOLD):
        return doom.reason() if doom else Reason("not-complete")
    why = say(
        "{ended} has ended, but {running} still runs: a Job waits for all ordinary containers",
        ended=", ".join(f"`{name}`" for name in ended),
        running=", ".join(f"`{name}`" for name in running),
    )
    look = say("See `kubectl explain pod.spec.initContainers.restartPolicy`")
    return Reason("still-running", why=why, look=look)


_UNTOLD = ("not-ready", "silent")


def _in_state(pod: Mapping[str, Any], state: str) -> list[str]:
    """The ordinary containers in this state."""
    statuses = pod.get("status", {}).get("containerStatuses", ())
    return [str(status["name"]) for status in statuses if state in status.get("state", {})]


def _status(pod: Mapping[str, Any] | None) -> Words | None:
    return say("STATUS {status}", status=kubectl.status_column(pod)) if pod else None
