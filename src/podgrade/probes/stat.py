"""A file's mode, owner and time as a container sees them, and why they are not as expected."""

from __future__ import annotations

import stat as modes
import time
from collections.abc import Mapping
from typing import Any

from podgrade.model.reason import Reason
from podgrade.model.text import Words, say
from podgrade.probes.kubectl import running_since
from podgrade.probes.mounts import look_at_owner
from podgrade.probes.values import About, Flag, Number, Stat, Text

Pod = Mapping[str, Any]

# stat(1), busybox's and the GNU one: raw mode in hex, owner, seconds of the last change.
FORMAT = "%f %u %g %Y"


def found(pod: Pod, container: str, path: str, said: str) -> Stat:
    """What `stat -c FORMAT` said of a file that is there."""
    raw, uid, gid, changed = said.split()
    bits = int(raw, 16)
    mode = f"{modes.S_IMODE(bits):04o}"
    about = {"path": path, "container": container}
    owner = say(
        "{path} in container {container} is owned by {uid}:{gid}", uid=uid, gid=gid, **about
    )
    foreign = _foreign(pod, path, container)
    return Stat(
        Text(mode, _mode(pod, path, container, mode, modes.filemode(bits))),
        Number(
            int(uid),
            About(say("owner of {path} in container {container}", **about), foreign, owner),
        ),
        Number(
            int(gid),
            About(say("group of {path} in container {container}", **about), foreign, owner),
        ),
        _before_start(pod, container, path, int(changed)),
    )


def missing(container: str, path: str, reason: Reason) -> Stat:
    """What is to be said where there is no such file, for the reason given."""
    about = {"path": path, "container": container}
    none = reason.seen or say("{path} in container {container}: not there", **about)
    return Stat(
        Text("", About(say("mode of {path} in container {container}", **about), reason, none)),
        Number(-1, About(say("owner of {path} in container {container}", **about), reason, none)),
        Number(-1, About(say("group of {path} in container {container}", **about), reason, none)),
        Flag(False, About(_was_there(path, container), reason, none)),
    )


def _mode(pod: Pod, path: str, container: str, mode: str, letters: str) -> About:
    about = {"path": path, "container": container}
    why = say(
        "what is made anew gets the mode that the umask leaves it, until `chmod` is used on it"
    )
    look = look_at_owner(pod, container, path)
    return About(
        say("mode of {path} in container {container}", **about),
        Reason("other-mode", why=why, look=look),
        say(
            "{path} in container {container} has mode {mode} ({letters})",
            mode=mode,
            letters=letters,
            **about,
        ),
    )


def _foreign(pod: Pod, path: str, container: str) -> Reason:
    why = say("what is made anew belongs to the user who made it, until `chown` is used on it")
    return Reason("other-owner", why=why, look=look_at_owner(pod, container, path))


def _before_start(pod: Pod, container: str, path: str, changed: int) -> Flag:
    started = running_since(pod, container)
    about = About(_was_there(path, container))
    if started is None or changed <= started:
        return Flag(started is not None, about)
    why = say(
        "it was last changed {seconds} s after container {container} started",
        seconds=changed - started,
        container=container,
    )
    look = say("Let an init container make it: it ends before the other containers start")
    shown = say(
        "changed at {changed}, started at {started}",
        changed=_clock(changed),
        started=_clock(started),
    )
    return Flag(False, About(about.subject, Reason("newer-than-start", why=why, look=look), shown))


def _was_there(path: str, container: str) -> Words:
    return say(
        "{path} is from before the start of container {container}", path=path, container=container
    )


def _clock(seconds: int) -> str:
    return time.strftime("%H:%M:%S UTC", time.gmtime(seconds))
