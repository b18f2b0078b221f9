"""What is said, and what is left out, where a submission is graded in place (`--live`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from podgrade.cluster.connection import Connection
from podgrade.grading import catalogue
from podgrade.grading.case import Case, Instance
from podgrade.grading.rig import Rig
from podgrade.model.errors import InfrastructureError, PodgradeError, UsageProblem
from podgrade.model.exercise import Exercise
from podgrade.model.reason import Reason
from podgrade.model.submission import Document, Live, Manifest
from podgrade.model.text import Words, say
from podgrade.probes.bench import Bench
from podgrade.workspace.acceptance import Acceptance, Refusal
from podgrade.workspace.goes_with import goes_with
from podgrade.workspace.live import Found, find, require
from podgrade.workspace.target import containers_of
from podgrade.workspace.workloads import template_of_body
from podgrade.workspace.workspace import Workspace


class NotCopied(PodgradeError):
    """No copy of what is graded could be made in a namespace of podgrade's own."""


class Copies:
    """A workspace of podgrade's own, beside what is graded in place: copies are made in it.

    It is made when the first check asks, with the exercise's setup and what the target needs.
    """

    def __init__(self, rig: Rig, exercise: Exercise, found: Found, bench: Bench) -> None:
        self._rig = rig
        self._exercise = exercise
        self._found = found
        self._live = bench
        self._workspace: Workspace | None = None
        self._needed: tuple[Document, ...] = ()
        self._bench: Bench | None = None

    def bench(self) -> Bench:
        """Where a check that makes copies is played. Raises NotCopied."""
        if self._bench is None:
            try:
                self._bench = self._made()
            except InfrastructureError as error:
                raise _not_copied(error.words) from error
        return self._bench

    @property
    def brought(self) -> tuple[Document, ...]:
        """Every object that was put beside the copies, the Secrets that the target needs too."""
        workspace = self._workspace
        return (*self._needed, *(workspace.setup.standing if workspace else ()))

    def release(self) -> None:
        """Delete the workspace, in the background."""
        if self._workspace is not None:
            self._rig.release(self._workspace)

    def _made(self) -> Bench:
        source, document = self._live.workspace, self._found.document
        workspace = self._workspace = self._rig.take(self._exercise)
        workspace.set_up(self._rig.toolbox)
        if document is not None:
            needed = goes_with(source.connection, source.namespace, document, self._found.manifest)
            self._needed = needed.documents
            refused = workspace.hand_in(needed).refusals
            if refused:
                raise _not_copied(refused[0].reason.why or say("it was refused"))
        return replace(
            self._live,
            where=workspace,
            in_place=False,
            untouched=False,
            others={},
            baseline=None,
            counted=None,
        )


def _not_copied(why: Words) -> NotCopied:
    return NotCopied(
        say(
            "it makes a copy of your Pod in a namespace of podgrade's own, and that could not be "
            "made: {why}",
            why=why,
        )
    )


def found_in(connection: Connection, namespace: str, exercise: Exercise, live: Live) -> Found:
    """What is graded there. In an exam a namespace without anything gradable fails the learner."""
    if live.exam:
        try:
            require(connection, namespace, exercise)
        except UsageProblem as problem:
            refusal = Refusal(Reason("no-target", why=problem.words))
            return Found(exercise.target, Manifest(()), Acceptance((refusal,)))
    return find(connection, namespace, exercise, sheet_containers(exercise), by_name=live.exam)


def sheet_containers(exercise: Exercise) -> frozenset[str]:
    """The names of the containers that the sheet asks for, by the picture of its finished Pod."""
    for body in catalogue.anatomy(exercise):
        if (body.get("metadata") or {}).get("name") == exercise.target.name:
            spec = template_of_body(body).get("spec") or {}
            found = frozenset(str(one["name"]) for one in containers_of(spec))
            if found:
                return found
    return frozenset()


def why_left_out(case: Case, instance: Instance) -> Words:
    """Why a check is not graded in place."""
    if instance.check.changes:
        return say("it writes, ends or replaces something in what runs: see --allow-changes")
    left = (one for one in case.needed_by(instance) if one.name in case.left_out)
    return needs_left_out(next(left))


def needs_left_out(needed: Instance) -> Words:
    """Why a check is not graded that needs this one, which is not."""
    return say("it needs a check that is not graded: {title}", title=needed.check.line.title)


def about_left_out(case: Case) -> Iterator[Words]:
    """One sentence on all checks that are not graded, if there are any."""
    lines = {one.name: one.check.line for one in case.instances if one.name in case.left_out}
    if lines:
        points = sum(line.points for line in lines.values())
        yield say(
            "checks that are not graded: {count} ({points} points), since they would change "
            "something in what runs. With --allow-changes they are graded, too",
            count=len(lines),
            points=f"{points:g}",
        )
