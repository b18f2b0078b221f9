"""The probe `manifest`: what the learner handed in, and what the API server said to it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence

from podgrade.model.reason import Reason
from podgrade.model.text import Words, say
from podgrade.probes import aim
from podgrade.probes.bench import Bench
from podgrade.probes.tape import Stage
from podgrade.probes.values import About, Flag, Names
from podgrade.workspace.given import (
    Difference,
    completed,
    differences,
    given,
    holds,
    pod_spec,
    without,
)

_SHOWN = 200  # characters of a value
_PATHS = 3  # of the fields that differ
_BEFORE = 40  # of those, what comes before a difference


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

    def keeps(self, *parts: str, but: Sequence[str] = ()) -> Flag:
        """True if the Pod is as starter.yaml gives it: the named parts of its spec
        (`containers[app].command`), all of it where none is named, except for what `but` names.

        Both are completed by the API server first (a dry run without the fields of `but`).
        Order, defaults, `resources` and how a command is split into command and args are free.
        """
        asked = json.dumps([parts, list(but)], ensure_ascii=False)
        answer: Flag = self._stage.ask(
            f"manifest.keeps({asked})", lambda bench: _kept(bench, parts, but)
        )
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


def _kept(bench: Bench, parts: Sequence[str], but: Sequence[str]) -> Flag:
    subject = say("what the sheet gives is as it was")
    where = bench.workspace
    now, before = (
        completed(where.connection, where.namespace, without(pod_spec(document), but))
        for document in (aim.target_document(bench), given(bench.exercise))
    )
    changed = [one for one in differences(before, now) if _within(one.path, parts)]
    if not changed:
        return Flag(True, About(subject))
    return Flag(False, About(subject, given_changed(changed)))


def _within(path: str, parts: Sequence[str]) -> bool:
    """True if the difference is in one of the parts, or around one (a container taken out)."""
    return not parts or any(holds(part, path) or holds(path, part) for part in parts)


def given_changed(changed: Sequence[Difference]) -> Reason:
    """Why what the sheet gives is not as it was."""
    first = changed[0]
    before, now = _where_they_differ(first.given, first.seen)
    return Reason(
        "given-changed",
        expected=_value(first.path, before),
        seen=_value(first.path, now),
        why=_why(first, _listed(changed)),
        look=say("Compare {path} with what the sheet gives", path=f"`{first.path}`"),
    )


def _where_they_differ(*values: str | None) -> tuple[str | None, ...]:
    """The values; of two long ones, as whole programs are, what begins shortly before they part."""
    texts = [value for value in values if value is not None]
    if len(texts) < len(values):
        return tuple(value if value is None else _cut(value, 0) for value in values)
    if max(map(len, texts)) <= _SHOWN:
        return values
    alike = itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False))
    start = max(sum(1 for _ in alike) - _BEFORE, 0)
    return tuple(_cut(text, start) for text in texts)


def _cut(text: str, start: int) -> str:
    rest = text[start:]
    shown = rest if len(rest) <= _SHOWN else f"{rest[:_SHOWN]}…"
    return f"…{shown}" if start else shown


def _why(first: Difference, paths: Words | str) -> Words:
    if first.given is None:
        return say("the sheet does not ask for this change: {paths}", paths=paths)
    return say("the sheet gives this, and it is to stay as it is: {paths}", paths=paths)


def _listed(changed: Sequence[Difference]) -> Words | str:
    paths = ", ".join(f"`{one.path}`" for one in changed[:_PATHS])
    more = len(changed) - _PATHS
    return paths if more <= 0 else say("{paths} and {count} more", paths=paths, count=more)


def _value(path: str, value: str | None) -> Words:
    if value is None:
        return say("no `{path}`", path=path)
    return say("`{path}`: {value}", path=path, value=value)
