"""One submission's fenced namespace: set up, handed in, looked at, waited on."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.watch import View
from podgrade.model.exercise import Exercise, Target
from podgrade.model.submission import Document, Manifest
from podgrade.model.text import Words, say
from podgrade.workspace import standing
from podgrade.workspace import wait as waiting
from podgrade.workspace.acceptance import Acceptance, Refusal
from podgrade.workspace.apply import Send, create, in_order
from podgrade.workspace.apply import replace as change
from podgrade.workspace.capabilities import about_other_things, beyond
from podgrade.workspace.doom import Goal
from podgrade.workspace.lookup import ClusterLookup
from podgrade.workspace.refusals import refusals_of, wrong_kind
from podgrade.workspace.setup import Setup
from podgrade.workspace.target import terminating
from podgrade.workspace.toolbox import Toolbox
from podgrade.workspace.wait import Scope, Waited

__all__ = ["Acceptance", "Refusal", "Waited", "Workspace"]

T = TypeVar("T")
Pod = Mapping[str, Any]


class Workspace:
    """A namespace of one submission.

    `connection` asks as podgrade, `learner` as the learner; `view` is what the watch sees.
    """

    def __init__(
        self,
        namespace: str,
        connection: Connection,
        learner: Connection,
        view: View,
        exercise: Exercise,
        note: Callable[[], Words | None] = lambda: None,
    ) -> None:
        self.namespace = namespace
        self.connection = connection
        self.learner = learner
        self.view = view
        self.exercise = exercise
        self._note = note
        self._lookup = ClusterLookup(connection, namespace)
        self._template: str | None = None
        self.setup = Setup(self.scope, namespace, exercise)

    def set_up(self, toolbox: Toolbox | None = None) -> None:
        """Create what the exercise has there before, and wait until it runs and its Services
        can be reached from the toolbox; let the learner change the object that is to be changed.

        Raises InfrastructureError: what does not come is not the learner's fault.
        """
        self.setup.stand_up(toolbox)
        if self.exercise.target.exists:
            there = self.setup.workload(self.exercise.target.name)
            standing.let_change(self.connection, self.learner, self.namespace, there)

    def adopt(self, kind: str) -> None:
        """Take what runs there already as it is: the setup, and the target, of that kind.

        Raises InfrastructureError where the cluster takes no notice of a changed Deployment.
        """
        self.setup.adopt()
        if kind == "Deployment":
            name, limit = self.exercise.target.name, self.exercise.limits.start
            with contextlib.suppress(ApiRefusal):  # its ReplicaSets may not be read
                self._template = standing.template(self.connection, self.namespace, name, limit)

    def aimed(self, target: Target) -> Workspace:
        """The same workspace, seen and waited on with another object for target."""
        other = copy.copy(self)
        other.exercise = replace(self.exercise, target=target)
        other._template = None
        return other

    def hand_in(self, manifest: Manifest) -> Acceptance:
        """Create the manifest's objects as the learner, or change the one that stands there;
        after a refusal only ask about the rest.

        One request an object. What the exercise makes itself is held back. Raises
        InfrastructureError where no answer comes.
        """
        refusals: list[Refusal] = []
        warnings: list[Words] = []
        ours = list(filter(self._stays, manifest.documents))
        held = list(filter(self.setup.comes_later, manifest.documents))
        given = [document for document in manifest.documents if document not in [*ours, *held]]
        for document in in_order(given):
            refused, said = self._send(document, dry_run=bool(refusals))
            refusals.extend(refused)
            warnings.extend(_warned(document, text) for text in said)
        if self.exercise.target.exists and not refusals:
            name, limit = self.exercise.target.name, self.exercise.limits.start
            self._template = standing.template(self.connection, self.namespace, name, limit)
        note = self._note()
        notes = [*([note] if note else []), *map(_left_out, ours), *map(_held_back, held)]
        return Acceptance(tuple(refusals), tuple(warnings), tuple(notes))

    def _stays(self, document: Document) -> bool:
        """True for an object of the exercise's own that the submission is not to change."""
        return self.setup.has(document) and not standing.is_it(self.exercise.target, document)

    def add(self, document: Document) -> tuple[Refusal, ...]:
        """Create one more object as the learner. Raises InfrastructureError: no answer."""
        return self._send(document, dry_run=False)[0]

    def _send(
        self, document: Document, *, dry_run: bool
    ) -> tuple[tuple[Refusal, ...], tuple[str, ...]]:
        wrong = wrong_kind(document)
        if wrong:
            return (wrong,), ()
        allowed = self.exercise.capabilities
        send: Send = change if standing.is_it(self.exercise.target, document) else create
        where = (self.learner, self.namespace)
        try:
            beyond_it = beyond(*where, document, allowed, send) if allowed else None
            if beyond_it:
                return (beyond_it,), ()
            said = send(*where, document, dry_run=dry_run)
            return (), about_other_things(said) if allowed else said
        except ApiRefusal as refusal:
            return refusals_of(refusal, document), ()

    def pods(self) -> tuple[Pod, ...]:
        """The target's Pods that exist, oldest first."""
        return self.scope(self.exercise.target.name).pods()

    def outdated(self) -> tuple[Pod, ...]:
        """The target's Pods of an older template that nobody has begun to end yet."""
        of_all = replace(self.scope(self.exercise.target.name), template=None)
        known = {pod["metadata"]["uid"] for pod in self.pods()}
        living = (pod for pod in of_all.pods() if not terminating(pod))
        return tuple(pod for pod in living if pod["metadata"]["uid"] not in known)

    def pod(self) -> Pod | None:
        """The newest of the target's Pods that is not being deleted."""
        living = [pod for pod in self.pods() if not terminating(pod)]
        return living[-1] if living else None

    def wait(self, goal: Goal, condition: Callable[[], T | None], limit: float) -> Waited[T]:
        """Call the condition now and at each change of the view until it gives a value.

        Ends early when the goal is doomed; after `limit` seconds the doom is what stood in the
        way. Time in which the cluster has no room does not count. Raises InfrastructureError
        where the watch is down or the run is ending.
        """
        return waiting.wait(self.scope(self.exercise.target.name), goal, condition, limit)

    def scope(self, target: str) -> Scope:
        """What is known of the Pods of an object of that name."""
        images = self.exercise.images
        template = self._template if target == self.exercise.target.name else None
        return Scope(target, self.view, self.connection, self._lookup, images, template)


def _left_out(document: Document) -> Words:
    subject = f"{document.kind}/{document.name}"
    return say("{object} of your manifest is left out: the exercise brings its own", object=subject)


def _held_back(document: Document) -> Words:
    subject = f"{document.kind}/{document.name}"
    return say(
        "{object} of your manifest is held back: the grader itself makes it, later", object=subject
    )


def _warned(document: Document, text: str) -> Words:
    subject = f"{document.kind}/{document.name}"
    return say("{object}: the API server warns: {text}", object=subject, text=text)
