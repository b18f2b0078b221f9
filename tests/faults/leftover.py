"""What a run that was cut off left on the cluster, and whether that goes."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Collection
from pathlib import Path

from tests.faults.strokes import PODGRADE

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import path_of
from podgrade.workspace.run import EXPIRES

_MERGE = "application/merge-patch+json"
_SWEPT = 30.0  # seconds; the sweep is a thread of the next run's, on a busy machine


def standing(kubeconfig: Path, names: Collection[str]) -> set[str]:
    """Those of the namespaces that are there, and that nobody has begun to delete."""
    spaces = Connection.open(kubeconfig).request("GET", path_of("Namespace"))["items"]
    there = (one for one in spaces if one["status"]["phase"] != "Terminating")
    return {one["metadata"]["name"] for one in there} & set(names)


def clean(kubeconfig: Path, names: Collection[str]) -> set[str]:
    """What stands of these namespaces after `podgrade clean --run` of each of their runs."""
    for run in {name.split("-")[1] for name in names}:
        words = [*PODGRADE, "clean", "--run", run, "--kubeconfig", str(kubeconfig)]
        subprocess.run(words, check=True, capture_output=True, timeout=120)
    return standing(kubeconfig, names)


def let_expire(kubeconfig: Path, names: Collection[str]) -> None:
    """As if two hours had passed: the next run may delete what stands."""
    connection = Connection.open(kubeconfig)
    body = {"metadata": {"labels": {EXPIRES: "1"}}}
    for name in standing(kubeconfig, names):
        try:
            connection.request(
                "PATCH", path_of("Namespace", None, name), body=body, content_type=_MERGE
            )
        except ApiRefusal as refusal:
            if refusal.status != 404:
                raise


def unswept(kubeconfig: Path, names: Collection[str]) -> set[str]:
    """What the next run did not delete of it."""
    end = time.monotonic() + _SWEPT
    while (left := standing(kubeconfig, names)) and time.monotonic() < end:
        time.sleep(0.2)
    return left
