"""The probe `manifest`: what the learner handed in, and what the API server said to it."""

from __future__ import annotations

from podgrade.model.text import say
from podgrade.probes.bench import Bench
from podgrade.probes.tape import Stage
from podgrade.probes.values import About, Flag, Names


class ManifestProbe:
    """The submission as it was read and handed in."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    @property
    def accepted(self) -> Flag:
        """True if every object passed podgrade's policy and the API server created it."""
        answer: Flag = self._stage.ask("manifest.accepted", _accepted)
        return answer

    @property
    def objects(self) -> Names:
        """Every object of the submission as `Kind/name`."""
        answer: Names = self._stage.ask("manifest.objects", _objects)
        return answer


def _accepted(bench: Bench) -> Flag:
    subject = say("the manifest is accepted")
    refusals = bench.acceptance.refusals
    if not refusals:
        return Flag(True, About(subject))
    first = refusals[0]
    if first.position is None:
        return Flag(False, About(subject, first.reason, first.reason.seen))
    seen = first.reason.seen or first.reason.why
    shown = say("{position}: {seen}", position=first.position, seen=seen)
    return Flag(False, About(subject, first.reason, shown))


def _objects(bench: Bench) -> Names:
    documents = bench.manifest.documents if bench.manifest else ()
    names = (f"{document.kind}/{document.name}" for document in documents)
    return Names(names, About(say("objects of the manifest")))
