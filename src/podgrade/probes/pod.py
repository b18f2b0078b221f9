"""The probe `pod`: the Pod that the sheet names, as the API server reports it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from podgrade.model.reason import Doom, Reason
from podgrade.model.text import Words, say
from podgrade.probes import aim, changes, kubectl, past
from podgrade.probes.alive import are_alive
from podgrade.probes.bench import Bench
from podgrade.probes.given_up import given_up
from podgrade.probes.order import ends_before, starts_before
from podgrade.probes.sources import sources
from podgrade.probes.stays import stays
from podgrade.probes.steady import steady
from podgrade.probes.tape import Stage
from podgrade.probes.values import About, Change, Flag, Names, Number, Text
from podgrade.workspace.doom import Goal, GoalKind

Pod = Mapping[str, Any]

# Seconds a container that has ended before must run to be believed: nginx tries for 2.5 s to get a
# port that is taken, and its end is reported a second or more later.
LASTING = 5.0


class PodProbe:
    """The target's Pod (the newest, where a Deployment or Job makes several).

    Every property waits for its own condition, at most the exercise's `limits.start` seconds,
    and stops early when that condition has become impossible. Raises Failure where the learner
    made no such object, InfrastructureError where the cluster did not do its part.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    @property
    def containers(self) -> Names:
        """Names of the containers and native sidecars (spec.containers, spec.initContainers)."""
        return self._names("pod.containers", _containers)

    @property
    def init_containers(self) -> Names:
        """Names of the init containers that end, without native sidecars."""
        return self._names("pod.init_containers", _init_containers)

    def sources(self, container: str) -> Names:
        """What the container takes values from besides files of other volumes: `env NAME`,
        `ConfigMap/name`, `Secret/name` (env, envFrom, volumeMounts), by its spec.
        """
        return self._names(f"pod.sources({container!r})", lambda bench: sources(bench, container))

    @property
    def ready(self) -> Text:
        """READY as kubectl prints it (`2/2`), once the Pod is Ready or never can be."""
        answer: Text = self._stage.ask("pod.ready", _ready)
        return answer

    @property
    def steady(self) -> Flag:
        """True if, since the first request, log line or command, every container that runs as
        long as the Pod kept its container id and restart count and is Ready now
        (status.containerStatuses[].containerID, .restartCount, .ready).

        Looks on until `limits.steady` seconds have passed since then, or a container has ended.
        """
        answer: Flag = self._stage.ask("pod.steady", steady)
        return answer

    @property
    def failed(self) -> Flag:
        """True once the Pod's phase is Failed (status.phase)."""
        answer: Flag = self._stage.ask("pod.failed", _in_phase("Failed", GoalKind.FAILED))
        return answer

    @property
    def given_up(self) -> Flag:
        """True once the Pod's phase is Failed and nothing tries again: no container was restarted
        (restartCount), no other Pod came in its place, a Job has the condition Failed.
        """
        answer: Flag = self._stage.ask("pod.given_up", given_up)
        return answer

    @property
    def succeeded(self) -> Flag:
        """True once the Pod's phase is Succeeded (status.phase)."""
        answer: Flag = self._stage.ask("pod.succeeded", _in_phase("Succeeded", GoalKind.SUCCEEDED))
        return answer

    def reaches(self, state: str) -> Flag:
        """True once kubectl's STATUS column says `state` (`Init:1/2`, `Running`, `Completed`)."""
        answer: Flag = self._stage.ask(f"pod.reaches({state!r})", _reaches(state))
        return answer

    def stays(self, state: str, *, seconds: float) -> Flag:
        """True if the STATUS column comes to say `state` and says nothing else for `seconds`, or
        up to a third longer: how long exactly is drawn each time. For `Init:1/2` they count from
        when the second init container runs.
        """
        question = f"pod.stays({state!r}, {seconds})"
        answer: Flag = self._stage.ask(question, lambda bench: stays(bench, state, seconds))
        return answer

    def starts_before(self, first: str, then: str) -> Flag:
        """True if the Pod guarantees that the one starts before the other (spec.initContainers),
        and nothing that was seen speaks against it: the API's times, the watch's own order.
        """
        answer: Flag = self._stage.ask(
            f"pod.starts_before({first!r}, {then!r})",
            lambda bench: starts_before(bench, first, then),
        )
        return answer

    def ends_before(self, first: str, then: str) -> Flag:
        """True if the first is an init container that has ended well, so that the other, which
        waits for it, has started (spec.initContainers, without restartPolicy Always).
        """
        answer: Flag = self._stage.ask(
            f"pod.ends_before({first!r}, {then!r})", lambda bench: ends_before(bench, first, then)
        )
        return answer

    def image(self, container: str) -> Text:
        """The image the container was declared with (spec.containers[].image)."""
        answer: Text = self._stage.ask(f"pod.image({container!r})", _image(container))
        return answer

    @property
    def name(self) -> Text:
        """The Pod's own name (metadata.name), which a Deployment or Job makes up."""
        answer: Text = self._stage.ask("pod.name", past.name)
        return answer

    def restarts(self, container: str, *, at_least: int = 0) -> Number:
        """How often the container was restarted (restartCount), waited for until `at_least`."""
        question = f"pod.restarts({container!r}, {at_least})"
        answer: Number = self._stage.ask(
            question, lambda bench: past.restarts(bench, container, at_least)
        )
        return answer

    def started(self, container: str) -> Flag:
        """True if the container has run so far, in whichever life; nothing is waited for."""
        answer: Flag = self._stage.ask(
            f"pod.started({container!r})", lambda bench: past.started(bench, container)
        )
        return answer

    def exit_code(self, container: str) -> Number:
        """How the container's newest finished life ended (terminated.exitCode), waited for.

        Raises Failure where it does not end.
        """
        answer: Number = self._stage.ask(
            f"pod.exit_code({container!r})", lambda bench: past.exit_code(bench, container)
        )
        return answer

    def set_image(self, container: str, image: str) -> Change:
        """Give a container of the running Pod another image (`kubectl set image pod/…`).

        Answers as `crash` does; an init container is only looked on at: it does not run again.
        """
        answer: Change = self._stage.ask(
            f"pod.set_image({container!r}, {image!r})",
            lambda bench: changes.image_set(bench, container, image),
        )
        return answer

    def replace(self) -> Change:
        """Delete the Pod and wait for the new one, which a bare Pod's manifest is handed in for
        again. Answers as `crash` does.
        """
        answer: Change = self._stage.ask("pod.replace()", changes.replaced)
        return answer

    def took(self, container: str) -> Number:
        """Whole seconds that the container's newest finished life lasted (terminated.startedAt,
        .finishedAt), waited for. Raises Failure where it does not end.
        """
        answer: Number = self._stage.ask(
            f"pod.took({container!r})", lambda bench: past.took(bench, container)
        )
        return answer

    def _names(self, question: str, live: Any) -> Names:
        answer: Names = self._stage.ask(question, live)
        return answer


