"""Containers that cannot be made or whose command cannot be run.

Sources: the kubelet's CreateContainerConfigError, CreateContainerError, RunContainerError and
containerd's StartError; runc's words for what the kernel said.
"""

from __future__ import annotations

import re

from podgrade.model.reason import Doom
from podgrade.model.text import Message, say
from podgrade.workspace.doom.case import Case, short
from podgrade.workspace.doom.part import Part

_WAITING = ("RunContainerError", "CreateContainerError")
_ENDED = ("StartError", "ContainerCannotRun")
_PASSING = re.compile(
    r"deadline exceeded|timed out|failed to reserve|is reserved for|cannot allocate memory|"
    r"temporarily unavailable|no space left|too many open files|text file busy|cgroup|"
    r"connection refused|transport is closing|failed to sync",
    re.IGNORECASE,
)
_EXEC = re.compile(r'exec: "((?:[^"\\]|\\.)*)": (.*)', re.DOTALL)
_MOUNT = re.compile(r'error mounting "[^"]*" to rootfs at "([^"]+)"')
_NOT_ROOT = re.compile(r"runAsNonRoot|non-numeric user")


def start_doom(case: Case, part: Part) -> Doom | None:
    """Final: the runtime or the kubelet refuses to start what the manifest asks for."""
    message = start_error(part)
    if "OOM-killed" in message:
        return out_of_memory(part)
    if not message or _PASSING.search(message) or "exec format error" in message:
        return None
    return Doom("cannot-start", *_words(case, part, message), part.name)


def start_obstacle(case: Case, part: Part) -> Doom | None:
    """At the limit: a start that keeps failing for a reason of the machine's."""
    message = start_error(part) or _config_error(part)
    if not message:
        return None
    if "exec format error" in message:
        return wrong_program(part)
    if _PASSING.search(message):
        why = say(
            "container `{container}`: the node could not start it; this is not your mistake: "
            "{message}",
            container=part.name,
            message=short(message),
        )
        return Doom("node-trouble", why, say("try again later"), part.name, infrastructure=True)
    return Doom("cannot-start", *_words(case, part, message), part.name)


def out_of_memory(part: Part) -> Doom:
    """The kernel killed the container, or a process in it, for its memory."""
    limit = ((part.spec.get("resources") or {}).get("limits") or {}).get("memory")
    why = say(
        "container `{container}` was killed because it used too much memory (OOMKilled)",
        container=part.name,
    )
    if limit:
        why = say(
            "container `{container}` was killed because it used more memory than its limit of "
            "{limit} (OOMKilled)",
            container=part.name,
            limit=limit,
        )
    look = say("raise `resources.limits.memory`, or let the program use less")
    return Doom("out-of-memory", why, look, part.name)


def start_error(part: Part) -> str:
    """Why the container could not be started, in the runtime's words; empty if it could."""
    reason, message = part.why_waiting
    if reason in _WAITING:
        return message
    if reason == "CreateContainerConfigError" and _NOT_ROOT.search(message):
        return message
    ending = part.ending if part.running is None else None
    if ending and ending.get("reason") in _ENDED:
        return str(ending.get("message") or ending["reason"])
    return ""


def _config_error(part: Part) -> str:
    reason, message = part.why_waiting
    return message if reason == "CreateContainerConfigError" else ""


def wrong_program(part: Part) -> Doom:
    """The kernel knows no such format: a script without its first line, or a foreign machine's."""
    command = str((part.spec.get("command") or [""])[0])
    if _from_volume(part, command):
        why = say(
            "container `{container}`: `{command}` is no program the system can run",
            container=part.name,
            command=command,
        )
        look = say(
            "let the script begin with `#!/bin/sh`, or write `command: [sh, {command}]`",
            command=command,
        )
        return Doom("cannot-start", why, look, part.name)
    why = say(
        "container `{container}`: image `{image}` does not exist for this machine's "
        "processor; this is not your mistake",
        container=part.name,
        image=part.image,
    )
    return Doom("wrong-architecture", why, say("try again later"), part.name, infrastructure=True)


def _from_volume(part: Part, program: str) -> bool:
    mounts = [str(mount.get("mountPath")) for mount in part.spec.get("volumeMounts") or ()]
    return any(program.startswith(f"{path.rstrip('/')}/") for path in mounts)


def _words(case: Case, part: Part, message: str) -> tuple[Message, Message]:
    mount = _MOUNT.search(message)
    if mount:
        return _bad_mount(part, mount[1])
    if _NOT_ROOT.search(message):
        return (
            say(
                "container `{container}`: `runAsNonRoot` is set, but the image runs as root",
                container=part.name,
            ),
            say("set `runAsUser` to a number other than 0, or take `runAsNonRoot` out"),
        )
    program = _EXEC.search(message)
    if program:
        return _bad_program(case, part, program[1], program[2])
    if "no command specified" in message:
        return (
            say(
                "container `{container}`: the image has no command of its own", container=part.name
            ),
            say("give the container a `command`"),
        )
    why = say(
        "container `{container}` cannot be started: {message}",
        container=part.name,
        message=short(message),
    )
    return why, case.describe()


def _bad_mount(part: Part, path: str) -> tuple[Message, Message]:
    return (
        say(
            "container `{container}`: `{path}` is a file in the image, and a folder cannot be "
            "mounted over it",
            container=part.name,
            path=path,
        ),
        say("mount the folder's path, or one file of the volume with `subPath`"),
    )


def _bad_program(case: Case, part: Part, program: str, problem: str) -> tuple[Message, Message]:
    names = {"container": part.name, "program": program, "image": part.image}
    if "not found" in problem or "no such file" in problem:
        why = say(
            "container `{container}`: there is no program `{program}` in image `{image}`", **names
        )
        if " " in program.strip():
            return why, say('a command is a list: `[sh, -c, "…"]`, each word an item of its own')
        return why, say("check the first item of `command` (or `args`), letter by letter")
    if "is a directory" in problem:
        return (
            say("container `{container}`: `{program}` is a folder, not a program", **names),
            say("name the program inside it in `command`"),
        )
    if "permission denied" in problem:
        return _forbidden(part, names)
    why = say(
        "container `{container}`: `{program}` cannot be run: {problem}",
        **names,
        problem=short(problem),
    )
    return why, case.describe()


def _forbidden(part: Part, names: dict[str, str]) -> tuple[Message, Message]:
    why = say("container `{container}`: `{program}` may not be run (permission denied)", **names)
    if _from_volume(part, names["program"]):
        return why, say(
            "a file from a volume needs `defaultMode: 0755`, or `command: [sh, {program}]`", **names
        )
    return why, say("name a program in `command`, not a folder or a plain file")
