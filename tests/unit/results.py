"""Results made by hand for the tests of reports and of the command."""

from __future__ import annotations

from podgrade.grading.catalogue import exercise
from podgrade.model.reason import Reason
from podgrade.model.text import Text, Words, say
from podgrade.model.timeline import Lane, Span, State
from podgrade.model.verdict import CheckLine, Evidence, Outcome, Result, Verdict
from podgrade.reports.graded import Graded

ACCEPTED = CheckLine(
    "test_manifest_is_accepted", Text("The manifest is accepted", "매니페스트가 받아들여진다"), 0
)
READY = CheckLine("test_ready", Text("The Pod shows 2/2 Ready", "파드가 2/2 Ready 상태이다"), 2)
ANSWERS = CheckLine("test_answers", Text("nginx answers", "nginx가 응답한다"), 8, ("test_ready",))

NOT_FOUND = Reason(
    "image-not-found",
    expected=Text("READY: 2/2", "READY: 2/2"),
    seen=Text("READY: 1/2", "READY: 1/2"),
    why=Text("image busyboxx was not found", "이미지 `busyboxx`: 찾을 수 없습니다"),
    look=Text("Check the image's name", "이미지 이름을 확인하세요"),
)

LANES = (
    Lane("app", "wait", "init", 0, (Span(State.ENDED, 0.0, 2.0, "Completed 0"),)),
    Lane(
        "app",
        "web",
        "container",
        2,
        (
            Span(State.WAITING, 0.0, 0.01),
            Span(State.WAITING, 0.5, 2.0, "ErrImagePull"),
            Span(State.RUNNING, 2.0, 2.5),
            Span(State.READY, 2.5, 3.0),
            Span(State.ENDED, 3.0, 4.0, "Error 1"),
        ),
    ),
)


def result(*verdicts: Verdict, **more: object) -> Result:
    """A result of the exercise sidecar."""
    return Result("sidecar", "pod.yaml", verdicts, **more)  # type: ignore[arg-type]


def full_marks() -> Result:
    """Everything passed."""
    return result(
        Verdict(ACCEPTED, Outcome.PASSED),
        Verdict(READY, Outcome.PASSED, evidence=(Evidence("pod.ready", "2/2", 0.1, 1.0),)),
        Verdict(ANSWERS, Outcome.PASSED),
    )


def failed(reason: Reason = NOT_FOUND) -> Result:
    """Not ready, so that nothing else was reached."""
    return result(
        Verdict(ACCEPTED, Outcome.PASSED),
        Verdict(READY, Outcome.FAILED, reason=reason),
        Verdict(ANSWERS, Outcome.NOT_REACHED, because="test_ready"),
        notes=(say("a note"),),
    )


def erroneous() -> Result:
    """The cluster failed."""
    reason = Reason("error", why=say("the API server does not answer"))
    return result(
        Verdict(ACCEPTED, Outcome.PASSED),
        Verdict(READY, Outcome.ERROR, reason=reason),
        Verdict(ANSWERS, Outcome.ERROR, because="test_ready"),
    )


EVIL = (
    "=1+1\n::error::x\n  ##[error]y\r\n]]> <script>alert(1)</script> <img src=x onerror=alert(1)>"
    "\x1b[31mred\x07\x00 \u202egnp.exe \ud800 \ufffe \U000e0041 `code` | a | **b** %0A"
    " 한글 @all &amp; {{ 7*7 }} {% raw %}"
)
"""What a learner's log, answer or file name might hold to be obeyed by whoever shows it."""


def hostile() -> Result:
    """A failure in which everything that can come from a learner is EVIL."""
    words = Text(EVIL, EVIL)
    reason = Reason("silent", expected=words, seen=words, why=words, look=words)
    seen = Evidence(EVIL, EVIL, 0.1, 1.0)
    return Result(
        "sidecar",
        EVIL,
        (
            Verdict(ACCEPTED, Outcome.PASSED),
            Verdict(READY, Outcome.FAILED, reason=reason, evidence=(seen,)),
            Verdict(ANSWERS, Outcome.NOT_REACHED, because="test_ready"),
        ),
        notes=(say("{text}", text=EVIL),),
        seconds=1.5,
    )


def graded(found: Result | None, language: str = "en", problem: Words | None = None) -> Graded:
    """The result as reports take it."""
    submission = found.submission if found else "pod.yaml"
    return Graded(exercise("sidecar"), submission, found, problem, language, "0.1.0")
