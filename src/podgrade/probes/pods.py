"""The probe `pods`: every Pod of a Deployment, each by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from podgrade.model.failure import Failure
from podgrade.model.reason import Doom, Reason
from podgrade.model.text import Words, say
from podgrade.probes import aim, kubectl
from podgrade.probes.bench import Bench, Role
from podgrade.probes.party import Aside, Party, beside
from podgrade.probes.pod import lasts
from podgrade.probes.tape import Stage
from podgrade.probes.values import About, Text
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.target import terminating
from podgrade.workspace.workloads import replicas

Pods = tuple[aim.Pod, ...]


class PodsProbe:
    """`for one in pods:` gives every Pod of the target as a Party, the oldest first: `one.pod`,
    `one.curl` (by its own IP), `one.logs`, `one.exec`, `one.files`.

    Pods of an older template, which a rollout ends, are none of them. Waits at most
    `limits.start` seconds until there are as many as `spec.replicas` says, all are Ready, and the
    older ones are being ended; raises Failure where that cannot be. Ask for `pods.ready` first:
    without Pods there is nothing to ask.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    @property
    def ready(self) -> Text:
        """READY as `kubectl get deployment` prints it (`2/2`) once the rollout is over: Pods of
        the present template that are Ready, of those in spec.replicas.
        """
        answer: Text = self._stage.ask("pods.ready", _ready)
        return answer

    def __iter__(self) -> Iterator[Party]:
        names: Iterable[str] = self._stage.ask("pods", _names)
        return iter([self._party(name) for name in names])

    def _party(self, name: str) -> Party:
        return Party(Aside(self._stage, f"pods[{name!r}]", beside(name, Role.REPLICA)))


def _ready(bench: Bench) -> Text:
    document = aim.target_document(bench)
    wanted = _wanted(bench)
    subject = say("READY of {kind} {name}", kind=document.kind, name=document.name)
    pods, doom = _rolled_out(bench, wanted)
    if pods:
        bench.counted = aim.running_ids(pods[-1])
    seen = pods or _living(bench)
    column = f"{sum(map(kubectl.is_ready, seen))}/{wanted}"
    reason = doom.reason() if doom else _as_asked(document.kind, document.name, wanted)
    return Text(column, About(subject, reason, _row(subject, column, seen)))


def _names(bench: Bench) -> tuple[str, ...]:
    return tuple(map(aim.name_of, rolled_out(bench)))


def rolled_out(bench: Bench) -> Pods:
    """The target's Pods as soon as all that are asked for are Ready. Raises Failure."""
    pods, doom = _rolled_out(bench, _wanted(bench))
    if pods is None:
        raise Failure(doom.reason() if doom else Reason("no-pod"))
    return pods


def _wanted(bench: Bench) -> int:
    document = aim.target_document(bench)
    return replicas(document) if bench.scaled is None else bench.scaled


def _rolled_out(bench: Bench, wanted: int) -> tuple[Pods | None, Doom | None]:
    """The Pods as soon as they are as many as wanted and all Ready; else what stands in the way."""

    def all_ready() -> Pods | None:
        pods = _living(bench)
        ready = len(pods) == wanted and all(map(kubectl.is_ready, pods))
        over = ready and not bench.workspace.outdated()
        return pods if over and lasts(bench, *pods) else None

    doing = say("waiting until all Pods of {name} are Ready", name=bench.exercise.target.name)
    limit = bench.exercise.limits.start
    return aim.wait_for(bench, Goal(GoalKind.READY), all_ready, limit, doing)


def _living(bench: Bench) -> Pods:
    return tuple(pod for pod in bench.workspace.pods() if not terminating(pod))


def _as_asked(kind: str, name: str, wanted: int) -> Reason:
    """Why all that was asked for is Ready and may still not be what was expected."""
    why = say(
        "`replicas:` of {kind} {name} is {count} (where it is not written, it is 1)",
        kind=kind,
        name=name,
        count=wanted,
    )
    look = say("Look at `{command}`", command=f"kubectl get {kind.lower()} {name}")
    return Reason("replica-count", why=why, look=look)


def _row(subject: Words, column: str, pods: Pods) -> Words:
    each = ", ".join(f"{aim.name_of(pod)} {kubectl.ready_column(pod)}" for pod in pods)
    return say("{subject}: {ready}; Pods: {pods}", subject=subject, ready=column, pods=each or "-")
