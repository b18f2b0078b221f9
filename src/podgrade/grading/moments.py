"""Whether the Ready that a check counted was more than a moment.

The kubelet may report a container that ends at once as running, for seconds on a busy node. What
such a moment let pass proves nothing.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from podgrade.model.errors import InfrastructureError
from podgrade.probes import aim, kubectl, steady
from podgrade.probes.alive import LOOK, are_alive
from podgrade.probes.bench import Baseline, Bench, Life, Role
from podgrade.probes.pod import LASTING, ran_for
from podgrade.workspace.doom import Goal, GoalKind

A_WHILE = 3.0  # seconds
_CLOCKS = 60.0  # seconds by which the node's clock and ours may differ


def watch_a_while(bench: Bench) -> None:
    """See whether the containers that were counted as Ready go on, until one has ended.

    What changes the Pod cannot be played anew lightly. Where something was asked since, this is
    the while that `pod.steady` would wait for (`limits.steady` seconds from the first question).
    The container runtime has the last second of it (see `only_a_moment`).
    """
    now = time.monotonic()
    _watch(bench, lambda one: _end_of_watch(one, now) - LOOK - time.monotonic())


def _end_of_watch(bench: Bench, now: float) -> float:
    before = bench.baseline
    return now + A_WHILE if before is None else before.at + bench.exercise.limits.steady


def let_them_last(bench: Bench) -> None:
    """See whether the containers that were counted as Ready run for LASTING seconds.

    Before that nobody can tell a wrong container from one that ends as soon as it starts.
    """
    _watch(bench, lambda one: LASTING - _youngest(one))


def _youngest(bench: Bench) -> float:
    """Seconds that the youngest of the counted containers has run at least."""
    pod = bench.workspace.pod()
    if pod is None or not bench.counted:
        return LASTING
    return min(max(ran_for(bench, pod, name), _by_clock(pod, name)) for name in bench.counted)


def _by_clock(pod: Mapping[str, Any], name: str) -> float:
    """Seconds since the kubelet started it: a learner's own Pod ran before anybody watched it."""
    since = kubectl.running_since(pod, name)
    return 0.0 if since is None else time.time() - since - _CLOCKS


def _watch(bench: Bench, left: Callable[[Bench], float]) -> None:
    """Look on at each bench for the seconds that are left to it, until a container has ended."""
    for one in _counting(bench):
        seconds = left(one)
        if seconds > 0:
            with contextlib.suppress(InfrastructureError):  # the next check meets it and says so
                one.workspace.wait(Goal(GoalKind.RUNNING), partial(_if_ended, one), seconds)


def _counting(bench: Bench) -> Iterator[Bench]:
    """The benches of the submission's Deployments, where containers were counted as Ready."""
    own = (one for one in bench.others.values() if one.role is Role.SUBMISSION)
    return (one for one in (bench, *own) if one.counted)


def _if_ended(bench: Bench) -> bool | None:
    return _ended_since(bench) or None


def only_a_moment(bench: Bench, *, surely: bool = False) -> bool:
    """True if a container that was counted as Ready has ended since.

    Where the API server knows of none, the kubelet is asked: a log of the new life may have been
    read before the API server was told of it. `surely` asks the container runtime, too: before
    somebody is blamed for what a container seemed to be, or something is changed.
    """
    return any(_was_a_moment(one, surely=surely) for one in _counting(bench))


def _was_a_moment(bench: Bench, *, surely: bool) -> bool:
    if _ended_since(bench):
        return True
    with contextlib.suppress(InfrastructureError):
        late = steady.told_late(bench, Baseline(bench.counted or {}, time.monotonic()))
        return late is not None or (surely and not _live(bench))
    return False


def _live(bench: Bench) -> bool:
    """False if a container that was counted does not run any more, whatever the kubelet says."""
    pod = bench.workspace.pod()
    return pod is None or are_alive(bench, [(pod, name) for name in bench.counted or ()])


def _ended_since(bench: Bench) -> bool:
    pod = bench.workspace.pod() if bench.counted else None
    if pod is None or bench.counted is None:
        return False
    return any(not aim.lives(pod, name, life) for name, life in bench.counted.items())


def was_never_ready(bench: Bench) -> bool:
    """True if a container that was counted as Ready turned out to end as soon as it starts.

    The times are the kubelet's own, whole seconds (state.terminated.startedAt, finishedAt).
    """
    return any(map(_was_never_ready, _counting(bench)))


def _was_never_ready(bench: Bench) -> bool:
    pod = bench.workspace.pod() if bench.counted else None
    if pod is None or bench.counted is None:
        return False
    seconds = (_went_on(bench, pod, name, life) for name, life in bench.counted.items())
    # nginx tries for 2.5 s to get a port that is taken, longer on a busy node.
    return any(one is not None and one <= LASTING for one in seconds)


def _went_on(bench: Bench, pod: Mapping[str, Any], name: str, life: Life) -> float | None:
    """Seconds that the counted life went on; None while it does.

    A later life may be shorter, by what the checks changed. It speaks for the counted one only
    where that one's end went by unseen, as on a busy node.
    """
    versions = (one.pod for one in bench.workspace.view.sightings(pod["metadata"]["uid"]))
    seen = [kubectl.status_of(one, name) or {} for one in (pod, *versions)]
    endings = (ending for status in seen for ending in kubectl.endings(status))
    own = (one for one in endings if one.get("containerID") == life[0])
    found = next(own, None) or kubectl.last_ending(seen[0])
    return None if found is None else kubectl.seconds_of(found)


def forget(bench: Bench) -> None:
    """All is asked anew: nothing counts that was seen before, here and beside."""
    bench.doubted = True
    bench.baseline = bench.counted = None
    for other in bench.others.values():
        forget(other)
