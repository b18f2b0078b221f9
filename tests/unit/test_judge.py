"""A verdict rests on the rehearsal and on the replay, and on both saying the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from podgrade.grading.case import Instance
from podgrade.grading.checks import Check
from podgrade.grading.judge import after_replay, spoiled, without_replay
from podgrade.grading.play import Played
from podgrade.grading.redact import Redaction
from podgrade.model.exercise import Exercise, Target
from podgrade.model.failure import Failure, wrong
from podgrade.model.reason import Reason
from podgrade.model.text import Text, say
from podgrade.model.verdict import CheckLine, Outcome
from podgrade.probes.tape import Replay, Tape

GRADER = Path("/pack/graders/test_demo.py")
LOST = Reason("lost", why=Text("{what} is gone {{twice}}", "{what} 없음"), look=say("look"))
EXERCISE = Exercise(
    slug="demo",
    title=Text("Demo", "시험"),
    goal=Text("To try", "해 보기"),
    target=Target("web"),
    folder=Path("/pack/exercises/demo"),
    grader=GRADER,
    reasons={"lost": LOST},
)
LINE = CheckLine("test_it", Text("It works", "된다"), 3)
INSTANCE = Instance("test_it", Check(LINE), lambda: None, {}, {})

DEAD = {"question": "pod", "at": 0, "seconds": 1, "raised": "infrastructure",
        "words": {"say": "no answer", "with": {}}}  # fmt: skip
SEEN = {"question": "pod", "at": 0, "seconds": 1, "answer": "x"}


def failed_assert() -> AssertionError:
    """An assert that failed in the grader."""
    try:
        exec(compile("assert 1 == 2, 'no'", str(GRADER), "exec"))
    except AssertionError as error:
        return error
    raise RuntimeError


def judged(played: Played, error: BaseException | None = None, asked: int = 0) -> tuple[str, str]:
    """Outcome and reason's code for this rehearsal, and a replay that ended so."""
    stage = Replay(played.tape)
    for entry in played.tape.entries[:asked]:
        stage.ask(entry["question"], lambda _: None)
    verdict = after_replay(INSTANCE, played, stage, error, EXERCISE, Redaction())
    return str(verdict.outcome), verdict.reason.code if verdict.reason else ""


def test_passed_twice_is_passed() -> None:
    assert judged(Played(Outcome.PASSED)) == ("passed", "")


def test_failed_twice_is_failed() -> None:
    played = Played(Outcome.FAILED, raised="AssertionError")
    assert judged(played, failed_assert()) == ("failed", "assertion")


def test_a_failures_own_reason_is_the_reason() -> None:
    played = Played(Outcome.FAILED, raised="Failure", doom=Reason("crash-loop"))
    assert judged(played, Failure(Reason("no-pod"))) == ("failed", "no-pod")


def test_what_a_check_calls_wrong_is_told_in_the_exercises_words() -> None:
    played = Played(Outcome.FAILED, raised="Failure")
    error = wrong("lost", what="{note}")
    verdict = after_replay(INSTANCE, played, Replay(Tape()), error, EXERCISE, Redaction())

    assert verdict.outcome is Outcome.FAILED
    told = Text("{note} is gone {twice}", "{note} 없음")
    assert verdict.reason == Reason("lost", why=told, look=say("look"))


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (wrong("unheard-of"), "exercise.yaml has no reason unheard-of under `reasons:`"),
        (wrong("lost"), "reason lost wants the value what"),
    ],
)
def test_a_reason_that_the_exercise_has_no_words_for_is_the_graders_error(
    error: Failure, why: str
) -> None:
    played = Played(Outcome.FAILED, raised="Failure")
    verdict = after_replay(INSTANCE, played, Replay(Tape()), error, EXERCISE, Redaction())

    assert verdict.outcome is Outcome.ERROR
    assert verdict.reason is not None
    assert str(verdict.reason.why) == why


def test_doom_is_the_reason_where_nothing_else_is_known() -> None:
    played = Played(Outcome.FAILED, raised="AssertionError", doom=Reason("crash-loop"))
    assert judged(played, failed_assert()) == ("failed", "crash-loop")


@pytest.mark.parametrize(
    ("outcome", "raised", "error"),
    [
        (Outcome.PASSED, None, failed_assert()),
        (Outcome.FAILED, "AssertionError", None),
        (Outcome.FAILED, "Failure", failed_assert()),
        (Outcome.ERROR, "TypeError", ValueError()),
        (Outcome.ERROR, "TypeError", None),
    ],
)
def test_anything_else_the_second_time_is_an_error(
    outcome: Outcome, raised: str | None, error: BaseException | None
) -> None:
    assert judged(Played(outcome, raised=raised), error) == ("error", "not-the-same")