def _containers(bench: Bench) -> Names:
    pod = aim.existing_pod(bench)
    subject = say("containers of Pod {name}", name=bench.exercise.target.name)
    names = _names_of(kubectl.containers(pod))
    seen, inits = _listed(subject, names), _names_of(kubectl.init_containers(pod))
    if inits:
        seen = say("{seen}; init containers: {names}", seen=seen, names=", ".join(inits))
    return _named(names, subject, seen, aim.look_at_names(pod))


def _init_containers(bench: Bench) -> Names:
    pod = aim.existing_pod(bench)
    subject = say("init containers of Pod {name}", name=bench.exercise.target.name)
    names = _names_of(kubectl.init_containers(pod))
    seen, others = _listed(subject, names), _names_of(pod["spec"]["containers"])
    seen = say("{seen}; containers: {names}", seen=seen, names=", ".join(others))
    sidecars = [name for name in _names_of(kubectl.containers(pod)) if name not in others]
    if sidecars:
        seen = say(
            "{seen}; sidecar containers (`restartPolicy: Always`): {names}",
            seen=seen,
            names=", ".join(sidecars),
        )
    return _named(names, subject, seen, aim.look_at_lists())


def _named(names: Iterable[str], subject: Words, seen: Words, look: Words) -> Names:
    """The names of one list; a name that is missed there may be seen in the others."""
    return Names(names, About(subject, Reason("names-differ", look=look), seen))


def _listed(subject: Words, names: Iterable[str]) -> Words:
    return say("{subject}: {value}", subject=subject, value=", ".join(sorted(names)) or "-")


def _names_of(containers: Iterable[Mapping[str, Any]]) -> list[str]:
    return [str(container["name"]) for container in containers]


