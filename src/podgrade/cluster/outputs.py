"""What comes of a command in a container: its outputs, its status, and the answer they make."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from podgrade.cluster.refusal import ApiRefusal
from podgrade.model.errors import InfrastructureError
from podgrade.model.text import say

STDIN, STDOUT, STDERR, STATUS, CLOSE = 0, 1, 2, 3, 255  # channels of the protocol
UNKNOWN_CODE = -1  # the exit code of a command that was cut off because it wrote too much
_STATUS_LIMIT = 1 << 16  # bytes


@dataclass(frozen=True)
class ExecAnswer:
    """What a command said: exit code, standard output and error (`truncated`: not all of it)."""

    code: int
    out: bytes
    err: bytes
    truncated: bool = False


class TimedOut(InfrastructureError):
    """The command had not ended when the time was up; `answer` is what had come of it."""

    def __init__(self, answer: ExecAnswer, seconds: float) -> None:
        self.answer = answer
        super().__init__(say("a command did not end within {seconds} s", seconds=f"{seconds:g}"))


@dataclass
class Outputs:
    """What has come of one command so far."""

    limit: int
    kept: dict[int, bytearray] = field(
        default_factory=lambda: {STDOUT: bytearray(), STDERR: bytearray()}
    )
    truncated: bool = False
    status: bytearray = field(default_factory=bytearray)

    def take(self, channel: int, data: bytes) -> None:
        """Keep what came on a channel, up to the limit."""
        if channel == STATUS:
            self.status += data[: _STATUS_LIMIT - len(self.status)]
        elif channel in self.kept:
            room = self.limit - len(self.kept[channel])
            self.kept[channel] += data[:room]
            self.truncated = self.truncated or len(data) > room

    def answer(self, code: int, err: bytes | None = None) -> ExecAnswer:
        """The outputs with an exit code (and, instead of the error output, `err`)."""
        seen = bytes(self.kept[STDERR]) if err is None else err
        return ExecAnswer(code, bytes(self.kept[STDOUT]), seen, self.truncated)


def unended(outputs: Outputs, timeout: float) -> ExecAnswer:
    """The answer of a command that wrote too much; else raises TimedOut."""
    answer = outputs.answer(UNKNOWN_CODE)
    if outputs.truncated:
        return answer
    raise TimedOut(answer, timeout)


def judged(outputs: Outputs) -> ExecAnswer:
    """The answer that the status (a metav1.Status on channel 3) makes of the outputs."""
    try:
        status = json.loads(bytes(outputs.status))
    except ValueError as error:
        words = say("the connection to a container broke off before its command ended")
        raise InfrastructureError(words) from error
    if status.get("status") == "Success":
        return outputs.answer(0)
    refusal = ApiRefusal.of_status(status, 500)
    codes = [cause.message for cause in refusal.causes if cause.reason == "ExitCode"]
    if codes:
        return outputs.answer(int(codes[0]))
    code = _shell_code(refusal.message)
    if code is None:
        raise refusal
    return outputs.answer(code, refusal.message.encode())


def _shell_code(message: str) -> int | None:
    """The code a shell gives for a program that cannot be started, if the message is of that."""
    if "exec failed" not in message and "failed to start exec" not in message:
        return None
    if "namespace path" in message:  # runc: the container itself has ended, its /proc/PID is gone
        return None
    if "executable file not found" in message or "no such file or directory" in message:
        return 127
    return 126 if "permission denied" in message else None