def test_answers_that_were_not_used_are_an_error() -> None:
    played = Played(Outcome.PASSED, Tape([SEEN]))
    assert judged(played, asked=0) == ("error", "not-the-same")
    assert judged(played, asked=1) == ("passed", "")


def test_trouble_on_the_tape_is_an_error_whatever_the_check_made_of_it() -> None:
    for error in (None, failed_assert()):
        assert judged(Played(Outcome.ERROR, Tape([DEAD])), error) == ("error", "error")


def test_an_error_of_the_grader_says_what_was_raised() -> None:
    verdict = after_replay(
        INSTANCE,
        Played(Outcome.ERROR, raised="KeyError"),
        Replay(Tape()),
        KeyError("x"),
        EXERCISE,
        Redaction(),
    )
    assert verdict.reason is not None
    assert str(verdict.reason.why) == "the check raised KeyError: 'x'"
    assert verdict.points == 0


def test_what_was_never_played_needs_no_replay() -> None:
    missed = without_replay(INSTANCE, Played(Outcome.NOT_REACHED, because="test_a"), Redaction())
    broken = without_replay(INSTANCE, Played(Outcome.ERROR, words=say("no answer")), Redaction())
    assert missed is not None
    assert (missed.outcome, missed.because) == (Outcome.NOT_REACHED, "test_a")
    assert broken is not None
    assert broken.outcome is Outcome.ERROR
    assert without_replay(INSTANCE, Played(Outcome.PASSED), Redaction()) is None


def test_the_verdict_takes_time_and_evidence_from_the_rehearsal() -> None:
    played = Played(Outcome.PASSED, Tape([SEEN]), seconds=2.5)
    stage = Replay(played.tape)
    stage.ask("pod", lambda _: None)
    verdict = after_replay(INSTANCE, played, stage, None, EXERCISE, Redaction())
    assert (verdict.seconds, verdict.points) == (2.5, 3)
    assert [evidence.question for evidence in verdict.evidence] == ["pod"]


def test_a_fixture_that_fails_around_a_check_is_an_error() -> None:
    verdict = spoiled(INSTANCE, Played(Outcome.PASSED), RuntimeError("no"), Redaction())
    assert verdict.outcome is Outcome.ERROR


HIDING = Redaction({"hunter22": "[Secret/mine:password]"})


def test_nothing_that_a_verdict_tells_holds_the_value_of_a_secret() -> None:
    seen = SEEN | {"question": "logs(until='hunter22')", "answer": "it is hunter22"}
    played = Played(Outcome.FAILED, Tape([seen]), "Failure")
    stage = Replay(played.tape)
    stage.ask(seen["question"], lambda _: None)
    reason = Reason("lost", *(say("{seen}", seen=say("a {b}", b="hunter22")) for _ in range(4)))
    verdict = after_replay(INSTANCE, played, stage, Failure(reason), EXERCISE, HIDING)

    assert verdict.reason is not None
    for words in (verdict.reason.expected, verdict.reason.why, verdict.reason.look):
        assert str(words) == "a [Secret/mine:password]"
    assert "hunter22" not in str(verdict)
    assert verdict.evidence[0].answer == '"it is [Secret/mine:password]"'


@pytest.mark.parametrize("error", [RuntimeError("hunter22"), AssertionError("hunter22")])
def test_neither_does_an_error_nor_a_fixture_that_fails(error: Exception) -> None:
    played = Played(Outcome.ERROR, raised=type(error).__name__)
    words = Played(Outcome.ERROR, words=say("{text}", text="hunter22"))

    told = [
        after_replay(INSTANCE, played, Replay(Tape()), error, EXERCISE, HIDING),
        spoiled(INSTANCE, played, error, HIDING),
        without_replay(INSTANCE, words, HIDING),
    ]
    assert "hunter22" not in str(told)
    assert [verdict and verdict.outcome for verdict in told] == [Outcome.ERROR] * 3


def test_a_secret_in_the_exercises_own_words_is_hidden_and_the_words_stay() -> None:
    error = wrong("lost", what="hunter22")
    verdict = after_replay(
        INSTANCE, Played(Outcome.FAILED, raised="Failure"), Replay(Tape()), error, EXERCISE, HIDING
    )
    assert verdict.reason is not None
    assert verdict.reason.why == Text(
        "[Secret/mine:password] is gone {twice}", "[Secret/mine:password] 없음"
    )
