"""Faults in a manifest that a learner is to mend: which ones a seed draws, and how they get in."""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from podgrade.model.errors import GraderError
from podgrade.model.exercise import Exercise
from podgrade.model.fault import Fault, Faults
from podgrade.model.submission import Document, SourceFile
from podgrade.model.text import say
from podgrade.workspace.given import holds, is_target, put
from podgrade.workspace.read import parse

SEED = "podgrade.io/seed"
"""The annotation that says by which seed a Pod's faults were drawn."""

_WIDTH = 100  # columns of a starter that is written


def drawn(faults: Faults, seed: str) -> tuple[Fault, ...]:
    """The faults that this seed draws, in the order in which the exercise has them.

    The same on every machine; no two concern the same field. Raises GraderError where there are
    not so many.
    """
    found: list[Fault] = []
    for fault in sorted(faults.of, key=lambda one: _rank(seed, one)):
        if len(found) < faults.draw and not any(_meet(fault, other) for other in found):
            found.append(fault)
    if len(found) < faults.draw:
        raise GraderError(say("there are no {count} faults to draw together", count=faults.draw))
    return tuple(fault for fault in faults.of if fault in found)


def _rank(seed: str, fault: Fault) -> str:
    return hashlib.sha256(f"{seed}/{fault.name}".encode()).hexdigest()


def _meet(one: Fault, other: Fault) -> bool:
    """True if mending one could touch what the other is about."""
    return any(holds(a, b) or holds(b, a) for a in one.free for b in other.free)


def broken(body: Mapping[str, Any], faults: Sequence[Fault]) -> dict[str, Any]:
    """The object with these faults. Raises GraderError for a place that it does not have."""
    wrong = copy.deepcopy(dict(body))
    for fault in faults:
        if not put(wrong, fault.at, copy.deepcopy(fault.put)):
            raise GraderError(
                say("fault {name}: starter.yaml has no {place}", name=fault.name, place=fault.at)
            )
    return wrong


def starter(exercise: Exercise, text: str, seed: str) -> str:
    """The right manifest `text` with the faults that the seed draws and the seed itself.

    Its first lines of comment stay; the rest is written anew.
    """
    if exercise.faults is None:
        return text
    chosen = drawn(exercise.faults, seed)
    documents = parse((SourceFile("starter.yaml", text.encode()),)).documents
    bodies = [_begun(exercise, document, chosen, seed) for document in documents]
    lines = text.splitlines(keepends=True)
    head = itertools.takewhile(lambda line: line.startswith("#"), lines)
    style: dict[str, Any] = {"sort_keys": False, "allow_unicode": True, "width": _WIDTH}
    written: str = yaml.safe_dump_all(bodies, **style)
    return "".join(head) + written


def _begun(
    exercise: Exercise, document: Document, chosen: Sequence[Fault], seed: str
) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(json.dumps(document.body))
    if not is_target(exercise, document):
        return body
    metadata = body["metadata"]
    metadata["annotations"] = {**metadata.get("annotations", {}), SEED: seed}
    return broken(body, chosen)
