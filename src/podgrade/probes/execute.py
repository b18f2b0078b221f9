"""The probe `exec`: runs a command in a container of the learner's Pod."""

from __future__ import annotations

import json
import shlex
import time
from dataclasses import dataclass, replace

from podgrade.cluster.connection import ApiRefusal, ExecAnswer, TimedOut
from podgrade.model.failure import Failure
from podgrade.model.reason import Reason
from podgrade.model.text import Words, clipped, say
from podgrade.probes import aim, endless, trust
from podgrade.probes.bench import Bench, Role
from podgrade.probes.tape import Stage
from podgrade.probes.values import About, Number, Ran, Text
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.target import typed

LIMIT = 256 * 1024  # bytes of output that are read at most

_SHOWN = 300  # characters of an error output that stands for what was not printed
_TYPED = 120  # characters of a command that people are shown
_KILLED = 137  # exit code of a command that ended by SIGKILL, as all do whose container ends
_TO_REPORT = 8.0  # seconds until a container's end is reported, on a busy node


class ExecProbe:
    """`exec("app", "cat", "/data/file")` runs a command as `kubectl exec` does.

    Waits at most `limits.start` seconds for the container to run, and as long for the command's
    end; 256 KiB of output are read. Raises Failure for a container that does not exist or cannot
    run, for an image the sheet does not name or programs hidden by a volume (their answers prove
    nothing), for a command that does not end where others do, InfrastructureError where exec
    fails.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, container: str, *command: str, stdin: str | None = None) -> Ran:
        """What the command said: `.code`, `.out`, `.err`."""
        asked = Command(container, command, stdin)
        answer: Ran = self._stage.ask(asked.question(), lambda bench: ran(bench, asked))
        return answer


@dataclass(frozen=True)
class Command:
    """What is to be run in which container."""

    container: str
    words: tuple[str, ...]
    stdin: str | None = None
    reads: bool = False
    """It changes nothing, so that it may be run again if its container ended under it."""

    def question(self) -> str:
        """The command as the tape keeps it."""
        asked = [self.container, *self.words, self.stdin]
        return "exec(" + json.dumps(asked, ensure_ascii=False) + ")"


def ran(bench: Bench, command: Command) -> Ran:
    """Run it; a container that is between two lives is waited for."""
    answer = as_answer(command.container, " ".join(command.words), said(bench, command))
    pod = bench.workspace.pod()
    if pod is None or command.stdin is not None or len(" ".join(command.words)) > _TYPED:
        return answer
    return _to_be_tried(answer, typed(pod), command)


def _to_be_tried(answer: Ran, pod: str, command: Command) -> Ran:
    """The answer, with how to get it oneself."""
    reason = Reason("different", look=_try(pod, command))
    code, out, err = (
        replace(part.about, reason=reason) for part in (answer.code, answer.out, answer.err)
    )
    return Ran(
        Number(int(answer.code), code), Text(str(answer.out), out), Text(str(answer.err), err)
    )


def _try(pod: str, command: Command) -> Words:
    line = f"kubectl exec {pod} -c {command.container} -- {shlex.join(command.words)}"
    return say("Try `{command}`", command=line)


def said(bench: Bench, command: Command) -> ExecAnswer:
    """What the command said; `ran` tells it as an answer that knows what it is."""
    end = aim.deadline(bench)
    answer, pod = _entered(bench, command)
    while command.reads and time.monotonic() < end and _cut_off(bench, command, answer, pod):
        answer, pod = _entered(bench, command)
    return answer


def _entered(bench: Bench, command: Command) -> tuple[ExecAnswer, aim.Pod]:
    began = time.monotonic()
    try:
        return aim.entering(bench)(_asked, bench, command)
    except ApiRefusal as refusal:
        aim.check_stop(bench)
        bench.in_vain(began)
        raise Failure(_cannot_enter(bench, command.container, refusal)) from refusal


def _cut_off(bench: Bench, command: Command, said: ExecAnswer, pod: aim.Pod) -> bool:
    """True if the command was killed because the container, as in `pod`, ended under it."""
    if said.code != _KILLED:
        return False
    life = aim.running_ids(pod).get(command.container)

    def ended() -> bool | None:
        now = bench.workspace.pod()
        return True if now is None or not aim.lives(now, command.container, life) else None

    goal = Goal(GoalKind.RUNNING, command.container)
    return bool(bench.workspace.wait(goal, ended, _TO_REPORT).value)


def _asked(bench: Bench, command: Command) -> tuple[ExecAnswer, aim.Pod]:
    pod = aim.started_container(bench, command.container, running=True)
    aim.snapshot(bench, pod)
    container = aim.require_container(pod, command.container)
    distrust = trust.distrust(bench, container)
    if distrust is not None:
        raise Failure(distrust)
    bench.doing(say("running a command in container {container}", container=command.container))
    began = time.monotonic()
    try:
        said = bench.workspace.connection.exec(
            bench.workspace.namespace,
            aim.name_of(pod),
            command.container,
            trust.in_standard_path(container, command.words),
            stdin=command.stdin.encode() if command.stdin is not None else None,
            # What a busy node says late is said: no answer's limit is enough to blame anybody.
            timeout=bench.exercise.limits.start,
            limit=LIMIT,
        )
    except TimedOut as unended:
        bench.in_vain(began)
        if bench.role is Role.SETUP or not endless.others_end(bench, pod, command.container):
            raise
        look = None if command.stdin is not None else _try(typed(pod), command)
        raise Failure(endless.reason(bench, _about(command), look)) from unended
    return said, pod


def _about(command: Command) -> dict[str, str]:
    return {"command": clipped(" ".join(command.words), _TYPED), "container": command.container}


def _cannot_enter(bench: Bench, container: str, refusal: ApiRefusal) -> Reason:
    doom = aim.obstacle(bench, Goal(GoalKind.RUNNING, container))
    if doom is not None:
        bench.doom = doom.reason()
        return bench.doom
    why = say(
        "no command can be run in container {container}: {message}",
        container=container,
        message=refusal.message,
    )
    return Reason("cannot-exec", why=why)


def as_answer(container: str, command: str, said: ExecAnswer) -> Ran:
    """What a command said, with what is known about it."""
    about = {"command": clipped(command, _TYPED), "container": container}
    output = say("output of `{command}` in {container}", **about)
    error = say("error output of `{command}` in {container}", **about)
    code = say("exit code of `{command}` in {container}", **about)
    return Ran(
        Number(said.code, About(code, shown=_told_otherwise(str(said.code), said))),
        Text(text_of(said.out), About(output, shown=_told_otherwise(say("nothing"), said))),
        Text(text_of(said.err), About(error)),
    )


def _told_otherwise(seen: Words | str, said: ExecAnswer) -> Words | None:
    """What a command that printed nothing shows instead: its error output."""
    error = text_of(said.err).strip()
    if said.out or not error:
        return None
    return say("{seen} (error output: {error})", seen=seen, error=clipped(error, _SHOWN))


def text_of(output: bytes) -> str:
    """What was printed, as text."""
    return output[:LIMIT].decode("utf-8", "replace")
