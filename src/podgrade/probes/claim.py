"""The probe `claim`: a PersistentVolumeClaim of the submission."""

from __future__ import annotations

import contextlib
import time
from typing import Any

from podgrade.model.failure import Failure
from podgrade.model.reason import Reason
from podgrade.model.text import Message, Words, say
from podgrade.probes import aim
from podgrade.probes.bench import Bench
from podgrade.probes.tape import Stage
from podgrade.probes.values import About, Flag, Names
from podgrade.workspace import claims
from podgrade.workspace.quantity import parse_quantity


class ClaimProbe:
    """`claim("data")` is the PersistentVolumeClaim of that name."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, name: str) -> Claim:
        """Asked by its properties."""
        return Claim(self._stage, name)


class Claim:
    """One claim. Every property raises Failure where the learner made no such object."""

    def __init__(self, stage: Stage, name: str) -> None:
        self._stage = stage
        self._name = name

    @property
    def bound(self) -> Flag:
        """True once the claim has a volume (status.phase Bound), within `limits.start` seconds;
        false at once where its StorageClass does not exist.

        Some StorageClasses make a volume only for a Pod that uses the claim (volumeBindingMode):
        where the target's Pod does not, the claim lacks nothing, and a note says so.
        """
        answer: Flag = self._ask("bound", lambda bench: _bound(bench, self._name))
        return answer

    @property
    def access_modes(self) -> Names:
        """What it asks for (spec.accessModes)."""
        answer: Names = self._ask("access_modes", lambda bench: _modes(bench, self._name))
        return answer

    def asks_for(self, size: str) -> Flag:
        """True if it asks for exactly this much (spec.resources.requests.storage, `100Mi`)."""
        answer: Flag = self._ask(
            f"asks_for({size!r})", lambda bench: _asks_for(bench, self._name, size)
        )
        return answer

    def _ask(self, question: str, live: Any) -> Any:
        return self._stage.ask(f"claim({self._name!r}).{question}", live)


def _bound(bench: Bench, name: str) -> Flag:
    bench.doing(say("waiting for the claim {name} to be bound", name=name))
    where, limit = bench.workspace, bench.exercise.limits.start
    began = time.monotonic()
    subject = say("the claim {name} is bound to a volume", name=name)
    if _waits_in_vain(bench, _given(bench, name)):
        return Flag(True, About(subject))
    claim = claims.await_bound(where.connection, where.namespace, name, limit)
    if claim is None:
        raise Failure(_missing(name))
    if claims.is_bound(claim):
        return Flag(True, About(subject))
    phase = say("STATUS {status}", status=claim.get("status", {}).get("phase", "Pending"))
    return Flag(False, About(subject, _unbound(bench, claim, began), phase))


def _waits_in_vain(bench: Bench, claim: claims.Claim) -> bool:
    """True if a volume is made for the first Pod that uses the claim, and the Pod does not."""
    if claims.is_bound(claim) or not claims.waits_for_a_pod(bench.workspace.connection, claim):
        return False
    with contextlib.suppress(Failure):  # no Pod at all does not use it either
        if claims.is_used(claim, aim.existing_pod(bench)):
            return False
    bench.note(
        say(
            "the claim {name} has no volume yet: its StorageClass makes one for the first Pod that "
            "uses the claim, and no Pod does",
            name=claim["metadata"]["name"],
        )
    )
    return True


def _unbound(bench: Bench, claim: claims.Claim, since: float) -> Reason:
    name = claim["metadata"]["name"]
    absent = claims.missing_class(bench.workspace.connection, claim)
    if absent is not None:
        why = say("there is no StorageClass named {name}", name=absent)
        look = say("Leave `storageClassName:` out: the cluster's default is taken then")
        return Reason("no-storage-class", why=why, look=look)
    bench.in_vain(since)
    why = say("no volume came within {seconds} s", seconds=round(bench.exercise.limits.start))
    return Reason("unbound", why=why, look=_describe(name))


def _modes(bench: Bench, name: str) -> Names:
    subject = say("access modes of the claim {name}", name=name)
    look = say("Check `accessModes:` of the claim {name}", name=name)
    reason = Reason("other-access-mode", look=look)
    return Names(_given(bench, name)["spec"].get("accessModes") or (), About(subject, reason))


def _asks_for(bench: Bench, name: str, size: str) -> Flag:
    subject = _asking(name, size)
    given = _given(bench, name)["spec"].get("resources") or {}
    asked = (given.get("requests") or {}).get("storage", "0")
    if parse_quantity(asked) == parse_quantity(size):
        return Flag(True, About(subject))
    look = say("Check `resources.requests.storage` of the claim {name}", name=name)
    return Flag(False, About(subject, Reason("other-size", look=look), _asking(name, asked)))


def _asking(name: str, size: str) -> Message:
    return say("the claim {name} asks for {size}", name=name, size=size)


def _given(bench: Bench, name: str) -> claims.Claim:
    claim = claims.claim_of(bench.workspace.connection, bench.workspace.namespace, name)
    if claim is None:
        raise Failure(_missing(name))
    return claim


def _missing(name: str) -> Reason:
    return Reason(
        "missing-pvc",
        expected=say("PersistentVolumeClaim {name}", name=name),
        seen=say("no such PersistentVolumeClaim"),
        why=say("there is no PersistentVolumeClaim named {name}", name=name),
        look=say("Check `metadata.name` in your manifest"),
    )


def _describe(name: str) -> Words:
    return say("Look at `{command}`", command=f"kubectl describe pvc {name}")
