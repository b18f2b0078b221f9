"""What a stranger's manifest may hold: an allowlist of kinds, and fields that are refused.

The first of several walls (RBAC, Pod Security and quota stand behind it): it speaks before the
API server sees anything, in a sentence with the field's line and column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from podgrade.model.exercise import Exercise
from podgrade.model.reason import Reason
from podgrade.model.submission import Document, Manifest, Position
from podgrade.model.text import Message, Words, say
from podgrade.workspace.acceptance import Refusal
from podgrade.workspace.policy_restricted import lacks
from podgrade.workspace.policy_rules import (
    EVERYWHERE,
    KIND_RULES,
    POD_RULES,
    Rule,
    capability_rules,
)

REFUSED = "refused-by-policy"
WRONG_KIND = "wrong-kind"
ACCEPTED_KINDS: Mapping[str, str] = {
    "Pod": "v1",
    "Deployment": "apps/v1",
    "Job": "batch/v1",
    "Service": "v1",
    "ConfigMap": "v1",
    "Secret": "v1",
    "PersistentVolumeClaim": "v1",
}
# kinds of their own that only look like a misspelt one
_LIKE_THEM = ("PersistentVolume", "CronJob", "PodTemplate")
POD_SPECS = {"Pod": "spec", "Deployment": "spec.template.spec", "Job": "spec.template.spec"}


def refusals(manifest: Manifest, exercise: Exercise) -> tuple[Refusal, ...]:
    """Everything in a manifest that is not accepted, in the order in which it is written."""
    found = [refusal for document in manifest.documents for refusal in _of(document, exercise)]
    return tuple(sorted(found, key=_order))


def _order(refusal: Refusal) -> tuple[str, int, int]:
    position = refusal.position or Position("", 0)
    return position.file, position.line, position.column


def _of(document: Document, exercise: Exercise) -> Iterator[Refusal]:
    kind = _kind_refusal(document)
    if kind is not None:
        yield kind
        return
    if not document.name:
        yield _nameless(document)
    rules = [*EVERYWHERE, *KIND_RULES.get(document.kind, ())]
    yield from _broken(document, rules, "")
    spec = POD_SPECS.get(document.kind)
    if spec:
        yield from _broken(document, [*POD_RULES, *capability_rules(exercise)], spec)
    if spec and exercise.pod_security == "restricted":
        yield from _lacking(document, spec)


def _lacking(document: Document, path: str) -> Iterator[Refusal]:
    for where, spec in matches(document.body, path):
        for lack in lacks(spec, where):
            yield _refusal(document, lack.path, REFUSED, lack.why, lack.look)


def _kind_refusal(document: Document) -> Refusal | None:
    version = ACCEPTED_KINDS.get(document.kind)
    if version is None:
        return _refusal(document, "kind", WRONG_KIND, _kind_words(document), _kind_look(document))
    if document.api_version == version:
        return None
    why = say(
        "`{kind}` does not belong to apiVersion `{version}`",
        kind=document.kind,
        version=document.api_version,
    )
    look = say("write `{line}`", line=f"apiVersion: {version}")
    return _refusal(document, "apiVersion", WRONG_KIND, why, look)


def _kind_words(document: Document) -> Message:
    return say("objects of kind `{kind}` are not accepted here", kind=document.kind)


def _kind_look(document: Document) -> Message:
    by_small = {kind.lower(): kind for kind in (*ACCEPTED_KINDS, *_LIKE_THEM)}
    near = get_close_matches(document.kind.lower(), by_small, n=1, cutoff=0.75)
    if near and by_small[near[0]] in ACCEPTED_KINDS:
        return say("did you mean `{name}`?", name=by_small[near[0]])
    return say("accepted kinds: {kinds}", kinds=", ".join(ACCEPTED_KINDS))


def _nameless(document: Document) -> Refusal:
    path = "metadata.generateName" if "metadata.generateName" in document.positions else "metadata"
    why = say("the object has no name")
    look = say("write `name:` under `metadata:`, as the sheet asks for it")
    return _refusal(document, path, "name-invalid", why, look)


def _broken(document: Document, rules: list[Rule], base: str) -> Iterator[Refusal]:
    for rule in rules:
        full = ".".join(part for part in (base, rule.path) if part)
        for path, value in matches(document.body, full):
            if rule.refuses(value):
                why = say("`{path}` is not allowed: {why}", path=path, why=rule.why)
                yield _refusal(document, path, REFUSED, why, rule.look)


def matches(value: Any, pattern: str, path: str = "") -> Iterator[tuple[str, Any]]:
    """The places of a value that a pattern (`containers[*].ports[*].hostPort`) names.

    `*` as a whole step stands for every key of a mapping. What has another shape than the
    pattern expects is passed over: the API server says that better.
    """
    if not pattern:
        yield path, value
        return
    step, _, rest = pattern.partition(".")
    name = step.removesuffix("[*]")
    if not isinstance(value, Mapping):
        return
    for key in value if name == "*" else (name,):
        if key in value:
            here = f"{path}.{key}" if path else str(key)
            yield from _deeper(value[key], rest, here, each=step.endswith("[*]"))


def _deeper(value: Any, rest: str, path: str, *, each: bool) -> Iterator[tuple[str, Any]]:
    if not each:
        yield from matches(value, rest, path)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from matches(item, rest, f"{path}[{number}]")


def _refusal(document: Document, path: str, code: str, why: Words, look: Words | None) -> Refusal:
    return Refusal(Reason(code, why=why, look=look), document.locate(path))
