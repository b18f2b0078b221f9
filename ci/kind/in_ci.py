"""`python -m ci.kind.in_ci SECONDS`: a proof on a real kind, in what is left of a run's time.

Where Docker cannot run, or the time is too short, a sentence says so and that is all; what was
built by then is kept. The exit code is 1 only where something that was begun failed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ci.kind.docker import ROOT, bare
from ci.kind.parts import HERE, call, tell
from ci.kind.prove import BUILD, is_built, stop

from podgrade.cluster.providers.node_build import programs_folder
from podgrade.cluster.providers.node_paths import cache_folder, node_sources

EXERCISES = ("sidecar", "init-wait")
AT_LEAST_BUILDING = 10 * 60.0  # seconds; in less it gets nowhere
AT_MOST_BUILDING = 25 * 60.0
AT_MOST_PROVING = 30 * 60.0  # a proof that takes longer hangs
ENOUGH = 15 * 60.0  # without so much time it is not begun
_ORPHANED = ("setpriv", "--pdeathsig", "TERM")  # it ends its work even when we are killed
ENDING = 150.0  # until all that was cut off has ended: a cluster's deletion may itself hang


def main(seconds: float) -> int:
    """Build what is missing and prove, all within these seconds; the exit code."""
    end = time.monotonic() + seconds
    if seconds < ENOUGH + ENDING:
        return _left_out(f"{minutes(seconds)} are left, {minutes(ENOUGH + ENDING)} are needed")
    why = why_no_docker()
    if why:
        return _left_out(f"Docker cannot run here: {why}")
    if not is_built():
        code = _build(end - time.monotonic())
        if code is not None:
            return code
    return _prove(end - time.monotonic())


def _build(left: float) -> int | None:
    """Build kind's node image; the exit code if there is to be no proof."""
    limit = min(AT_MOST_BUILDING, left - ENOUGH - 2 * ENDING)
    if limit < AT_LEAST_BUILDING:
        return _left_out(f"no time to build the node image: {minutes(left)} are left")
    code = bounded([sys.executable, "-m", "ci.kind.prove", BUILD], limit)
    if code is None:
        return _left_out(f"the build was ended after {minutes(limit)}; what is built is kept")
    return 1 if code else None


def _prove(left: float) -> int:
    limit = min(AT_MOST_PROVING, left - ENDING)
    if limit < ENOUGH:
        return _left_out(f"the node image is there, but only {minutes(left)} are left")
    code = bounded([sys.executable, "-m", "ci.kind.prove", *EXERCISES], limit)
    if code is None and limit < AT_MOST_PROVING:
        return _left_out(f"neither proven nor not after {minutes(limit)}, which was all the time")
    if code is None:
        tell(f"the proof hung: ended after {minutes(limit)}")
    return 1 if code != 0 else 0


def _left_out(why: str) -> int:
    tell(f"left out: {why}")
    return 0


def minutes(seconds: float) -> str:
    """For people: `12.5 min`."""
    return f"{max(seconds, 0) / 60:.1f} min"


def why_no_docker() -> str:
    """Why no container can be started here, in the last words of what failed; else nothing."""
    try:
        call([HERE / "install-docker"])
        _start_a_container(cache_folder())
    except (RuntimeError, OSError) as error:
        return str(error).strip().rpartition("\n")[2]
    return ""


def _start_a_container(cache: Path) -> None:
    """As kind's nodes are started: privileged, its files on the file system of the cache."""
    (cache / "kind").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".trying-", dir=cache / "kind") as folder:
        image = Path(folder, "image.tar")
        with tarfile.open(image, "w") as archive:
            archive.add(programs_folder(node_sources(), cache) / "applets", "printenv")
        with bare(Path(folder, "docker")) as running:
            running.run("docker", "import", image, "podgrade/trial:1", seconds=60)
            words = ["--rm", "--privileged", "podgrade/trial:1", "/printenv", "PATH"]
            running.run("docker", "run", *words, seconds=60)


def bounded(command: Sequence[str], seconds: float) -> int | None:
    """Run a command; its exit code, None if it was ended because it took longer.

    Of what it started nothing is left then, nor of its temporary files.
    """
    with tempfile.TemporaryDirectory(prefix="podgrade-ci-", ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(  # noqa: S603 - our own words
            [*_ORPHANED, *command],
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
            env={**os.environ, "TMPDIR": folder},
            start_new_session=True,
        )
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it and what it started to end; who does not in time is killed."""
    with suppress(ProcessLookupError, subprocess.TimeoutExpired):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(ENDING)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    try:
        sys.exit(main(float(sys.argv[1])))
    except KeyboardInterrupt:
        sys.exit(130)
