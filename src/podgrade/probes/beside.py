"""Files of a container whose own programs prove nothing, reached from a guest beside it.

A guest aimed at a container (`targetContainerName`) is in its PID namespace: /proc/1/root is the
container's file system with all its mounts. The kernel lets the guest in if it is the same user
and has no fewer capabilities (ptrace(2), PTRACE_MODE_READ_FSCREDS).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from podgrade.model.failure import Failure
from podgrade.probes import aim, execute, guest, kubectl, trust
from podgrade.probes.bench import Bench
from podgrade.probes.execute import Command
from podgrade.probes.values import Ran

Pod = Mapping[str, Any]

ROOT = "/proc/1/root"
_NO_WAY = 125
# An absolute link in the path would lead out of the container into the guest.
_ENTER = f"""\
[ -d {ROOT}/. ] || exit {_NO_WAY}
at={ROOT} path=$1 IFS=/
for part in $path; do
  at=$at/$part
  [ -L "$at" ] && case $(readlink "$at") in /*) exit {_NO_WAY};; esac
done
shift
exec "$@"
"""


def ran(bench: Bench, command: Command, path: str) -> Ran:
    """Run a command about one file, whose path is one of its words: in the container or, if its
    answer would prove nothing, beside it.

    Raises Failure where there is no way into the container: its processes are the whole Pod's,
    it has another user, or the path leads over an absolute link.
    """
    pod = aim.started_container(bench, command.container, running=True)
    distrust = trust.distrust(bench, aim.require_container(pod, command.container))
    if distrust is None:
        return execute.ran(bench, command)
    if pod["spec"].get("shareProcessNamespace"):
        raise Failure(distrust)
    aim.snapshot(bench, pod)
    moved = tuple(ROOT + path if word == path else word for word in command.words)
    words = ("/bin/sh", "-c", _ENTER, "sh", path, *moved)
    said = guest.said(bench, _place(pod, command.container), words, execute.LIMIT)
    if said.code == _NO_WAY:
        raise Failure(distrust)
    told = replace(said, err=said.err.replace(ROOT.encode(), b""))
    return execute.as_answer(command.container, " ".join(command.words), told)


def _place(pod: Pod, container: str) -> guest.Place:
    """Beside the container, as the user that the kubelet says it runs as (else as root)."""
    status = kubectl.status_of(pod, container) or {}
    user = (status.get("user") or {}).get("linux") or _declared(pod, container)
    return guest.Place(container, int(user.get("uid", 0)), int(user.get("gid", 0)))


def _declared(pod: Pod, container: str) -> dict[str, Any]:
    """The user of the manifest, for servers that do not report the real one (before 1.31)."""
    own = aim.require_container(pod, container).get("securityContext") or {}
    both = (pod["spec"].get("securityContext") or {}) | own
    return {"uid": both.get("runAsUser") or 0, "gid": both.get("runAsGroup") or 0}
