"""Exit codes in words.

Source: POSIX shells' 126 and 127, 128 + signal, and the kubelet's reasons.
"""

from __future__ import annotations

import re

from podgrade.model.text import Message, say
from podgrade.workspace.doom.case import Case
from podgrade.workspace.doom.part import Part, Role
from podgrade.workspace.doom.terms import GoalKind, Json
from podgrade.workspace.target import typed

_SIGNALS = {6: "SIGABRT", 9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM"}
_NO_COMMAND = re.compile(r"(?:sh: (?:line )?(?:\d+: )?|exec: )?([\w./-]+): (?:command )?not found")


def exit_words(ending: Json) -> Message:
    """The exit code with what it usually means."""
    code = int(ending.get("exitCode", 0))
    if code == 0:
        return say("exit code 0, it had nothing more to do")
    if code == 126:
        return say("exit code 126, a program in it may not be run")
    if code == 127:
        return say("exit code 127, a program in it was not found")
    signal = _SIGNALS.get(code - 128)
    if signal:
        return say("exit code {code}, it was ended by {signal}", code=code, signal=signal)
    return say("exit code {code}", code=code)


def hint(case: Case, part: Part, ending: Json, lines: str) -> Message | None:
    """The next step, where the exit code or the last lines make it obvious."""
    code = ending.get("exitCode")
    if code == 0 and part.role is not Role.INIT:
        return _after_success(case, part)
    missing = _NO_COMMAND.search(lines)
    if code == 127 and missing:
        return say(
            "image `{image}` has no program `{program}`: use another one or another image",
            image=part.image,
            program=missing[1],
        )
    if "Address already in use" in lines or "Address in use" in lines:
        return say("all containers of a Pod share their ports: let each listen on one of its own")
    if "Read-only file system" in lines:
        return _writable(part, lines)
    return None


def _after_success(case: Case, part: Part) -> Message:
    """Whether it is to go on or to be left alone depends on what is waited for."""
    over = case.goal.kind is GoalKind.SUCCEEDED
    if over and part.role is Role.SIDECAR:
        return say("what is to end for good is no sidecar: move it to `containers:`")
    if over and part.policy == "Always":
        return say("set `restartPolicy: Never`: what has ended well is left alone then")
    if part.policy != "Always" and not typed(case.pod).startswith("job/"):
        return say("with `restartPolicy: Always` it is started again; or let its command run on")
    return say("let its command run on, for instance with `tail -f` or a loop that sleeps")


def _writable(part: Part, lines: str) -> Message:
    """Without `readOnly` there it is a volume that can be read only, or the container's own."""
    mounts = part.spec.get("volumeMounts") or ()
    named = [mount for mount in mounts if f"{mount['mountPath']}/" in lines]
    if any(mount.get("readOnly") for mount in named or mounts):
        return say("take `readOnly` off the mount it has to write to")
    return say(
        "let it write into another volume, such as an emptyDir: what is mounted from a ConfigMap "
        "or a Secret can only be read"
    )
