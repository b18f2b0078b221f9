"""Docker in a network namespace without an uplink, ended with all that it started."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ci.kind.parts import APART, HERE, Parts, call
from ci.kind.root import ADDRESS, PORT

from podgrade.cluster.providers.node_process import remove_cgroups

ROOT = HERE.parents[1]
_PREFIX = "podgrade-kind-"  # of network namespaces and control groups; the process's id follows
_ORPHANED = ("setpriv", "--pdeathsig", "KILL")  # what is started so ends even when we are killed
_UP_WITHIN = 90.0  # seconds
_DOWN_WITHIN = 30.0
# The shell is the first process of the PID namespace: it reaps, and hands SIGTERM on.
_FIRST = 'dockerd "$@" & child=$!; trap "kill -TERM $child" TERM; wait $child; wait $child'


@dataclass(frozen=True)
class Docker:
    """A running Docker: what its clients need."""

    namespace: str  # of the network
    environment: Mapping[str, str]
    state: Path  # its sockets and logs

    @property
    def enter(self) -> list[str]:
        """What a command that is to use it is started with."""
        return ["nsenter", f"--net=/run/netns/{self.namespace}"]

    def run(self, *command: str | Path, seconds: float = 600) -> str:
        """Run a command beside it; what it printed. Raises RuntimeError with its last words."""
        return call([*self.enter, *command], seconds=seconds, env=self.environment)


@contextmanager
def docker(data: Path, parts: Parts) -> Iterator[Docker]:
    """A Docker as `bare`, with what kind's nodes ask for names and for images."""
    with (
        bare(data, parts.programs) as running,
        _beside(running, "names", _name_server(running, parts)),
        _beside(running, "registry", _registry(parts)),
    ):
        yield running


@contextmanager
def bare(data: Path, *programs: Path) -> Iterator[Docker]:
    """A Docker whose images are in `data`; nothing of it runs, or is mounted, afterwards.

    Its clients find these folders of programs on their PATH, too.
    """
    name = f"{_PREFIX}{os.getpid()}"
    with ExitStack() as stack:
        state = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix=f"{name}-", dir="/run"))
        )
        temporary = stack.enter_context(tempfile.TemporaryDirectory(prefix=f"{name}-"))
        _sweep()
        call(["ip", "netns", "add", name])
        stack.callback(call, ["ip", "netns", "delete", name])
        call(["ip", "-n", name, "address", "add", f"{ADDRESS}/32", "dev", "lo"])
        call(["ip", "-n", name, "link", "set", "lo", "up"])
        stack.callback(remove_cgroups, f"/{name}")
        # Debian's Docker and nothing else's; podgrade and Python from where this one runs.
        own = Path(sys.executable).parent
        found = os.pathsep.join(map(str, (own, *programs)))
        environment = {
            "PATH": f"{found}:/usr/sbin:/usr/bin:/sbin:/bin",
            "DOCKER_HOST": f"unix://{state}/docker.sock",
            "DOCKER_BUILDKIT": "0",
            "TMPDIR": temporary,
        }
        running = Docker(name, environment, state)
        stack.enter_context(_daemon(running, data))
        yield running


def _sweep() -> None:
    """Remove what is left of runs that were killed; their processes died with them."""
    for line in call(["ip", "netns", "list"]).splitlines():
        name = line.split()[0]
        if name.startswith(_PREFIX) and not Path("/proc", name.removeprefix(_PREFIX)).exists():
            remove_cgroups(f"/{name}")
            call(["ip", "netns", "delete", name])
            for folder in Path("/run").glob(f"{name}-*"):
                shutil.rmtree(folder, ignore_errors=True)


def _name_server(running: Docker, parts: Parts) -> list[str]:
    text = (HERE / "files/Corefile").read_text("utf-8").replace("ADDRESS", ADDRESS)
    (running.state / "Corefile").write_text(text, encoding="utf-8")
    return [str(parts.programs / "coredns"), "-conf", str(running.state / "Corefile")]


def _registry(parts: Parts) -> list[str]:
    return [sys.executable, "-m", "ci.kind.registry", str(parts.images), ADDRESS, str(PORT)]


@contextmanager
def _beside(running: Docker, name: str, command: Sequence[str]) -> Iterator[None]:
    """A program that runs in the network namespace meanwhile."""
    with (running.state / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own programs
            [*_ORPHANED, *running.enter, *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **running.environment},
            cwd=ROOT,
            start_new_session=True,
        )
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def _daemon(running: Docker, data: Path) -> Iterator[None]:
    """Dockerd in PID and mount namespaces of its own: what ends it ends its containers, too."""
    state = running.state
    options = [
        f"--data-root={data}",
        f"--exec-root={state}/exec",
        f"--pidfile={state}/docker.pid",
        f"--host=unix://{state}/docker.sock",
        "--storage-driver=overlay2",
        "--oom-score-adjust=0",
        "--exec-opt=native.cgroupdriver=cgroupfs",
        f"--cgroup-parent=/{running.namespace}",
        f"--add-runtime=podgrade={HERE}/files/runc",
        "--default-runtime=podgrade",
        f"--dns={ADDRESS}",
    ]
    with (state / "dockerd.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own programs
            [*_ORPHANED, *running.enter, *APART, "bash", "-c", _FIRST, "dockerd", *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **running.environment},
            start_new_session=True,
        )
    try:
        _await(running, process, state / "dockerd.log")
        yield
    finally:
        _end(process, f"/{running.namespace}")


def _await(running: Docker, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _UP_WITHIN
    while True:
        with suppress(RuntimeError):
            running.run("docker", "version", "--format", "{{.Server.Version}}", seconds=20)
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"dockerd did not start: {log.read_text('utf-8')[-2000:]}")
        time.sleep(0.3)


def _end(process: subprocess.Popen[bytes], cgroups: str) -> None:
    """Ask dockerd to end, which lets it put its files in order; what is frozen could not."""
    thaw(cgroups)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    with suppress(OSError, ValueError, subprocess.TimeoutExpired):
        os.kill(int(children.read_text("ascii").split()[0]), signal.SIGTERM)
        process.wait(_DOWN_WITHIN)
    thaw(cgroups)
    process.kill()
    process.wait()


def thaw(cgroups: str) -> None:
    """Let what is frozen go on: SIGKILL does not reach a `runc init` in a frozen group (v1)."""
    for state in Path("/sys/fs/cgroup/freezer", cgroups.strip("/")).rglob("freezer.state"):
        with suppress(OSError):
            state.write_text("THAWED", encoding="ascii")
