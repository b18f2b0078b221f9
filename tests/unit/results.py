"""Results made by hand for the tests of reports and of the command."""

from __future__ import annotations

from podgrade.model.reason import Reason
from podgrade.model.text import Text, say
from podgrade.model.verdict import CheckLine, Evidence, Outcome, Result, Verdict

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
