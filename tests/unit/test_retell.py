"""What is said of a clone names it, and sends its owner to the Pod that is still there."""

from __future__ import annotations

from typing import Any

import pytest

from podgrade.model.reason import Reason
from podgrade.model.text import say
from podgrade.probes.retell import Retelling
from podgrade.probes.values import About, Flag, Names, Number, Ran, Text, explain, flag_reason
from podgrade.workspace.twin import Changes

IDLE = Changes(idle={"app"})
SUBJECT = say("the page")


def told(changes: Changes | None = None) -> Retelling:
    return Retelling("web-x7", "web", changes or Changes())


def test_a_reason_is_said_to_be_the_clones() -> None:
    look = say("look at `kubectl logs {pod} -c {container}`", pod="web-x7", container="app")
    reason = told().reason(Reason("crash-loop", why=say("it ended"), look=look))
    assert reason.code == "crash-loop"
    assert str(reason.why) == "in a copy under the name web-x7: it ended"
    assert str(reason.look) == "look at `kubectl logs web -c app`"


def test_a_look_within_a_look_is_at_the_original_too() -> None:
    inner = say("look at `kubectl logs {pod}`", pod="web-x7")
    reason = told().reason(Reason("init-running", look=say("it has to end; {look}", look=inner)))
    assert str(reason.look) == "it has to end; look at `kubectl logs web`"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        (Changes(), "the name web-x7"),
        (IDLE, "the name web-x7 in which container app only waits"),
        (Changes(env={"a": {"K": "v"}}), "the name web-x7 with a: K=v"),
        (Changes(images={"a": "nginx"}), "the name web-x7 with a: nginx"),
    ],
)
def test_it_is_said_what_differs(changes: Changes, name: str) -> None:
    reason = told(changes).reason(Reason("different", why=say("so")))
    assert str(reason.why) == f"in a copy under {name}: so"


def test_an_answer_that_only_fits_the_original_has_a_reason_of_its_own() -> None:
    answer: Any = told().answer(Text("web", About(SUBJECT)))
    reason = explain("in", "web-x7", answer)
    assert reason is not None
    assert reason.code == "clone-differs"


def test_the_parts_of_an_answer_are_retold() -> None:
    about = About(SUBJECT, Reason("read-only", why=say("no")))
    ran: Any = told().answer(Ran(Number(1, about), Text("", about), Text("x", about)))
    assert (ran.code, ran.out, ran.err) == (1, "", "x")
    assert str(ran.err.about.reason.why) == "in a copy under the name web-x7: no"


def test_a_flag_keeps_its_truth() -> None:
    false: Any = told().answer(Flag(False, About(SUBJECT)))
    assert told().answer(Flag(True, About(SUBJECT)))
    assert flag_reason(false).code == "clone-differs"


def test_names_say_themselves_what_is_missing() -> None:
    names = Names({"a"}, About(SUBJECT))
    assert told().answer(names) is names


def test_other_values_stay() -> None:
    assert told().answer(["x", 1]) == ["x", 1]
