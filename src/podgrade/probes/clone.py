"""The probe `clone`: the submission once more, under another name, perhaps with a change."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from podgrade.model.errors import InfrastructureError
from podgrade.model.failure import Failure
from podgrade.model.text import Words, say
from podgrade.probes import aim
from podgrade.probes.bench import Bench, Role
from podgrade.probes.party import Aside, Live, Party, beside
from podgrade.probes.retell import Retelling
from podgrade.probes.tape import Stage
from podgrade.workspace.twin import Changes, fresh_name, twin


class CloneProbe:
    """`twin = clone(env={"app": {"NAME": "value"}})` is a Party: the submission once more.

    What was submitted – not the live object; of a Deployment or Job the template – becomes a Pod
    of a name that nobody knows, without the submission's labels, `hostname:` and owner, created
    as the learner, within the same walls. `env` sets variables, `images` other images (commands
    stay), `idle` names containers that keep only their name, mounts and user, and wait: what is
    there nevertheless was made by others. The Pod is deleted with the workspace. What does not
    come up is the learner's failure. Checks that use it are `changes=True`.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(
        self,
        *,
        env: Mapping[str, Mapping[str, str]] | None = None,
        images: Mapping[str, str] | None = None,
        idle: Collection[str] = (),
    ) -> Party:
        """The clone; `twin.pod.name` is its name."""
        changes = Changes(env or {}, images or {}, frozenset(idle))
        name: str = self._stage.ask(_question(changes), lambda bench: _cloned(bench, changes))
        return Party(Aside(self._stage, f"clone({name!r})", _asked_of(name, changes)))


def _question(changes: Changes) -> str:
    asked = {"env": changes.env, "images": changes.images, "idle": sorted(changes.idle)}
    return "clone(" + json.dumps(asked, ensure_ascii=False, sort_keys=True, default=dict) + ")"


def _cloned(bench: Bench, changes: Changes) -> str:
    if bench.in_place:
        bench.left_out.append(_not_here())
        raise InfrastructureError(_not_here())
    document = aim.target_document(bench)
    name = fresh_name(document.name)
    pod = twin(document, name, changes)
    for container in sorted(changes.containers):
        aim.require_container(pod.body, container)
    bench.doing(say("making a copy of {name}", name=document.name))
    refusals = bench.workspace.add(pod)
    if refusals:
        raise Failure(Retelling(name, document.name, changes).reason(refusals[0].reason))
    return name


def _not_here() -> Words:
    return say("it makes a copy of your Pod, and none is made in your namespace")


def _asked_of(name: str, changes: Changes) -> Callable[[Bench, Live], Any]:
    def live_on(bench: Bench, live: Live) -> Any:
        retelling = Retelling(name, bench.exercise.target.name, changes)
        try:
            return retelling.answer(beside(name, Role.CLONE)(bench, live))
        except Failure as failure:
            raise Failure(retelling.reason(failure.reason)) from failure

    return live_on
