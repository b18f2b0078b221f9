"""Proving a pack: one pytest item a fixture, and what its expect.yaml asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podgrade.grading.groups import Group
from podgrade.grading.sheet import parsed
from podgrade.model.errors import UsageProblem
from podgrade.model.exercise import Exercise
from podgrade.model.submission import Key, Submission
from podgrade.model.text import Words, say
from podgrade.model.verdict import Outcome, Result
from podgrade.workspace.read import load

if TYPE_CHECKING:
    from podgrade.grading.session import GradingSession

EXPECT = "expect.yaml"
DECIDED_BY = "decided_by"
LIMIT = "limit"  # the value of `decided_by` where nothing but the time that passed tells

Side = dict[str, str]
"""Each check that did not pass with what it came out as, and what decided it."""

# Reasons that can only be known when a limit has passed; all others rest on evidence.
AT_THE_LIMIT = frozenset(
    {
        "init-running",
        "no-answer",
        "no-end",
        "no-readiness-probe",
        "not-ready",
        "not-ready-probe",
        "not-restarted",
        "not-served",
        "silent",
        "still-ready",
        "still-running",
        "target-port",
        "unbound",
    }
)


@dataclass(frozen=True)
class Expectation:
    """What a fixture must come out as: failed check → reason code, and checks not reached."""

    failed: Mapping[str, str] = field(default_factory=dict)
    not_reached: frozenset[str] = frozenset()
    decided_by: str | None = None


@dataclass(frozen=True)
class Compared:
    """One fixture: what it should come out as, and what it did.

    `problem` says why its expectation could not be understood.
    """

    submission: Submission
    result: Result
    expected: Side
    seen: Side
    problem: Words | None = None

    @property
    def name(self) -> str:
        return str(self.submission.fixture)

    @property
    def proven(self) -> bool:
        """True if it came out as it should."""
        return self.problem is None and self.expected == self.seen

    @property
    def differences(self) -> tuple[str, ...]:
        """The checks in which the two differ, and `decided_by`."""
        names = dict.fromkeys((*self.expected, *self.seen))
        return tuple(name for name in names if self.expected.get(name) != self.seen.get(name))


def root_of(exercise: Exercise) -> Path:
    """Where the exercise's fixtures are."""
    return exercise.grader.parent.parent / "fixtures" / exercise.slug


def folders_of(root: Path) -> tuple[Path, ...]:
    """The folder of every fixture: `reference/<form>` and `broken/<mistake>`."""
    return (*sorted(root.glob("reference/*/")), *sorted(root.glob("broken/*/")))


def fixtures_of(exercise: Exercise) -> tuple[Submission, ...]:
    """Every fixture of the exercise."""
    root = root_of(exercise)
    return tuple(_fixture(folder, root) for folder in folders_of(root))


def files_of(folder: Path) -> tuple[str, ...]:
    """What a fixture hands in."""
    return tuple(str(path) for path in sorted(folder.iterdir()) if path.name != EXPECT)


def _fixture(folder: Path, root: Path) -> Submission:
    name = folder.relative_to(root).as_posix()
    return Submission(Key(name.replace("/", "-")), load(files_of(folder), None), fixture=name)


def expectation(exercise_root: Path, submission: Submission) -> Expectation:
    """What the fixture's expect.yaml says; a reference has none: everything passes.

    Raises UsageProblem for a mistake without one, or with one that cannot be understood.
    """
    if is_reference(submission):
        return Expectation()
    path = exercise_root / str(submission.fixture) / EXPECT
    if not path.is_file():
        raise UsageProblem(say("{file} is missing", file=path))
    return _understood(path, parsed(path))


def waits_for_a_limit(exercise_root: Path, submission: Submission) -> bool:
    """True for a mistake that is told only when a limit has passed, as its expect.yaml says."""
    try:
        return expectation(exercise_root, submission).decided_by == LIMIT
    except UsageProblem:
        return False  # said where the fixture is compared


def mistakes_of(exercise: Exercise) -> dict[str, str]:
    """What is wrong with each mistake, as its expect.yaml says it, by the fixture's name."""
    root = root_of(exercise)
    found = {}
    for folder in root.glob("broken/*/"):
        path = folder / EXPECT
        body = parsed(path) if path.is_file() else None
        if isinstance(body, Mapping):
            found[folder.relative_to(root).as_posix()] = str(body.get("mistake") or "")
    return found


def is_reference(submission: Submission) -> bool:
    """True for a fixture that is a right answer."""
    return str(submission.fixture).startswith("reference/")


def _understood(path: Path, body: object) -> Expectation:
    if not isinstance(body, Mapping):
        body = {}
    failed, not_reached = body.get("failed") or {}, body.get("not_reached") or []
    if not isinstance(failed, Mapping):
        raise UsageProblem(say("{file}: `failed` is a map: each check and its reason", file=path))
    if not isinstance(not_reached, list):
        raise UsageProblem(say("{file}: `not_reached` is a list of checks", file=path))
    return Expectation(
        {str(name): str(code) for name, code in failed.items()},
        frozenset(map(str, not_reached)),
        body.get(DECIDED_BY),
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
    return LIMIT if codes & AT_THE_LIMIT else "evidence"


def sides(fixtures: Path, submission: Submission, result: Result) -> tuple[Side, Side]:
    """What a fixture should come out as, and what it did: equal where the fixture is proven.

    `fixtures` is the pack's folder of that name. Raises UsageProblem as `expectation` does.
    """
    expected = expectation(fixtures / result.exercise, submission)
    return (
        _side(should_come_out(expected), expected.decided_by),
        _side(came_out(result), decided_by(result)),
    )


def compare(fixtures: Path, submission: Submission, result: Result) -> Compared:
    """The same two sides, with what is wrong with the expectation as a sentence."""
    try:
        return Compared(submission, result, *sides(fixtures, submission, result))
    except UsageProblem as error:
        return Compared(submission, result, {}, {}, error.words)


def _side(checks: dict[str, str], by: str | None) -> Side:
    return checks | ({DECIDED_BY: by} if by else {})


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
        group.waits = waits_for_a_limit(root_of(group.exercise), group.submission)
        return proof

    def runtest(self) -> None:
        self.grading.judge_group(self.group)
        result = self.group.result()
        self.config.hook.pytest_podgrade_prove(submission=self.group.submission, result=result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """A difference is told by its own words: the way through pytest's hooks says nothing."""
        told = style is None and isinstance(excinfo.value, AssertionError)
        return super().repr_failure(excinfo, style="value" if told else style)

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
