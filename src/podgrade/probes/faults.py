"""The probe `faults`: what became of the faults that the learner's manifest began with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from podgrade.model.errors import GraderError
from podgrade.model.failure import Failure
from podgrade.model.fault import Fault
from podgrade.model.reason import Reason
from podgrade.model.submission import Document
from podgrade.model.text import Words, say
from podgrade.probes import aim
from podgrade.probes.bench import Bench
from podgrade.probes.manifest import given_changed
from podgrade.probes.tape import Stage
from podgrade.probes.values import About, Flag
from podgrade.workspace.faults import SEED, broken, drawn
from podgrade.workspace.given import Difference, completed, differences, given, holds

Body = Mapping[str, Any]


class FaultsProbe:
    """The faults of exercise.yaml that the submission's seed drew (`podgrade start --seed`).

    The seed is the annotation `podgrade.io/seed` of the Pod; without it, a Failure. Submission and
    starter.yaml are compared as the API server completes them (dry runs).
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    @property
    def gone(self) -> Flag:
        """True if none of the drawn faults is there any more, as far as the manifest tells.

        Whether what stands in their places is right is for other checks to find out.
        """
        answer: Flag = self._stage.ask("faults.gone", _gone)
        return answer

    @property
    def rest_kept(self) -> Flag:
        """True if the Pod's spec differs from starter.yaml only where the drawn faults were."""
        answer: Flag = self._stage.ask("faults.rest_kept", _rest_kept)
        return answer


def _gone(bench: Bench) -> Flag:
    chosen, document = _given_to(bench)
    right = given(bench.exercise).body
    whole = _completed(bench, right)
    found = differences(whole, _completed(bench, document.body))

    def is_left(one: Fault) -> bool:
        alone = differences(whole, _completed(bench, broken(right, [one])))
        return set() != _within(alone, one) == _within(found, one)

    left = list(filter(is_left, chosen))
    mended = [one for one in chosen if one not in left]
    if mended:
        bench.note(say("faults that were found: {faults}", faults=_told(mended)))
    subject = say("all {count} faults are mended", count=len(chosen))
    if not left:
        return Flag(True, About(subject))
    shown = say("{number} of {count} faults are mended", number=len(mended), count=len(chosen))
    return Flag(False, About(subject, _left(bench, left), shown))


def _rest_kept(bench: Bench) -> Flag:
    chosen, document = _given_to(bench)
    subject = say("all but the faults is as it was given")
    right = given(bench.exercise).body
    found = differences(_completed(bench, right), _completed(bench, document.body))
    free = ["metadata", *(part for one in chosen for part in one.free)]
    changed = [one for one in found if not _holds(free, one)]
    return Flag(not changed, About(subject, given_changed(changed) if changed else None))


def _given_to(bench: Bench) -> tuple[tuple[Fault, ...], Document]:
    """The faults that this learner was given, and the Pod that was handed in."""
    if bench.exercise.faults is None:
        raise GraderError(say("exercise.yaml lists no faults"))
    document = aim.target_document(bench)
    annotations = document.body["metadata"].get("annotations") or {}
    if SEED not in annotations:
        raise Failure(_no_seed(bench))
    return drawn(bench.exercise.faults, str(annotations[SEED])), document


def _within(found: Iterable[Difference], fault: Fault) -> set[Difference]:
    """Those where the fault may be mended: it is left if they are what the fault itself makes."""
    return {one for one in found if _holds(fault.free, one)}


def _holds(parts: Iterable[str], one: Difference) -> bool:
    return any(holds(part, one.path) for part in parts)


def _completed(bench: Bench, body: Body) -> Body:
    """The Pod's labels, and its spec as the API server completes it."""
    where = bench.workspace
    return {
        "metadata": {"labels": body["metadata"].get("labels") or {}},
        "spec": completed(where.connection, where.namespace, body["spec"]),
    }


def _left(bench: Bench, left: Sequence[Fault]) -> Reason:
    why = say("still there: {faults}", faults=_told(left))
    look = say(
        "Compare the sheet with `kubectl describe pod {pod}`", pod=bench.exercise.target.name
    )
    return Reason("fault-left", why=why, look=look)


def _no_seed(bench: Bench) -> Reason:
    slug = bench.exercise.slug
    return Reason(
        "no-seed",
        expected=say("the annotation `{name}`, as `podgrade start` wrote it", name=SEED),
        why=say("without this annotation nobody knows which faults the manifest began with"),
        look=say("Take the annotation over from the file of `podgrade start {slug}`", slug=slug),
    )


def _told(faults: Sequence[Fault]) -> Words:
    said: list[Words] = [one.says for one in faults]
    return reduce(lambda so_far, one: say("{so_far}; {one}", so_far=so_far, one=one), said)
