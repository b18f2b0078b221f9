"""The probe `logs`: what a container wrote to its standard output and error."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable

from podgrade.cluster.connection import ApiRefusal, Silence, Unanswered
from podgrade.cluster.kinds import log_path
from podgrade.model.reason import Reason
from podgrade.model.text import Words, clipped, say
from podgrade.probes import aim, mounts
from podgrade.probes.bench import Bench, Role
from podgrade.probes.tape import Stage
from podgrade.probes.values import About, Text
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.target import typed

KEPT = 256 * 1024  # bytes of a log that a check is given: the newest

_LAST_LINES = 5
_AGAIN = 0.2  # seconds until a log whose connection broke off is asked for again


class LogsProbe:
    """`logs("app")` is the log so far; `logs("app", until="text")` waits for the text.

    Follows the log (GET …/pods/NAME/log?follow) for at most `limits.answer` seconds, and gives
    the newest 256 KiB, decoded as UTF-8 with replacement characters. Silence is an answer: the
    text then knows what was waited for. Raises Failure for a container that does not exist or
    cannot start, InfrastructureError where the log cannot be read.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, container: str, *, until: str | re.Pattern[str] | None = None) -> Text:
        """The log as text; `until` is a text or a compiled pattern, searched in each line."""
        if until is not None and not isinstance(until, str | re.Pattern):
            raise TypeError("logs(until=…) takes a text or a pattern")
        pattern = until.pattern if isinstance(until, re.Pattern) else until
        kind = "pattern" if isinstance(until, re.Pattern) else "text"
        answer: Text = self._stage.ask(
            f"logs({container!r}, {kind}={pattern!r})",
            lambda bench: _log(bench, container, _matcher(until)),
        )
        return answer


Matcher = Callable[[bytes], bool]


def _matcher(until: str | re.Pattern[str] | None) -> Matcher | None:
    if until is None:
        return None
    if isinstance(until, str):
        wanted = until.encode()
        return lambda seen: wanted in seen
    return lambda seen: until.search(seen.decode("utf-8", "replace")) is not None


def _log(bench: Bench, container: str, matches: Matcher | None) -> Text:
    pod = aim.started_container(bench, container, running=False)
    aim.snapshot(bench, pod)
    bench.doing(say("reading the log of container {container}", container=container))
    seen, began = _Seen(), time.monotonic()
    if matches is None:
        with contextlib.suppress(ApiRefusal):  # between two lives there may be none
            path, query = _place(bench, pod, container)
            seen.add(bench.workspace.connection.read(path, query=query, limit=KEPT))
        return _text(bench, seen, container, _only_look(bench, container))
    found = _followed(bench, container, matches, seen)
    if not found:
        bench.in_vain(began)
    reason = _only_look(bench, container) if found else _silence(bench, container, seen.text)
    return _text(bench, seen, container, reason)


class _Seen:
    """The newest bytes of a log."""

    def __init__(self) -> None:
        self._data = bytearray()

    def add(self, data: bytes) -> None:
        self._data += data
        if len(self._data) > 2 * KEPT:
            del self._data[:-KEPT]

    def copy(self) -> bytes:
        return bytes(self._data)

    def take(self, data: bytes) -> None:
        self._data[:] = data

    @property
    def text(self) -> str:
        return bytes(self._data[-KEPT:]).decode("utf-8", "replace")


def _followed(bench: Bench, container: str, matches: Matcher, seen: _Seen) -> bool:
    """Follow the log, over restarts of the container, until it matches or the limit comes.

    Nothing can be logged between two lives: the kubelet's back-off (10 s, 20 s, …) is not counted.
    """
    until = aim.deadline(bench)
    while True:
        pod = bench.workspace.pod()
        if pod is not None and _one_life(bench, pod, container, matches, seen, until):
            return True
        since = time.monotonic()
        if since >= until or not _lives_again(bench, pod, container):
            return False
        until += time.monotonic() - since


def _one_life(
    bench: Bench,
    pod: aim.Pod,
    container: str,
    matches: Matcher,
    seen: _Seen,
    until: float,
) -> bool:
    """Read one life's log to its end; from its beginning again where the connection broke off."""
    before = seen.copy()
    while True:
        try:
            return _read_life(bench, pod, container, matches, seen, until)
        except Unanswered:
            if time.monotonic() >= until or bench.stop.wait(_AGAIN):
                raise
            seen.take(before)