def _ready(bench: Bench) -> Text:
    subject = say("READY of Pod {name}", name=bench.exercise.target.name)
    doing = say("waiting for Pod {name} to be Ready", name=bench.exercise.target.name)
    pod, doom = aim.wait(
        bench,
        Goal(GoalKind.READY),
        lambda pod: pod if kubectl.is_ready(pod) and lasts(bench, pod) else None,
        bench.exercise.limits.start,
        doing,
    )
    if pod is not None:
        bench.counted = aim.running_ids(pod)
    seen = pod or bench.workspace.pod()
    if seen is None:
        return Text("0/0", About(subject, _reason(doom), say("there is no Pod")))
    column = kubectl.ready_column(seen)
    reason = _reason(doom) or _counted(seen)
    return Text(column, About(subject, reason, _row(subject, column, seen)))


def _counted(pod: Pod) -> Reason:
    """Why a Pod that is Ready may still not show what was expected."""
    names = ", ".join(str(container["name"]) for container in kubectl.containers(pod))
    why = say("the Pod has the containers {names}", names=names)
    return Reason("container-count", why=why, look=aim.look_at_names(pod))


def lasts(bench: Bench, *pods: Pod) -> bool:
    """A container that has ended before is believed when it has run for a while: one that ends
    again and again is Ready for a moment each time. Where nothing can be played anew, or a Ready
    was only a moment, each is doubted, and the container runtime is asked.
    """
    strict = bench.spent or bench.doubted
    every = [(pod, str(one["name"])) for pod in pods for one in kubectl.containers(pod)]
    doubted = [one for one in every if strict or _restarts(*one)]
    if not all(ran_for(bench, *one) >= LASTING for one in doubted):
        return False
    return not strict or are_alive(bench, doubted)


def _restarts(pod: Pod, container: str) -> int:
    return int((kubectl.status_of(pod, container) or {}).get("restartCount") or 0)


def ran_for(bench: Bench, pod: Pod, container: str) -> float:
    """Seconds since the watch first saw the container's present life."""
    now = aim.running_ids(pod).get(container)
    for sighting in bench.workspace.view.sightings(pod["metadata"]["uid"]):
        if aim.running_ids(sighting.pod).get(container) == now:
            return time.monotonic() - sighting.at
    return 0.0


def _row(subject: Words, column: str, pod: Pod) -> Words:
    return say(
        "{subject}: {ready}, STATUS {status}",
        subject=subject,
        ready=column,
        status=kubectl.status_column(pod),
    )


def _reason(doom: Doom | None) -> Reason | None:
    return doom.reason() if doom else None


def _in_phase(phase: str, kind: GoalKind) -> Any:
    def live(bench: Bench) -> Flag:
        name = bench.exercise.target.name
        return _flag_when(
            bench,
            Goal(kind),
            lambda pod: pod.get("status", {}).get("phase") == phase,
            say("Pod {name} reaches the phase {phase}", name=name, phase=phase),
        )

    return live


def _reaches(state: str) -> Any:
    def live(bench: Bench) -> Flag:
        name = bench.exercise.target.name
        return _flag_when(
            bench,
            _goal_of(state),
            lambda pod: _was(bench, pod, state),
            say("Pod {name} shows STATUS {state}", name=name, state=state),
        )

    return live


def _flag_when(bench: Bench, goal: Goal, holds: Any, subject: Words) -> Flag:
    def condition(pod: Pod) -> Pod | None:
        return pod if holds(pod) else None

    doing = say("waiting until {what}", what=subject)
    pod, doom = aim.wait(bench, goal, condition, bench.exercise.limits.start, doing)
    if pod is not None:
        return Flag(True, About(subject))
    seen = bench.workspace.pod()
    status = say("STATUS {status}", status=kubectl.status_column(seen)) if seen else None
    return Flag(False, About(subject, _reason(doom), status))


def _was(bench: Bench, pod: Pod, state: str) -> bool:
    """A state may be over before anyone looks: every version the watch saw counts."""
    seen = bench.workspace.view.sightings(pod["metadata"]["uid"])
    return any(kubectl.status_column(sighting.pod) == state for sighting in (*seen,)) or (
        kubectl.status_column(pod) == state
    )


def _goal_of(state: str) -> Goal:
    if state.startswith("Init:") and "/" in state:
        return Goal(GoalKind.INIT, step=int(state.removeprefix("Init:").split("/")[0]))
    if state in {"Completed", "Succeeded"}:
        return Goal(GoalKind.SUCCEEDED)
    if state in {"Error", "Failed"}:
        return Goal(GoalKind.FAILED)
    return Goal(GoalKind.RUNNING)


def _image(container: str) -> Any:
    def live(bench: Bench) -> Text:
        spec = aim.require_container(aim.existing_pod(bench), container)
        subject = say("image of container {container}", container=container)
        return Text(str(spec.get("image", "")), About(subject))

    return live
