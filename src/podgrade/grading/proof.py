"""Proving a pack: one pytest item a fixture, and what its expect.yaml asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from podgrade.grading.groups import Group
from podgrade.model.errors import UsageProblem
from podgrade.model.exercise import Exercise
from podgrade.model.submission import Key, Submission
from podgrade.model.text import say
from podgrade.model.verdict import Outcome, Result
from podgrade.workspace.read import load

if TYPE_CHECKING:
    from podgrade.grading.session import GradingSession

EXPECT = "expect.yaml"

# Reasons that can only be known when a limit has passed; all others rest on evidence.
AT_THE_LIMIT = frozenset({"silent", "no-answer", "not-ready", "not-ready-probe", "init-running"})


@dataclass(frozen=True)
class Expectation:
    """What a fixture must come out as: failed check → reason code, and checks not reached."""

    failed: Mapping[str, str] = field(default_factory=dict)
    not_reached: frozenset[str] = frozenset()
    decided_by: str | None = None


def fixtures_of(exercise: Exercise) -> tuple[Submission, ...]:
    """Every fixture of the exercise: `reference/<form>` and `broken/<mistake>`."""
    root = exercise.grader.parent.parent / "fixtures" / exercise.slug
    folders = [*sorted(root.glob("reference/*/")), *sorted(root.glob("broken/*/"))]
    return tuple(_fixture(folder, root) for folder in folders)


def _fixture(folder: Path, root: Path) -> Submission:
    files = [str(path) for path in sorted(folder.iterdir()) if path.name != EXPECT]
    name = folder.relative_to(root).as_posix()
    return Submission(Key(name.replace("/", "-")), load(files, None), fixture=name)


def expectation(exercise_root: Path, submission: Submission) -> Expectation:
    """What the fixture's expect.yaml says; a reference has none: everything passes.

    Raises UsageProblem for a mistake without one.
    """
    path = exercise_root / str(submission.fixture) / EXPECT
    if not path.is_file():
        if str(submission.fixture).startswith("reference/"):
            return Expectation()
        raise UsageProblem(say("{file} is missing", file=path))
    body: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return Expectation(
        dict(body.get("failed", {})),
        frozenset(body.get("not_reached", ())),
        body.get("decided_by"),
    )


def came_out(result: Result) -> dict[str, str]:
    """Each check that did not pass, with what it came out as."""
    return {v.id: _told(v) for v in result.verdicts if v.outcome is not Outcome.PASSED}


def should_come_out(expected: Expectation) -> dict[str, str]:
    """The same map, as expect.yaml wants it."""
    failed = {name: f"failed: {code}" for name, code in expected.failed.items()}
    return failed | dict.fromkeys(sorted(expected.not_reached), str(Outcome.NOT_REACHED))


def decided_by(result: Result) -> str | None:
    """`limit` if a reason could only be known when a limit had passed, else `evidence`."""
    codes = {v.reason.code for v in result.verdicts if v.reason and v.outcome is Outcome.FAILED}
    if not codes:
        return None
    return "limit" if codes & AT_THE_LIMIT else "evidence"


def _told(verdict: Any) -> str:
    if verdict.outcome is Outcome.NOT_REACHED or verdict.reason is None:
        return str(verdict.outcome)
    if verdict.outcome is Outcome.FAILED:
        return f"failed: {verdict.reason.code}"
    return f"{verdict.outcome}: {verdict.reason.why}"


class Proof(pytest.Item):
    """One fixture: its checks are rehearsed and replayed together and judged as a whole."""

    group: Group
    grading: GradingSession

    @classmethod
    def of(cls, item: pytest.Item, group: Group, grading: GradingSession) -> Proof:
        """The item that stands for a group's checks in the place of the first of them."""
        name = str(group.submission.fixture)
        proof: Proof = cls.from_parent(item.getparent(pytest.Module) or item.session, name=name)
        proof.group, proof.grading = group, grading
        group.proof = proof.nodeid
        return proof

    def runtest(self) -> None:
        self.grading.judge_group(self.group)
        result = self.group.result()
        self.config.hook.pytest_podgrade_prove(submission=self.group.submission, result=result)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.name


def with_proofs(
    items: Sequence[pytest.Item],
    groups: Mapping[tuple[Path, str], Group],
    grading: GradingSession,
) -> list[pytest.Item]:
    """The items, those of each group replaced by one proof."""
    owner = {node: group for group in groups.values() for node in group.nodes}
    kept: dict[str, pytest.Item] = {}
    for item in items:
        group = owner.get(item.nodeid)
        if group is None:
            kept[item.nodeid] = item
        elif group.proof is None:
            proof = Proof.of(item, group, grading)
            kept[proof.nodeid] = proof
    return list(kept.values())
