"""The probe `exec`: runs a command in a container of the learner's Pod."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import tenacity

from podgrade.cluster.connection import ApiRefusal, ExecAnswer
from podgrade.model.failure import Failure
from podgrade.model.reason import Reason
from podgrade.model.text import say
from podgrade.probes import aim
from podgrade.probes.bench import Bench, Role
from podgrade.probes.tape import Stage
from podgrade.probes.values import About, Number, Ran, Text
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.toolbox import TOOLBOX_IMAGE

LIMIT = 256 * 1024  # bytes of output that are read at most

_KILLED = 137  # exit code of a command that ended by SIGKILL, as all do whose container ends
_TO_REPORT = 3.0  # seconds until a container's end is reported

# Folders whose programs a command relies on; a volume over one makes their answers the learner's.
_PROGRAMS = ("/", "/bin", "/sbin", "/usr", "/lib", "/lib64")


class ExecProbe:
    """`exec("app", "cat", "/data/file")` runs a command as `kubectl exec` does.

    Waits at most `limits.start` seconds for the container to run; the command takes
    `limits.answer` seconds at most; 256 KiB of output are read. Raises Failure for a container
    that does not exist or cannot run, for an image the sheet does not name or programs hidden
    by a volume (their answers prove nothing), InfrastructureError where exec fails.
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
    end = aim.deadline(bench)
    said, pod = _entered(bench, command)
    while command.reads and time.monotonic() < end and _cut_off(bench, command, said, pod):
        said, pod = _entered(bench, command)
    return _as_answer(command.container, " ".join(command.words), said)


def _entered(bench: Bench, command: Command) -> tuple[ExecAnswer, aim.Pod]:
    attempts = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(ApiRefusal),
        stop=tenacity.stop_after_delay(bench.exercise.limits.answer)
        | tenacity.stop_when_event_set(bench.stop),
        wait=tenacity.wait_fixed(0.2),
        sleep=tenacity.sleep_using_event(bench.stop),
        reraise=True,
    )
    try:
        return attempts(_asked, bench, command)
    except ApiRefusal as refusal:
        aim.check_stop(bench)
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
    if bench.role is not Role.SETUP:
        require_trust(bench, aim.require_container(pod, command.container))
    bench.doing(say("running a command in container {container}", container=command.container))
    said = bench.workspace.connection.exec(
        bench.workspace.namespace,
        aim.name_of(pod),
        command.container,
        command.words,
        stdin=command.stdin.encode() if command.stdin is not None else None,
        timeout=bench.exercise.limits.answer,
        limit=LIMIT,
    )
    return said, pod


def _cannot_enter(bench: Bench, container: str, refusal: ApiRefusal) -> Reason:
    doom = aim.obstacle(bench, Goal(GoalKind.RUNNING, container))
    if doom is not None:
        return doom.reason()
    why = say(
        "no command can be run in container {container}: {message}",
        container=container,
        message=refusal.message,
    )
    return Reason("cannot-exec", why=why)


def require_trust(bench: Bench, container: Mapping[str, Any]) -> None:
    """Raise Failure where a command's answer would be the learner's word, not the image's."""
    name, image = str(container["name"]), str(container.get("image", ""))
    if bench.exercise.images and not _is_of(image, _trusted(bench)):
        asked = ", ".join(bench.exercise.images)
        raise Failure(
            Reason(
                "other-image",
                expected=say("an image of {images}", images=asked),
                seen=say("container {name} has image {image}", name=name, image=image),
                why=say("what is looked at inside can only be trusted in an image of the sheet"),
                look=say("Check `image:` of container {name}", name=name),
            )
        )
    hidden = [m["mountPath"] for m in container.get("volumeMounts", ()) if _hides(m["mountPath"])]
    if hidden:
        raise Failure(
            Reason(
                "programs-hidden",
                seen=say("a volume is mounted at {path}", path=hidden[0]),
                why=say("it hides the programs of the image of container {name}", name=name),
                look=say("Check `mountPath:` of container {name}", name=name),
            )
        )


def _trusted(bench: Bench) -> tuple[str, ...]:
    """The sheet's images, and in a clone ours, which podgrade put there."""
    ours = (TOOLBOX_IMAGE,) if bench.role is Role.CLONE else ()
    return (*bench.exercise.images, *ours)


def _is_of(image: str, images: Iterable[str]) -> bool:
    return repository(image) in map(repository, images)


def repository(image: str) -> str:
    """The image's name without registry defaults, tag and digest (`docker.io/library/nginx:1`
    and `nginx@sha256:…` are both `nginx`).
    """
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    name = head + slash + last.partition(":")[0]
    for prefix in ("docker.io/", "index.docker.io/", "library/"):
        name = name.removeprefix(prefix)
    return name


def _hides(path: str) -> bool:
    clean = "/" + "/".join(part for part in path.split("/") if part)
    return clean in _PROGRAMS or clean.startswith(("/bin/", "/usr/bin", "/usr/lib", "/lib/"))


def _as_answer(container: str, command: str, said: ExecAnswer) -> Ran:
    about = {"command": command[:120], "container": container}
    return Ran(
        Number(said.code, About(say("exit code of `{command}` in {container}", **about))),
        _output(said.out, About(say("output of `{command}` in {container}", **about))),
        _output(said.err, About(say("error output of `{command}` in {container}", **about))),
    )


def _output(data: bytes, about: About) -> Text:
    return Text(data[:LIMIT].decode("utf-8", "replace"), about)
