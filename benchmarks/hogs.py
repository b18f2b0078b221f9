"""How much slower the next learner's verdict is beside a hog, and after one.

    python -m benchmarks.hogs --trials 5 [--kubeconfig FILE] [--only memory ...]

For each hog of tests/hogs.py, by turns: the right answer of `sidecar` alone on the cluster; beside
a hog that has just begun; and right after a hog's workspace was given back. The seconds are those
from handing in to the verdict, as `podgrade check --format json` says them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.hogs import HOGS, REFUSED, RIGHT

from podgrade.cluster.connection import Connection
from podgrade.cluster.watch import Watch
from podgrade.grading import catalogue
from podgrade.model.submission import SourceFile
from podgrade.workspace.pool import Workspaces
from podgrade.workspace.read import parse
from podgrade.workspace.run import Run
from podgrade.workspace.workspace import Workspace

PODGRADE = str(Path(sys.executable).with_name("podgrade"))
WAYS = ("alone", "beside", "after")


def verdict(kubeconfig: Path) -> float:
    """Seconds of one right verdict; a wrong one ends the measurement."""
    command = [PODGRADE, "check", "sidecar", str(RIGHT), "--kubeconfig", str(kubeconfig)]
    done = subprocess.run([*command, "--format", "json"], capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stdout.decode() + done.stderr.decode())
    result: dict[str, Any] = json.loads(done.stdout)
    return float(result["seconds"])


@contextlib.contextmanager
def workspaces(kubeconfig: Path) -> Iterator[Workspaces]:
    """Where hogs are let loose; nothing of it stays."""
    connection = Connection.open(kubeconfig)
    watch = Watch(connection, threading.Event())
    watch.start()
    made = Workspaces(connection, watch, Run.new())
    try:
        yield made
    finally:
        made.close(timeout=60.0)
        watch.close()


def let_loose(made: Workspaces, name: str) -> Workspace:
    """A workspace in which the hog has begun."""
    workspace = made.take(catalogue.exercise("sidecar"))
    manifest = parse([SourceFile("hog.yaml", HOGS[name].encode())])
    if not workspace.hand_in(manifest).accepted:
        raise SystemExit(f"{name} was refused")
    return workspace


def trial(made: Workspaces, kubeconfig: Path, name: str) -> dict[str, float]:
    """One verdict each way."""
    found = {"alone": verdict(kubeconfig)}
    hog = let_loose(made, name)
    found["beside"] = verdict(kubeconfig)
    made.release(hog)
    found["after"] = verdict(kubeconfig)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=5)
    parser.add_argument("--kubeconfig", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=[one for one in HOGS if one not in REFUSED])
    chosen = parser.parse_args()
    print(f"{'hog':<14}" + "".join(f"{way:>10}" for way in WAYS) + f"{'slower':>18}")
    with workspaces(chosen.kubeconfig) as made:
        verdict(chosen.kubeconfig)  # the first one warms caches up
        for name in chosen.only:
            trials = [trial(made, chosen.kubeconfig, name) for _ in range(chosen.trials)]
            medians = {way: statistics.median(one[way] for one in trials) for way in WAYS}
            slower = [medians[way] / medians["alone"] - 1 for way in WAYS[1:]]
            figures = "".join(f"{medians[way]:>9.2f}s" for way in WAYS)
            print(f"{name:<14}{figures}" + "".join(f"{part:>+9.0%}" for part in slower), flush=True)


if __name__ == "__main__":
    main()
