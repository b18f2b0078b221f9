"""What is done to a Pod to see what becomes of it: end a container, other image, other Pod."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from podgrade.cluster.connection import ApiRefusal
from podgrade.model.errors import GraderError, InfrastructureError
from podgrade.model.failure import Failure
from podgrade.model.reason import Doom, Reason
from podgrade.model.submission import Document
from podgrade.model.text import Words, say
from podgrade.probes import aim, kubectl
from podgrade.probes.bench import Bench, Role
from podgrade.probes.execute import Command, ran
from podgrade.probes.tape import Stage
from podgrade.probes.values import About, Change, Names, Ran
from podgrade.workspace import change
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.wait import seen

Pod = Mapping[str, Any]
Ids = Mapping[str, str]  # container name → containerID

# Exit codes of a command that did its work: done, or killed with the container that it ended.
_DONE = frozenset({0, 137, 143})


class CrashProbe:
    """`crash("nginx", "nginx", "-s", "stop")` runs a command that is to end its container.

    Answers once the container runs again and the Pod is Ready: `.restarted` is the set of all
    containers (init containers, too) that have another container id than before, or do not run.
    Raises Failure where the container does not end or does not come back within `limits.start`
    seconds. Checks that use it are `changes=True`.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, container: str, *command: str) -> Change:
        """What was started anew."""
        question = "crash(" + json.dumps([container, *command], ensure_ascii=False) + ")"
        asked = Command(container, command)
        answer: Change = self._stage.ask(question, lambda bench: crashed(bench, asked))
        return answer


def crashed(bench: Bench, command: Command) -> Change:
    """See CrashProbe."""
    pod = aim.started_container(bench, command.container, running=True)
    bench.spent = True  # what ends from now on ended because it was told to
    said = ran(bench, command)
    if said.code not in _DONE:
        raise Failure(_did_not_work(command, said))
    return _once_ready(bench, pod, frozenset({command.container}))


def image_set(bench: Bench, container: str, image: str) -> Change:
    """See PodProbe.set_image."""
    pod = aim.started_container(bench, container, running=False)
    bench.spent = True
    bench.doing(say("giving container {name} the image {image}", name=container, image=image))
    try:
        patched = change.set_image(bench.workspace, pod, container, image)
    except ApiRefusal as refusal:
        raise Failure(Reason("refused-by-server", why=refusal.words)) from refusal
    runs_on = any(one["name"] == container for one in kubectl.containers(pod))
    awaited = frozenset({container}) if runs_on else frozenset()
    return _once_ready(bench, pod, awaited, generation=_generation(patched["metadata"]))


def replaced(bench: Bench) -> Change:
    """See PodProbe.replace."""
    pod = aim.existing_pod(bench)
    again = None if pod["metadata"].get("ownerReferences") else _document(bench)
    bench.spent = True
    bench.doing(say("replacing the Pod of {name}", name=bench.exercise.target.name))
    change.delete_pod(bench.workspace, pod)
    uid = str(pod["metadata"]["uid"])
    if again is not None:
        _await_gone(bench, uid)
        try:
            change.create_again(bench.workspace, again)
        except ApiRefusal as refusal:
            raise Failure(Reason("refused-by-server", why=refusal.words)) from refusal
    return _once_ready(bench, pod, frozenset(_ids(pod)))


def _document(bench: Bench) -> Document:
    """What a Pod that nobody else makes anew was made from."""
    target = bench.exercise.target
    documents = bench.manifest.documents if bench.manifest else ()
    if bench.role is Role.SUBMISSION:
        for document in documents:
            if (document.kind, document.name) == ("Pod", target.name):
                return document
    raise GraderError(say("the Pod {name} cannot be made anew", name=target.name))


def _await_gone(bench: Bench, uid: str) -> None:
    where, limit = bench.workspace, bench.exercise.limits.start
    if not seen(where.scope(bench.exercise.target.name), lambda: where.view.gone(uid), limit):
        raise InfrastructureError(say("its Pods do not end"))


def _once_ready(
    bench: Bench, before: Pod, awaited: frozenset[str], *, generation: int = 0
) -> Change:
    """Wait until these containers run in another life and the Pod is Ready; look on for a while."""
    old = _ids(before)

    def restored(pod: Pod) -> Pod | None:
        now = _ids(pod)
        again = all(now.get(name, old.get(name)) != old.get(name) for name in awaited)
        return pod if again and kubectl.is_ready(pod) and _observed(pod, generation) else None

    doing = say("waiting for Pod {name} to be Ready again", name=bench.exercise.target.name)
    limit = bench.exercise.limits.start
    pod, doom = aim.wait(bench, Goal(GoalKind.READY), restored, limit, doing)
    if pod is None:
        raise Failure(_not_restored(bench, old, awaited, doom))
    if awaited != _ids(pod).keys():
        _look_on(bench, _ids(pod))
    after = bench.workspace.pod() or pod
    bench.baseline = None
    aim.snapshot(bench, after)  # what was done on purpose is no unsteadiness
    return _change(after, old)


def _look_on(bench: Bench, ids: Ids) -> None:
    """Others may follow; a kubelet that reports late has `limits.steady` seconds for it."""

    def others() -> bool | None:
        pod = bench.workspace.pod()
        return True if pod is None or _anew(pod, ids) else None

    bench.workspace.wait(Goal(GoalKind.RUNNING), others, bench.exercise.limits.steady)


def _change(pod: Pod, old: Ids) -> Change:
    names = _anew(pod, old)
    subject = say("containers that were started anew")
    look = say("Look at `{command}`", command=f"kubectl describe pod {aim.name_of(pod)}")
    return Change(Names(names, About(subject, Reason("other-restarts", look=look))))


def _anew(pod: Pod, old: Ids) -> set[str]:
    """The containers in another life than of old, and those that should run and do not."""
    now = _ids(pod)
    ended = {
        str(container["name"])
        for container in kubectl.containers(pod)
        if "running" not in (kubectl.status_of(pod, container["name"]) or {}).get("state", {})
    }
    return {name for name in now if now[name] != old.get(name)} | ended


def _ids(pod: Pod) -> Ids:
    return {
        str(status["name"]): str(status["containerID"])
        for status in kubectl.statuses(pod)
        if status.get("containerID")
    }


def _generation(metadata: Mapping[str, Any]) -> int:
    return int(metadata.get("generation") or 0)


def _observed(pod: Pod, generation: int) -> bool:
    """True once the kubelet has seen the change; before v1.34 it does not say so."""
    observed = pod.get("status", {}).get("observedGeneration")
    return observed is None or int(observed) >= generation


def _did_not_work(command: Command, said: Ran) -> Reason:
    why = say(
        "`{command}` did not work in container {container}: {error}",
        command=" ".join(command.words),
        container=command.container,
        error=str(said.err).strip() or f"exit code {int(said.code)}",
    )
    return Reason("cannot-exec", why=why)


def _not_restored(bench: Bench, old: Ids, awaited: frozenset[str], doom: Doom | None) -> Reason:
    pod = bench.workspace.pod()
    now = aim.running_ids(pod) if pod else {}
    same = sorted(name for name in awaited if name in now and now[name][0] == old.get(name))
    on = [name for name in same if pod and aim.lives(pod, name, now[name])]
    look = f"kubectl describe pod {bench.exercise.target.name}"
    if doom is not None and not on:
        return doom.reason()
    why: Words = say("{names}: not started anew", names=", ".join(same))
    return Reason("not-restarted", why=why, look=say("Look at `{command}`", command=look))
