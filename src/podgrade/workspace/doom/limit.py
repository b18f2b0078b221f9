"""At the limit: what was seen last of a Pod that did not come where it was waited for."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from podgrade.model.reason import Doom
from podgrade.model.text import Message, say
from podgrade.workspace.doom.case import Case, short
from podgrade.workspace.doom.endings import again, endings_that_count
from podgrade.workspace.doom.images import image_obstacle
from podgrade.workspace.doom.part import Part, Role
from podgrade.workspace.doom.phase import TOO_LITTLE, too_big, too_little_memory, unscheduled
from podgrade.workspace.doom.start import start_obstacle
from podgrade.workspace.doom.terms import GoalKind, Json
from podgrade.workspace.target import typed

_PROBE = re.compile(r"^(Readiness|Startup|Liveness) probe (?:failed|errored)\S*:? ?", re.I)
_PROBE_NAMES = {
    "readiness": say("readiness"),
    "startup": say("startup"),
    "liveness": say("liveness"),
}
_SANDBOX = ("FailedCreatePodSandBox", "NodeNotReady", "NetworkNotReady", "TaintManagerEviction")
_PREPARED = ("Pulling", "Pulled", "Created", "Started", "BackOff")
_MINE = re.compile(r"not found|non-existent|no such|is not a directory|not a directory")


def pod_obstacle(case: Case) -> Doom:
    """The nearest cause that can be told; `silent` where everything runs and says nothing."""
    return next(_obstacles(case), None) or _silent(case)


def _obstacles(case: Case) -> Iterator[Doom]:
    for question in (_placement, _sandbox, _mount):
        yield from filter(None, [question(case)])
    for part in case.concerned:
        yield from _of_part(case, part)
    if case.goal.kind in (GoalKind.FAILED, GoalKind.SUCCEEDED):
        yield _not_over(case)


def _of_part(case: Case, part: Part) -> Iterator[Doom]:
    for question in (image_obstacle, start_obstacle, _ending, _init, _pulling, _not_ready):
        doom = question(case, part)
        if doom is not None:
            yield doom


def _placement(case: Case) -> Doom | None:
    condition = unscheduled(case)
    if condition is None:
        return None
    message = str(condition.get("message", ""))
    if "PersistentVolumeClaim" in message or "persistentvolumeclaim" in message:
        why = say("the Pod waits for its PersistentVolumeClaim: {message}", message=short(message))
        look = say("look at `kubectl describe pvc`")
        return Doom("volume-not-mountable", why, look)
    if case.lookup.fits_empty_node(case.pod) and "affinity" not in message:
        why = say(
            "the cluster had no room for the Pod; this is not your mistake: {message}",
            message=short(message),
        )
        return Doom("slow-cluster", why, say("try again later"), infrastructure=True)
    return too_big(case, condition)


def _unprepared(case: Case) -> Iterator[Json]:
    """The Pod's newest Events, as long as none of them shows that its containers are made."""
    if any(part.status.get("containerID") for part in case.parts):
        return
    for event in reversed(case.events):
        if event.get("reason") in _PREPARED:
            return
        yield event


def _sandbox(case: Case) -> Doom | None:
    for event in _unprepared(case):
        if event.get("reason") in _SANDBOX:
            if TOO_LITTLE in str(event.get("message")):
                return too_little_memory()
            why = say(
                "the node could not prepare the Pod; this is not your mistake: {message}",
                message=short(str(event.get("message", ""))),
            )
            return Doom("node-trouble", why, say("try again later"), infrastructure=True)
    return None


def _mount(case: Case) -> Doom | None:
    for event in _unprepared(case):
        if event.get("reason") in ("FailedMount", "FailedAttachVolume"):
            message = str(event.get("message", ""))
            why = say("a volume cannot be mounted: {message}", message=short(message))
            mine = bool(_MINE.search(message)) and "kube-root-ca.crt" not in message
            return Doom(
                "volume-not-mountable" if mine else "node-trouble",
                why,
                case.describe(),
                infrastructure=not mine,
            )
    return None


def _ending(case: Case, part: Part) -> Doom | None:
    if part.ending is None or part.past:
        return None
    done = part.role is Role.INIT and part.running is not None
    if part.ready or done or _as_wanted(case, part):
        return None
    return _not_tried(case, part) or again(case, part)


def _not_tried(case: Case, part: Part) -> Doom | None:
    """It waits for its next try, and has had none with what it lacked before."""
    if case.goal.since is None or part.running is not None or endings_that_count(case, part):
        return None
    why = say(
        "container `{container}` was not started again since what it asks for is there: "
        "Kubernetes pauses longer after each try, and here the cluster was slow besides; this is "
        "not your mistake",
        container=part.name,
    )
    return Doom("slow-cluster", why, say("try again later"), part.name, infrastructure=True)


