"""Containers that end: again and again, for good, or killed for their memory.

Judged by restartCount, lastState and exit code, never by CrashLoopBackOff: that word comes and
goes between the endings.
"""

from __future__ import annotations

from podgrade.model.reason import Doom
from podgrade.model.text import Message, say
from podgrade.workspace.doom.case import Case, short
from podgrade.workspace.doom.exits import exit_words, hint
from podgrade.workspace.doom.part import Part, Role
from podgrade.workspace.doom.start import out_of_memory, wrong_program
from podgrade.workspace.doom.terms import GoalKind, Json

ENDINGS = 3


def ending_doom(case: Case, part: Part) -> Doom | None:
    """Final: an ending that is not followed by a start, or the third with the same cause."""
    ending = part.ending
    if ending is None:
        return None
    if part.terminated is not None and not part.starts_again(int(ending.get("exitCode", 0))):
        return _for_good(case, part, ending)
    if part.role is Role.INIT and ending.get("exitCode") == 0 and part.terminated is not None:
        return None
    if endings_that_count(case, part) < ENDINGS or not _same_cause(case, part):
        return None
    if _others_starting(case, part):
        return None
    doom = again(case, part)
    return None if doom.infrastructure else doom


def _for_good(case: Case, part: Part, ending: Json) -> Doom | None:
    code = int(ending.get("exitCode", 0))
    if part.role is Role.INIT:
        return None if code == 0 else _init_failed(case, part, ending)
    if case.goal.kind is GoalKind.FAILED:
        return None
    # a Job may make another Pod
    if case.goal.kind is GoalKind.SUCCEEDED and (code == 0 or not case.stands_alone):
        return None
    return ended(case, part, ending)


def endings_that_count(case: Case, part: Part) -> int:
    """How often it ended, as far as the goal lets endings count."""
    if case.goal.since is None:
        return part.endings
    return sum(str(one.get("finishedAt", "")) >= case.goal.since for one in _seen(case, part))


def _seen(case: Case, part: Part) -> list[Json]:
    """The distinct endings that were seen, oldest first."""
    found: dict[str, Json] = {}
    for old in case.history(part):
        for ending in (old.status.get("lastState") or {}, old.status.get("state") or {}):
            ended = ending.get("terminated")
            if ended:
                found[str(ended.get("containerID") or ended.get("finishedAt"))] = ended
    return list(found.values())


def _same_cause(case: Case, part: Part) -> bool:
    """True if the last endings, as far as they were seen, have one cause."""
    last = _seen(case, part)[-ENDINGS:]
    return len({(ending.get("exitCode"), ending.get("reason")) for ending in last}) == 1


def _others_starting(case: Case, part: Part) -> bool:
    """True if another container might still come, and with it what this one lacks."""
    others = (other for other in case.parts if other.name != part.name)
    return any(_starting(other) for other in others if not _held_by(part, other))


def _held_by(part: Part, other: Part) -> bool:
    """True if the other waits for this one, or is done: neither can help it."""
    if part.role is Role.MAIN:
        return other.role is Role.INIT
    if part.role is Role.SIDECAR and "startupProbe" not in part.spec:
        # The kubelet goes on as soon as it sees the sidecar run, however briefly: it may have
        # missed the first lives (computeInitContainerActions in pkg/kubelet/kuberuntime).
        return other.past
    return other.role is Role.MAIN or other.index > part.index or other.past


def _starting(other: Part) -> bool:
    if other.ending is not None or other.ready:
        return False
    if other.running is not None:
        return other.role is not Role.INIT
    # an image that cannot be had is judged on its own; one that may come still counts
    return other.terminated is None


def again(case: Case, part: Part) -> Doom:
    """It ends again and again; also said at the limit, after fewer endings."""
    ending = part.ending or {}
    if ending.get("reason") == "OOMKilled":
        return out_of_memory(part)
    if "exec format error" in case.last_lines(part, previous=part.terminated is None):
        return wrong_program(part)
    code = "init-crash-loop" if part.role is Role.INIT else "crash-loop"
    return _with_log(case, part, code, _hooked(case, part, _probed(case, part, _ended(part))))


def _ended(part: Part) -> Message:
    values = {"container": part.name, "exit": exit_words(part.ending or {})}
    init = part.role is Role.INIT
    if part.endings < 2 and init:
        return say("init container `{container}` ended: {exit}", **values)
    if part.endings < 2:
        return say("container `{container}` ended: {exit}", **values)
    values["count"] = part.endings
    if init:
        return say("init container `{container}` ended {count} times: {exit}", **values)
    return say("container `{container}` ended {count} times: {exit}", **values)


def _hooked(case: Case, part: Part, why: Message) -> Message:
    if not case.events_of(part, "FailedPostStartHook"):
        return why
    told = (seen.why_waiting for seen in reversed(case.history(part)))
    message = next((text for reason, text in told if reason == "PostStartHookError"), "")
    return say(
        "{why}; it was ended because its `postStart` command failed: {message}",
        why=why,
        message=short(message.partition("error: ")[2] or message or "PostStartHook"),
    )


def _probed(case: Case, part: Part, why: Message) -> Message:
    for event in reversed(case.events_of(part, "Unhealthy")):
        message = str(event.get("message", ""))
        if message.startswith(("Liveness probe", "Startup probe")):
            return say(
                "{why}; it was restarted because its probe failed: {message}",
                why=why,
                message=short(message).removesuffix(":"),
            )
    return why


def _init_failed(case: Case, part: Part, ending: Json) -> Doom:
    why = say(
        "init container `{container}` failed and is not tried again: {exit}",
        container=part.name,
        exit=exit_words(ending),
    )
    return _with_log(case, part, "init-failed", why)


def ended(case: Case, part: Part, ending: Json) -> Doom:
    """A container that ended and is not started again."""
    if ending.get("reason") == "OOMKilled":
        return out_of_memory(part)
    why = _not_again(part, exit_words(ending))
    code = "pod-failed" if ending.get("exitCode") else "pod-finished"
    return _with_log(case, part, code, why)


def _not_again(part: Part, ending: Message) -> Message:
    if part.policy == "Always":  # the Pod itself is at its end, evicted for instance
        return say(
            "container `{container}` ended and is not started again: {exit}",
            container=part.name,
            exit=ending,
        )
    return say(
        "container `{container}` ended, and with `restartPolicy: {policy}` it is not started "
        "again: {exit}",
        container=part.name,
        policy=part.policy,
        exit=ending,
    )


def _with_log(case: Case, part: Part, code: str, why: Message) -> Doom:
    ending = part.ending or {}
    lines = case.last_lines(part, previous=part.terminated is None)
    if lines:
        why = say("{why}; its last lines: {lines}", why=why, lines=lines)
    # by the time somebody types it, a container that starts again has started again
    again = part.starts_again(int(ending.get("exitCode", 0)))
    look = hint(case, part, ending, lines) or case.read_log(part, previous=again)
    return Doom(code, why, look, part.name)
