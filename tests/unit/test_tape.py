"""The tape: what a rehearsal saw is what the replay gets, in order, and nothing else."""

from __future__ import annotations

from typing import Any, cast

import pytest

from podgrade.model.errors import GraderError, InfrastructureError
from podgrade.model.failure import Failure
from podgrade.model.reason import Reason
from podgrade.model.text import say
from podgrade.probes.bench import Bench
from podgrade.probes.tape import Recording, Replay, Tape
from podgrade.probes.values import About, Number, Reply, Text

NO_BENCH = cast(Bench, None)


def recorded(*asked: tuple[str, Any]) -> Tape:
    """A tape with these questions; an exception as answer is raised by the probe."""
    stage = Recording(NO_BENCH)
    for question, answer in asked:

        def live(_: Bench, answer: Any = answer) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return answer

        try:
            stage.ask(question, live)
        except Exception:  # noqa: BLE001 - it is on the tape
            continue
    return Tape.load(stage.tape.dump())


def never(_: Bench) -> Any:
    raise AssertionError("a replay asks nobody")


def test_answers_come_back_in_order() -> None:
    stage = Replay(recorded(("one", 1), ("two", ["a", "b"])))
    assert stage.ask("one", never) == 1
    assert not stage.finished
    assert stage.ask("two", never) == ("a", "b")
    assert stage.finished
    assert stage.strayed is None


def test_the_rehearsal_sees_exactly_what_the_replay_will_see() -> None:
    stage = Recording(NO_BENCH)
    assert stage.ask("list", lambda _: [1, 2]) == (1, 2)


def test_what_the_learner_did_not_provide_is_raised_again_with_its_reason() -> None:
    reason = Reason("no-pod", why=say("there is no Pod named {name}", name="web"))
    stage = Replay(recorded(("pod", Failure(reason))))
    with pytest.raises(Failure) as caught:
        stage.ask("pod", never)
    assert caught.value.reason == reason
    assert stage.tape.trouble is None


def test_trouble_of_the_clusters_is_raised_again_and_stays_known() -> None:
    tape = recorded(("pod", InfrastructureError(say("no answer"))), ("more", 1))
    with pytest.raises(InfrastructureError, match="no answer"):
        Replay(tape).ask("pod", never)
    assert str(tape.trouble) == "no answer"


def test_a_bug_of_a_probe_is_trouble_too() -> None:
    tape = recorded(("pod", ZeroDivisionError("oh")))
    with pytest.raises(GraderError, match="ZeroDivisionError: oh"):
        Replay(tape).ask("pod", never)
    assert str(tape.trouble) == "ZeroDivisionError: oh"


def test_an_answer_that_cannot_be_kept_is_trouble() -> None:
    assert "cannot be a set" in str(recorded(("pod", {1})).trouble)


def test_another_question_than_was_asked_is_noticed() -> None:
    stage = Replay(recorded(("one", 1)))
    with pytest.raises(GraderError, match="it asked one, then two"):
        stage.ask("two", never)
    assert stage.strayed is not None
    assert not stage.finished


def test_one_question_more_than_was_asked_is_noticed() -> None:
    stage = Replay(recorded())
    with pytest.raises(GraderError, match="one more question: two"):
        stage.ask("two", never)
    assert stage.strayed is not None


def test_answers_know_the_witness_of_their_own_run() -> None:
    stage = Replay(recorded(("text", Text("a", About(say("it"))))))
    assert stage.ask("text", never).about.witness is stage.witness


def test_headers_of_a_reply_cannot_be_changed() -> None:
    about = About(say("it"))
    reply = Reply(Number(200, about), Text("", about), {"server": "nginx"})
    again = Replay(recorded(("curl", reply))).ask("curl", never)
    with pytest.raises(TypeError):
        again.headers["server"] = "mine"


def test_evidence_shows_the_plain_answer_shortened() -> None:
    about = About(say("it"))
    tape = recorded(("text", Text("a" * 9000, about)), ("pod", Failure(Reason("no-pod"))))
    text, pod = tape.evidence()
    assert (text.question, len(text.answer)) == ("text", 2000)
    assert "no-pod" in pod.answer
    assert text.seconds >= 0