def _as_wanted(case: Case, part: Part) -> bool:
    """True for a container that is over, and well, where the Pod is to be over."""
    ending = part.terminated
    wanted = case.goal.kind is GoalKind.SUCCEEDED
    return wanted and ending is not None and ending.get("exitCode") == 0


def _init(case: Case, part: Part) -> Doom | None:
    if part.role is not Role.INIT or part.running is None:
        return None
    why = say(
        "init container `{container}` is still running and has not ended", container=part.name
    )
    lines = case.last_lines(part, previous=False)
    if lines:
        why = say("{why}; its last lines: {lines}", why=why, lines=lines)
    look = say(
        "an init container has to end by itself; {look}", look=case.read_log(part, previous=False)
    )
    return Doom("init-running", why, look, part.name)


def _pulling(case: Case, part: Part) -> Doom | None:
    """Nothing is known against it: it was still on its way."""
    reason, _ = part.why_waiting
    if part.running is not None or part.ending is not None:
        return None
    if reason == "PodInitializing" and case.before(part):
        return None
    if case.events_of(part, "Pulling") and not case.events_of(part, "Pulled"):
        why = say(
            "container `{container}`: image `{image}` is still being pulled; this is not "
            "your mistake",
            container=part.name,
            image=part.image,
        )
    else:
        why = say(
            "container `{container}` has not started yet ({reason}); this is not your mistake",
            container=part.name,
            reason=reason or "Pending",
        )
    return Doom("slow-cluster", why, say("try again later"), part.name, infrastructure=True)


def _not_ready(case: Case, part: Part) -> Doom | None:
    if case.goal.kind is not GoalKind.READY or part.ready or part.running is None:
        return None
    for event in reversed(case.events_of(part, "Unhealthy")):
        return _failing_probe(case, part, str(event.get("message", "")))
    probe = _probed(part)
    if probe:
        # The kubelet's Events come late under load, or not at all.
        why = say(
            "container `{container}` runs, but its {probe} probe has not succeeded",
            container=part.name,
            probe=_PROBE_NAMES[probe],
        )
        return Doom("not-ready-probe", why, _probe_look(case, part, probe), part.name)
    if part.spec.get("lifecycle"):
        why = say("container `{container}` runs but is not Ready", container=part.name)
        return Doom("not-ready", why, case.describe(), part.name)
    # With neither probe nor hook left it counts as Ready as soon as it runs.
    why = say(
        "container `{container}` runs, and the cluster has not said yet that it is Ready; "
        "this is not your mistake",
        container=part.name,
    )
    return Doom("slow-cluster", why, say("try again later"), part.name, infrastructure=True)


def _probed(part: Part) -> str:
    """The kind of probe that keeps it from being Ready; nothing where none does."""
    started = part.status.get("started") is True
    kinds = ("readiness",) if started else ("startup", "readiness")
    return next((kind for kind in kinds if part.spec.get(f"{kind}Probe")), "")


def _failing_probe(case: Case, part: Part, message: str) -> Doom:
    match = _PROBE.match(message)
    kind = match[1].lower() if match else "readiness"
    why = say(
        "container `{container}` runs, but its {probe} probe fails: {message}",
        container=part.name,
        probe=_PROBE_NAMES[kind],
        message=short(_PROBE.sub("", message)) or say("its command failed and printed nothing"),
    )
    return Doom("not-ready-probe", why, _probe_look(case, part, kind), part.name)


def _probe_look(case: Case, part: Part, kind: str) -> Message:
    command = ((part.spec.get(f"{kind}Probe") or {}).get("exec") or {}).get("command")
    if command:
        line = f"kubectl exec {typed(case.pod)} -c {part.name} -- {shlex.join(command)}"
        return say("try the probe's command: `{command}`", command=line)
    return say(
        "compare the probe's path, port and command with what container `{container}` serves",
        container=part.name,
    )


def _not_over(case: Case) -> Doom:
    running = [part.name for part in case.parts if part.running is not None]
    why = say(
        "the Pod has not ended; still running: {names}",
        names=", ".join(f"`{name}`" for name in running) or "–",
    )
    return Doom("not-ready", why, case.describe())


def _silent(case: Case) -> Doom:
    part = case.part(case.goal.container) if case.goal.container else None
    if part is None:
        why = say("the Pod is in phase {phase}", phase=case.phase or "Unknown")
        return Doom("not-ready", why, case.describe())
    if case.goal.kind is GoalKind.RUNNING and part.ending is not None:
        return again(case, part)  # it runs at this moment, and does not keep running
    why = say("container `{container}` runs and does not say it", container=part.name)
    lines = case.last_lines(part, previous=False)
    if lines:
        why = say("{why}; its last lines: {lines}", why=why, lines=lines)
    return Doom("silent", why, case.read_log(part, previous=False), part.name)
