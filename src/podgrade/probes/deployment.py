"""The probe `deployment`: each of several Deployments of a submission, by its name."""

from __future__ import annotations

from typing import Any

from podgrade.cluster.connection import ApiRefusal
from podgrade.model.errors import InfrastructureError
from podgrade.model.text import say
from podgrade.probes import aim
from podgrade.probes.bench import Bench, Role
from podgrade.probes.party import Aside, Live, Party, beside
from podgrade.probes.pods import PodsProbe, rolled_out
from podgrade.probes.service import Endpoints
from podgrade.probes.tape import Stage
from podgrade.workspace import apply
from podgrade.workspace.wait import seen

_KINDS = ("Deployment",)


class DeploymentProbe:
    """`deployment("db")` is the submission's Deployment of that name: a Party that scales.

    For submissions of several workloads; the one that exercise.yaml has for its target may be
    named as well. A Deployment that the manifest does not have, or that does not come up, is the
    learner's failure.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, name: str) -> DeploymentParty:
        """The Deployment of that name."""
        return DeploymentParty(self._stage, name)


class DeploymentParty(Party):
    """One Deployment: `.pods` and `.service(name)` besides a Party's words, and `.scale(n)`.

    `.pod`, `.curl`, `.logs`, `.exec` and `.files` are asked of its newest Pod.
    """

    def __init__(self, stage: Stage, name: str) -> None:
        super().__init__(Aside(stage, f"deployment({name!r})", _on_its_bench(name)))

    @property
    def pods(self) -> PodsProbe:
        """Its Pods, each by itself."""
        return PodsProbe(self._stage)

    def service(self, name: str) -> Endpoints:
        """A Service that is to send to its Pods, and to no other."""
        return Endpoints(self._stage, name)

    def scale(self, replicas: int) -> None:
        """Have so many of its Pods (`kubectl scale`), and wait until exactly those are there and
        Ready: at most `limits.start` seconds for those that go, and as many for those that come.

        Raises Failure where they do not come up. Checks that use it are `changes=True`.
        """
        self._stage.ask(f"scale({replicas})", lambda bench: _scaled(bench, replicas))


def _on_its_bench(name: str) -> Any:
    def live_on(bench: Bench, live: Live) -> Any:
        if name == bench.exercise.target.name:
            return live(bench)
        return beside(name, Role.SUBMISSION, _KINDS)(bench, live)

    return live_on


def _scaled(bench: Bench, count: int) -> None:
    document = aim.target_document(bench)
    bench.spent = True
    bench.doing(say("scaling {name} to {replicas}", name=document.name, replicas=count))
    try:
        apply.scale(bench.workspace.connection, bench.workspace.namespace, document, count)
    except ApiRefusal as refusal:
        raise InfrastructureError(refusal.words) from refusal
    bench.scaled = count
    _await_fewer(bench, count)
    rolled_out(bench)


def _await_fewer(bench: Bench, count: int) -> None:
    """Wait until those that are too many are gone: how they end says nothing of the others."""
    where, limit = bench.workspace, bench.exercise.limits.start
    if not seen(where.scope(bench.exercise.target.name), lambda: len(where.pods()) <= count, limit):
        raise InfrastructureError(say("its Pods do not end"))
