"""Whether a container runs at this moment, by the one who knows: the container runtime.

The kubelet can report a container that has ended as running, for seconds on a busy node. A
followed log is more exact: the kubelet ends it as soon as the runtime says that the container
does not run (pkg/kubelet/kuberuntime/logs, waitLogs).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from podgrade.cluster.connection import ApiRefusal, Silence
from podgrade.cluster.kinds import log_path
from podgrade.cluster.retry import persistently
from podgrade.probes.bench import Bench

Pod = Mapping[str, Any]

LOOK = 1.0  # seconds of silence after which a container is taken for running
_TROUBLE = 15.0  # seconds in which a log that cannot be had is asked for again


def is_alive(bench: Bench, pod: Pod, container: str) -> bool:
    """True if the container runs; takes up to a second.

    Raises InfrastructureError where the cluster does not answer.
    """
    return persistently(lambda: _follows(bench, pod, container), seconds=_TROUBLE, stop=bench.stop)


def _follows(bench: Bench, pod: Pod, container: str) -> bool:
    path = log_path(bench.workspace.namespace, str(pod["metadata"]["name"]))
    query = {"container": container, "follow": "true", "tailLines": "0"}
    connection = bench.workspace.connection
    try:
        with connection.lines(path, query=query, timeout=LOOK) as lines:
            return next(lines, None) is not None
    except Silence:
        return True
    except ApiRefusal:  # between two lives there may be no log
        return False


def are_alive(bench: Bench, containers: Sequence[tuple[Pod, str]]) -> bool:
    """True if all of these containers of these Pods run; all are asked at once."""
    if not containers:
        return True
    with ThreadPoolExecutor(len(containers)) as pool:
        return all(pool.map(lambda one: is_alive(bench, *one), containers))
