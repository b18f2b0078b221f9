"""Asks from inside the learner's Pod: with its container's own client, or one of podgrade's."""

from __future__ import annotations

from collections.abc import Callable

from podgrade.cluster.connection import ExecAnswer
from podgrade.model.text import say
from podgrade.probes import aim, execute, guest, http, trust
from podgrade.probes.bench import Bench
from podgrade.probes.execute import Command

_CURL = "/usr/bin/curl"  # by its whole path: the container's PATH is the learner's


def asker(bench: Bench, container: str, *, reads: bool) -> Callable[[list[str]], ExecAnswer]:
    """What calls curl with the words it is given, in the network of the Pod.

    `reads`: the request changes nothing, and may be asked again if it is cut off.
    """
    pod = aim.started_container(bench, container, running=True)
    aim.snapshot(bench, pod)
    distrust = trust.distrust(bench, aim.require_container(pod, container))
    if distrust is None and _has_curl(bench, container):
        return lambda words: execute.said(bench, Command(container, (_CURL, *words), reads=reads))
    bench.doing(say("adding a container to the Pod, to ask from inside"))
    return lambda words: guest.said(bench, guest.NETWORK, ("curl", *words), http.OUTPUT_LIMIT)


def _has_curl(bench: Bench, container: str) -> bool:
    asked = Command(container, (_CURL, "--disable", "--version"), reads=True)
    return execute.said(bench, asked).code == 0
