"""The probe `processes`: what runs in a Pod, as one of its containers sees it."""

from __future__ import annotations

from collections.abc import Iterator

from podgrade.model.failure import Failure
from podgrade.model.reason import Reason
from podgrade.model.text import clipped, say
from podgrade.probes.bench import Bench
from podgrade.probes.execute import Command, ran
from podgrade.probes.tape import Stage
from podgrade.probes.values import About, Process, Processes, Text

# The PID namespace; then PID and command line of every process but the asking shell itself.
_LIST = """\
/bin/readlink "/proc/$$/ns/pid" || exit
for process in /proc/[0-9]*; do
  pid=${process#/proc/}
  [ "$pid" = "$$" ] && continue
  printf '\\036%s\\037' "$pid"
  /bin/cat "$process/cmdline" 2> /dev/null
done
true
"""
_SHOWN = 12  # processes that are listed for people


class ProcessesProbe:
    """`processes("watcher")`: the processes that are seen from inside the container (/proc).

    Asked by a command, under the conditions of `exec`. Raises Failure where it cannot be run.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, container: str) -> Processes:
        """Each process with its PID and command line; kernel threads have none and are left out."""
        answer: Processes = self._stage.ask(
            f"processes({container!r})", lambda bench: _seen_in(bench, container)
        )
        return answer


def _seen_in(bench: Bench, container: str) -> Processes:
    said = ran(bench, Command(container, ("/bin/sh", "-c", _LIST), reads=True))
    if said.code != 0:
        why = say("{error}", error=str(said.err).strip())
        raise Failure(Reason("cannot-exec", why=why))
    found = tuple(parsed(str(said.out)))
    listed = " ⏎ ".join(f"{one.pid} {clipped(one.command, 60)}" for one in found[:_SHOWN])
    shown = say("processes {listed}", listed=listed or "-")
    subject = say("processes that container {container} sees", container=container)
    reason = _unshared(bench)
    space = say("PID namespace of container {container}", container=container)
    namespace = Text(str(said.out).partition("\n")[0], About(space, reason))
    return Processes(found, namespace, About(subject, reason, shown))


def parsed(text: str) -> Iterator[Process]:
    """The processes of the list's output: PID and command line, its words joined by spaces."""
    for entry in text.split("\x1e")[1:]:
        pid, _, command = entry.partition("\x1f")
        if command.strip("\0 \n"):
            yield Process(int(pid), " ".join(command.rstrip("\0\n ").split("\0")))


def _unshared(bench: Bench) -> Reason | None:
    pod = bench.workspace.pod()
    if pod is None or pod["spec"].get("shareProcessNamespace"):
        return None
    why = say("each container of the Pod sees only its own processes: they are not shared")
    look = say("See `kubectl explain pod.spec.shareProcessNamespace`")
    return Reason("processes-not-shared", why=why, look=look)