def _read_life(
    bench: Bench,
    pod: aim.Pod,
    container: str,
    matches: Matcher,
    seen: _Seen,
    until: float,
) -> bool:
    path, query = _place(bench, pod, container)
    left = max(until - time.monotonic(), 0.05)
    query |= {"follow": "true"}
    with contextlib.suppress(Silence, ApiRefusal):  # silent to the end, or between two lives
        lines = bench.workspace.connection.lines(path, query=query, timeout=left)
        with bench.closer.closing(lines) as log:
            for line in log:
                seen.add(line + b"\n")
                if matches(line):
                    return True
                if time.monotonic() >= until:
                    break
    aim.check_stop(bench)
    return False


def _lives_again(bench: Bench, before: aim.Pod | None, container: str) -> bool:
    """Wait for the container to run again after its log ended (at most `limits.start` seconds);
    False if it will not.

    `before` is the Pod as its log began to be read: a log that ends is noticed late (the kubelet
    looks every few seconds), and the next life may be known by then.
    """
    goal = Goal(GoalKind.LOG, container)
    life = aim.running_ids(before).get(container) if before is not None else None

    def restarted() -> bool | None:
        pod = bench.workspace.pod()
        return True if pod and aim.running_ids(pod).get(container) != life else None

    return bool(bench.workspace.wait(goal, restarted, bench.exercise.limits.start).value)


def _place(bench: Bench, pod: aim.Pod, container: str) -> tuple[str, dict[str, str]]:
    return log_path(bench.workspace.namespace, aim.name_of(pod)), {"container": container}


def _only_look(bench: Bench, container: str) -> Reason:
    return Reason("different", look=_look(bench, container))


def _look(bench: Bench, container: str) -> Words:
    pod = bench.workspace.pod()
    name = bench.exercise.target.name if pod is None else typed(pod)
    return aim.look_into(f"kubectl logs {name} -c {container}")


def _silence(bench: Bench, container: str, text: str) -> Reason:
    """Why the log does not say it: what stands in the way, else only how long was waited."""
    doom = aim.obstacle(bench, Goal(GoalKind.LOG, container))
    look = _look(bench, container)
    if doom is not None and doom.code == "pod-finished":
        why = say("the Pod has ended, and it had not appeared until then")
        return Reason(doom.code, why=why, look=look)
    if doom is not None and doom.code != "silent":
        return Reason(doom.code, why=doom.why, look=doom.look or look)
    return _without_file(bench, container, text) or Reason("silent", why=_in_vain(bench), look=look)


def _in_vain(bench: Bench) -> Words:
    seconds = round(bench.exercise.limits.answer)
    return say("it did not appear within {seconds} s", seconds=seconds)


def _without_file(bench: Bench, container: str, text: str) -> Reason | None:
    """Why nothing comes from a container that still waits for its file: nobody writes it there."""
    missing = _NO_FILE.search(text.rstrip().rpartition("\n")[2])
    pod = bench.workspace.pod()
    if missing is None or pod is None:
        return None
    why = say(
        "container {container} finds no file {path}", container=container, path=missing["path"]
    )
    return Reason("silent", why=why, look=mounts.look_at_shared(pod))


# As busybox and the GNU tools say it.
_NO_FILE = re.compile(r"can(?:no|')t open '(?P<path>/[^']+)'.*: No such file or directory$")


def _text(bench: Bench, seen: _Seen, container: str, reason: Reason | None) -> Text:
    text = seen.text
    subject = say("the log of container {container}", container=container)
    if bench.role is Role.SETUP:
        whose = bench.exercise.target.name
        subject = say("the log of container {container} of {name}", container=container, name=whose)
    return Text(text, About(subject, reason, _last_lines(text)))


def _last_lines(text: str) -> Words:
    lines = [clipped(line, 200) for line in text.splitlines()[-_LAST_LINES:]]
    if not lines:
        return say("the log is empty")
    return say("the last lines: {lines}", lines=" ⏎ ".join(lines))
