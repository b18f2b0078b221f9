"""What the API server says of a container's lives so far: started, ended, how often."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from podgrade.model.failure import Failure
from podgrade.model.reason import Doom, Reason
from podgrade.model.text import Words, say
from podgrade.probes import aim, kubectl
from podgrade.probes.bench import Bench
from podgrade.probes.values import About, Flag, Number, Text
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.target import typed

T = TypeVar("T")
Pod = Mapping[str, Any]
Status = Mapping[str, Any]


def name(bench: Bench) -> Text:
    """See PodProbe.name."""
    return Text(aim.name_of(aim.existing_pod(bench)), About(say("the Pod's name")))


def restarts(bench: Bench, container: str, at_least: int) -> Number:
    """See PodProbe.restarts."""

    def often_enough(pod: Pod) -> int | None:
        count = int(_status(pod, container).get("restartCount") or 0)
        return count if count >= at_least or _is_final(pod, container) else None

    doing = say("waiting for container {container} to restart", container=container)
    count, doom = _awaited(bench, container, often_enough, doing)
    subject = say("restarts of container {container}", container=container)
    pod = bench.workspace.pod()
    now = _status(pod, container) if pod else {}
    seen = int(now.get("restartCount") or 0) if count is None else count
    if doom is not None:
        return Number(seen, About(subject, doom.reason()))
    reason = _not_restarted if seen < at_least else _restarted
    return Number(seen, About(subject, reason(bench, container)))


def started(bench: Bench, container: str) -> Flag:
    """See PodProbe.started."""
    pod = aim.existing_pod(bench)
    aim.require_container(pod, container)
    versions = [one.pod for one in bench.workspace.view.sightings(pod["metadata"]["uid"])]
    was = any(_has_lived(kubectl.status_of(one, container) or {}) for one in (pod, *versions))
    subject = say("container {container} has been started", container=container)
    look = aim.look_into(f"kubectl describe pod {aim.name_of(pod)}")
    if was:
        never = say("container {container} is never started", container=container)
        return Flag(True, About(subject, Reason("started", never, subject, look=look)))
    why = say("container {container} was not started", container=container)
    return Flag(False, About(subject, Reason("not-started", why=why, look=look), _row(pod)))


def exit_code(bench: Bench, container: str) -> Number:
    """See PodProbe.exit_code."""
    doing = say("waiting for container {container} to end", container=container)
    code, doom = _awaited(bench, container, lambda pod: _last_code(pod, container), doing)
    subject = say("exit code of container {container}", container=container)
    if code is None:
        raise Failure(_never_ended(bench, container, subject, doom))
    return Number(code, About(subject, Reason("exit-code", look=_log(bench, container))))


def took(bench: Bench, container: str) -> Number:
    """See PodProbe.took."""
    doing = say("waiting for container {container} to end", container=container)
    seconds, doom = _awaited(bench, container, lambda pod: _last_life(pod, container), doing)
    subject = say("seconds that container {container} ran", container=container)
    if seconds is None:
        raise Failure(_never_ended(bench, container, subject, doom))
    why = say("container {container} ran for {seconds} s", container=container, seconds=seconds)
    return Number(seconds, About(subject, Reason("ran-long", why=why, look=_log(bench, container))))


def _awaited(
    bench: Bench, container: str, found: Callable[[Pod], T | None], doing: Words
) -> tuple[T | None, Doom | None]:
    """Wait for something about the container; that it ends again and again is no doom."""
    aim.require_container(aim.existing_pod(bench), container)
    return aim.wait(
        bench,
        Goal(GoalKind.FAILED),
        found,
        bench.exercise.limits.start,
        doing,
    )


def _status(pod: Pod, container: str) -> Status:
    return kubectl.status_of(pod, container) or {}


def _last_code(pod: Pod, container: str) -> int | None:
    ended = kubectl.last_ending(_status(pod, container))
    return None if ended is None else int(ended["exitCode"])


def _last_life(pod: Pod, container: str) -> int | None:
    seconds = kubectl.last_life(_status(pod, container))
    return None if seconds is None else int(seconds)


def _is_final(pod: Pod, container: str) -> bool:
    """True if the container is not restarted any more: the Pod is over, or the init is done."""
    if pod.get("status", {}).get("phase") in {"Failed", "Succeeded"}:
        return True
    inits = {init["name"]: init for init in kubectl.init_containers(pod)}
    return container in inits and kubectl.is_init_done(_status(pod, container), inits[container])


def _restarted(bench: Bench, container: str) -> Reason:
    """What to say where fewer restarts were wanted."""
    pod = bench.workspace.pod()
    name = typed(pod) if pod else bench.exercise.target.name
    why = say("container {name} has ended and was started again", name=container)
    look = aim.look_into(f"kubectl logs {name} -c {container} --previous")
    return Reason("restarted", why=why, look=look)


def _not_restarted(bench: Bench, container: str) -> Reason | None:
    """Why there were no more restarts, where there will not be any."""
    pod = bench.workspace.pod()
    ended = kubectl.last_ending(_status(pod, container)) if pod else None
    if pod is None or ended is None or not _is_final(pod, container):
        return None
    code = ended["exitCode"]
    about = {"container": container, "code": code}
    look = _log(bench, container)
    if code:
        why = say(
            "container {container} ended with exit code {code} and is not started again", **about
        )
        look = say("Check `restartPolicy:`")
    else:
        why = say("container {container} ended with exit code {code}: it is done", **about)
    return Reason("no-more-restarts", why=why, look=look)


def _never_ended(bench: Bench, container: str, subject: Words, doom: Doom | None) -> Reason:
    pod = bench.workspace.pod()
    known = doom if doom and doom.code not in {"not-ready", "silent"} else None
    why = say("container {container} has not ended", container=container)
    return Reason(
        "still-running",
        expected=subject,
        seen=_row(pod) if pod else None,
        why=known.why if known else why,
        look=(known.look if known else None) or _log(bench, container),
    )


def _row(pod: Pod) -> Words:
    return say("STATUS {status}", status=kubectl.status_column(pod))


def _log(bench: Bench, container: str) -> Words:
    pod = bench.workspace.pod()
    name = typed(pod) if pod else bench.exercise.target.name
    return aim.look_into(f"kubectl logs {name} -c {container}")


def _has_lived(status: Status) -> bool:
    states = (status.get("state") or {}, status.get("lastState") or {})
    return any("running" in state or _ran(state.get("terminated")) for state in states)


def _ran(ending: Status | None) -> bool:
    """False for a container whose command could not be run: it ended without having started."""
    return ending is not None and ending.get("reason") not in _NEVER_RAN


_NEVER_RAN = frozenset({"StartError", "ContainerCannotRun", "ContainerStatusUnknown"})
