"""What the fixtures of a pack do not prove, however they come out."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from podgrade.grading.case import ACCEPTANCE
from podgrade.grading.proof import (
    EXPECT,
    Compared,
    Expectation,
    expectation,
    fixtures_of,
    is_reference,
    root_of,
)
from podgrade.model.codes import CODES
from podgrade.model.errors import UsageProblem
from podgrade.model.exercise import Exercise
from podgrade.model.submission import Submission
from podgrade.model.text import Words, say
from podgrade.model.verdict import Outcome


def gaps(exercise: Exercise, found: Sequence[Compared]) -> tuple[Words, ...]:
    """Everything that keeps an exercise from being proven by its fixtures.

    `found` is what all of them came out as; without it only the files are looked at.
    """
    fixtures = fixtures_of(exercise)
    return (
        *_missing(fixtures),
        *(words for fixture in fixtures for words in _empty(root_of(exercise), fixture)),
        *(words for fixture in fixtures for words in _unknown(exercise, fixture, found)),
        *_never_failed(found),
        *_never_told(exercise, found),
        *_never_given(exercise, found),
    )


def strangers(fixtures: Path, slugs: Collection[str]) -> tuple[Words, ...]:
    """Folders of fixtures that belong to no exercise."""
    folders = sorted(fixtures.glob("*/"))
    return tuple(
        say("fixtures/{folder} belongs to no exercise", folder=folder.name)
        for folder in folders
        if folder.name not in slugs
    )


def _missing(fixtures: Sequence[Submission]) -> Iterator[Words]:
    if not any(is_reference(fixture) for fixture in fixtures):
        yield say("there is no reference: nothing shows that full marks can be had")
    if all(is_reference(fixture) for fixture in fixtures):
        yield say("there is no mistake: nothing shows that a check can fail")


def _empty(root: Path, fixture: Submission) -> Iterator[Words]:
    """Fixtures that say nothing, or what nobody asks them."""
    if not fixture.files:
        yield say("{fixture} holds no manifest", fixture=fixture.fixture)
    if is_reference(fixture):
        if (root / str(fixture.fixture) / EXPECT).exists():
            yield say(
                "{fixture} has an expect.yaml, and a reference needs none: it gets full marks",
                fixture=fixture.fixture,
            )
        return
    expected = _expected(root, fixture)
    if expected is not None and not expected.failed:
        yield say("{fixture}: expect.yaml names no check that fails", fixture=fixture.fixture)


def _unknown(exercise: Exercise, fixture: Submission, found: Sequence[Compared]) -> Iterator[Words]:
    """Checks and reasons that no grader and no probe has."""
    expected = _expected(root_of(exercise), fixture)
    if expected is None or not found:
        return
    checks = {verdict.id for one in found for verdict in one.result.verdicts}
    for name in sorted({*expected.failed, *expected.not_reached} - checks):
        yield say(
            "{fixture}: there is no check {name}{guess}",
            fixture=fixture.fixture,
            name=name,
            guess=_guess(name, checks),
        )
    codes = CODES | _codes(found)
    for code in sorted({*expected.failed.values()} - codes):
        yield say(
            "{fixture}: there is no reason {code}{guess}",
            fixture=fixture.fixture,
            code=code,
            guess=_guess(code, codes),
        )


def _codes(found: Sequence[Compared]) -> set[str]:
    """The reasons that were really given: a pack's own probes have some of their own."""
    verdicts = [verdict for one in found for verdict in one.result.verdicts]
    return {verdict.reason.code for verdict in verdicts if verdict.reason}


def _guess(word: str, known: Collection[str]) -> Words | str:
    near = difflib.get_close_matches(word, sorted(known), n=1)
    return say("; did you mean {near}?", near=near[0]) if near else ""


def _never_failed(found: Sequence[Compared]) -> Iterator[Words]:
    """Checks that pass whatever is handed in, as far as anybody knows.

    Not said where something could not be found out, nor of podgrade's own first check.
    """
    if any(one.result.erroneous for one in found):
        return
    verdicts = [verdict for one in found for verdict in one.result.verdicts]
    failed = {verdict.check.name for verdict in verdicts if verdict.outcome is Outcome.FAILED}
    for name in dict.fromkeys(verdict.check.name for verdict in verdicts):
        if name not in failed and name != ACCEPTANCE:
            yield say("{name}: no mistake ever fails this check", name=name)


def _never_told(exercise: Exercise, found: Sequence[Compared]) -> Iterator[Words]:
    """The exercise's own reasons that no mistake is told."""
    if not found or any(one.result.erroneous for one in found):
        return
    for code in sorted(exercise.reasons.keys() - _codes(found)):
        yield say("exercise.yaml: no mistake is told the reason {code}", code=code)


def _never_given(exercise: Exercise, found: Sequence[Compared]) -> Iterator[Words]:
    """Failures that a hint is written for, and no mistake fails so; as far as anybody knows."""
    if not found or any(one.result.erroneous for one in found):
        return
    verdicts = [verdict for one in found for verdict in one.result.verdicts]
    told = {(verdict.check.name, verdict.reason.code) for verdict in verdicts if verdict.reason}
    for number, hint in enumerate(exercise.hints, 1):
        for check, code in sorted(hint.fits - told):
            yield say(
                "hint {number} is for {check} with the reason {code}, and no mistake fails so",
                number=number,
                check=check,
                code=code,
            )


def _expected(root: Path, fixture: Submission) -> Expectation | None:
    """None where it cannot be understood, which is told with the fixture itself."""
    try:
        return expectation(root, fixture)
    except UsageProblem:
        return None
