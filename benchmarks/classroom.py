"""A class of right submissions of `sidecar`, side by side with the floor and with other tools.

    python benchmarks/classroom.py --learners 100 --at-once 16 --trials 3 [--others] [--mixed]

Each trial runs every contestant once, in an order that rotates, each as a process of its own on a
cluster that is up. The floor creates the same Pods bare, in one namespace, as many at once, sees
each Ready in one watch, and puts the next in its place. The others work on the same files: a
namespace for each, apply, wait for Ready, two requests, their lines in the sidecar's log. What
podgrade checks is what the exercise has: seven checks. Other tools' packages go into a venv of
the benchmark's own (--venv).
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
CONTESTANTS = Path(__file__).with_name("contestants")
METERED = Path(__file__).with_name("metered.py")
FIXTURES = ROOT / "fixtures/sidecar"
RIGHT = FIXTURES / "reference/pod/pod.yaml"
DOOMED = ("image-typo", "image-tag", "command-one-word")
REFUSED = ("unknown-field", "undeclared-volume", "container-name-invalid")
PACKAGES = ("pytest", "pytest-xdist", "pytest-kubernetes", "kr8s", "kubernetes", "pyyaml")
LIMIT = 1500  # seconds for one contestant


@dataclass(frozen=True)
class Ran:
    """What a process took: seconds of the clock and of processors, memory in MiB at its most."""

    seconds: float
    processor: float
    memory: float
    early: float = 0.0
    """MiB when a quarter of the results were there (podgrade only)."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=100)
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--trials", type=int, default=3)
    parser.add_argument("--kubeconfig", type=Path, default=os.environ.get("KUBECONFIG"))
    parser.add_argument("--others", action="store_true", help="the other tools, too")
    parser.add_argument("--mixed", action="store_true", help="a class with mistakes, too")
    parser.add_argument("--only", default="", help="of the others, those with this in their name")
    parser.add_argument("--calls", action="store_true", help="count podgrade's API calls only")
    parser.add_argument("--collect", type=int, help="collect this many items and nothing else")
    parser.add_argument("--venv", type=Path, default=Path("/tmp/podgrade-bench-venv"))
    options = parser.parse_args()
    os.environ["KUBECONFIG"] = str(Path(options.kubeconfig).resolve())
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), options.learners, options.at_once, options.venv)
        if options.collect:
            bench.collect(options.collect)
        elif options.calls:
            bench.calls()
        else:
            bench.compare(options.trials, options.only, others=options.others, mixed=options.mixed)


class Bench:
    """One class and everybody who grades it."""

    def __init__(self, folder: Path, learners: int, at_once: int, own: Path) -> None:
        self._folder, self._learners, self._at_once = folder, learners, at_once
        self._venv = own
        self._right = folder / "right"
        self._mixed = folder / "mixed"
        self._write(self._right, [RIGHT] * learners)
        self._write(self._mixed, mixture(learners))

    def _write(self, folder: Path, sources: list[Path]) -> None:
        """Each file is another one: the same work would be graded once."""
        folder.mkdir()
        for number, source in enumerate(sources):
            text = f"# learner {number}\n{source.read_text()}"
            (folder / f"learner-{number:04}.yaml").write_text(text)

    def compare(self, trials: int, only: str, *, others: bool, mixed: bool) -> None:
        contestants: dict[str, Callable[[], Ran]] = {
            "floor: bare Pods to Ready": self.floor,
            "podgrade class": lambda: self.podgrade(self._right),
        }
        if mixed:
            contestants["podgrade class, 20 % doomed, 10 % refused"] = lambda: self.podgrade(
                self._mixed
            )
        if others:
            contestants |= {name: run for name, run in self._others().items() if only in name}
        found: dict[str, list[Ran]] = {name: [] for name in contestants}
        names = list(contestants)
        for trial in range(trials):
            turn = trial % len(names)
            for name in (*names[turn:], *names[:turn]):
                clean()
                found[name].append(contestants[name]())
                load = os.getloadavg()[0]
                print(f"{trial} {name}: {found[name][-1]} load {load:.0f}", flush=True)
        clean()
        self._table(found)

    def _others(self) -> dict[str, Callable[[], Ran]]:
        if not self._venv.exists():
            venv.create(self._venv, with_pip=True)
            pip = [str(self._venv / "bin/pip"), "install", "-q", *PACKAGES]
            subprocess.run(pip, check=True, timeout=LIMIT)
        python, many = self._venv / "bin/python", str(self._at_once)
        plain = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        plain += ["--noconftest", "-c", os.devnull, f"--rootdir={CONTESTANTS}"]
        loop = ["bash", CONTESTANTS / "loop.sh", self._right]
        return {
            "shell loop of kubectl": lambda: self.other([*loop, "1"]),
            "shell loop of kubectl, as many at once": lambda: self.other([*loop, many]),
            "pytest-kubernetes": lambda: self.other(
                [*plain, CONTESTANTS / "test_pytest_kubernetes.py"]
            ),
            "pytest -n 8 with the plain client": lambda: self.other(
                [*plain, "-n", "8", CONTESTANTS / "test_plain_client.py"]
            ),
            "kr8s with asyncio": lambda: self.other(
                [python, CONTESTANTS / "with_kr8s.py", self._right, many]
            ),
        }

    def other(self, command: list[Any]) -> Ran:
        """Another tool; it must get through."""
        env = {**os.environ, "SUBMISSIONS": str(self._right)}
        env.pop("PYTHONPATH", None)
        return ran(list(map(str, command)), env, {0})

    def podgrade(self, folder: Path) -> Ran:
        """The command as a teacher runs it, but for the number at once, which all share."""
        output = Path(tempfile.mkdtemp(dir=self._folder))
        journal = output / "journal.jsonl"
        done = ran(self._command(folder, output), dict(os.environ), {0, 1}, journal)
        verdicts = [json.loads(line)["result"]["verdict"] for line in journal.open()]
        wrong = verdicts.count("error") + (folder == self._right) * verdicts.count("failed")
        if wrong or len(verdicts) != self._learners:
            print(f"not all as they should be: {len(verdicts)} verdicts, {wrong} wrong", flush=True)
        return done

    def _command(self, folder: Path, output: Path) -> list[str]:
        code = "from podgrade.cli.main import main; main()"
        return [sys.executable, "-c", code, *self._words(folder, output)]

    def _words(self, folder: Path, output: Path) -> list[str]:
        words = ["class", "sidecar", str(folder), "--output", str(output)]
        return [*words, "--in-flight", str(self._at_once)]

    def calls(self) -> None:
        """Each kind of call, by how many there were for a submission."""
        counts = self._folder / "counts"
        clean()
        words = self._words(self._right, self._folder / "output")
        ran([sys.executable, str(METERED), str(counts), *words], dict(os.environ), {0, 1})
        found = json.loads(counts.read_text())["by_call"]
        for call, count in sorted(found.items(), key=lambda pair: -pair[1]):
            print(f"| {call} | {count / self._learners:.2f} |")
        print(f"| all | {sum(found.values()) / self._learners:.2f} |")

    def collect(self, items: int) -> None:
        """How long pytest takes to collect so many items of the exercise."""
        folder = self._folder / "many"
        checks = 8  # the exercise's seven and that it is accepted
        self._write(folder, [RIGHT] * -(-items // checks))
        words = ["--collect-only", "-q", "-p", "no:cacheprovider", f"--submissions={folder}"]
        command = [sys.executable, "-m", "pytest", str(ROOT / "graders/test_sidecar.py"), *words]
        for _ in range(3):
            print(ran(command, dict(os.environ), {0}), f"load {os.getloadavg()[0]:.0f}")

    def floor(self) -> Ran:
        """Bare Pods: as many at once, the next as soon as one is Ready."""
        began, used = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
        Floor(self._learners, self._at_once).run()
        now = resource.getrusage(resource.RUSAGE_SELF)
        processor = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
        return Ran(time.monotonic() - began, processor, 0.0)

    def _table(self, found: dict[str, list[Ran]]) -> None:
        floor = statistics.median(one.seconds for one in found["floor: bare Pods to Ready"])
        print("| contestant | median s | min–max s | × floor | CPU s each | MiB | MiB a learner |")
        print("|---|---|---|---|---|---|---|")
        for name, runs in found.items():
            seconds = sorted(one.seconds for one in runs)
            middle = statistics.median(seconds)
            each = statistics.median(one.processor for one in runs) / self._learners
            most = max(one.memory for one in runs)
            growth = (
                statistics.median(one.memory - one.early for one in runs if one.early)
                if (any(one.early for one in runs))
                else 0.0
            )
            growth /= 0.75 * self._learners
            print(
                f"| {name} | {middle:.0f} | {seconds[0]:.0f}–{seconds[-1]:.0f} "
                f"| {middle / floor:.2f} | {each:.2f} | {most:.0f} | {growth:.2f} |"
            )


def mixture(learners: int) -> list[Path]:
    """20 % that cannot start, 10 % that are refused, the rest right; shuffled, always the same."""
    bad = [DOOMED[n % len(DOOMED)] for n in range(learners // 5)]
    bad += [REFUSED[n % len(REFUSED)] for n in range(learners // 10)]
    found = [next((FIXTURES / "broken" / name).glob("pod.yaml")) for name in bad]
    found += [RIGHT] * (learners - len(found))
    random.Random(1).shuffle(found)
    return found


def ran(
    command: list[str], env: dict[str, str], codes: set[int], journal: Path | None = None
) -> Ran:
    """Run a process to its end; its children's processor time counts, too."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=env, stdout=said, stderr=said, cwd="/tmp")
        watcher = Watcher(process.pid, journal)
        code, usage = awaited(process)
        if code not in codes:
            said.seek(0)
            raise SystemExit(f"{command} ended with {code}: {said.read()[-3000:].decode()}")
    processor = usage.ru_utime + usage.ru_stime
    seconds = time.monotonic() - began
    return Ran(seconds, processor, usage.ru_maxrss / 1024, watcher.early)


def awaited(process: subprocess.Popen[bytes]) -> tuple[int, resource.struct_rusage]:
    killer = threading.Timer(LIMIT, process.kill)
    killer.start()
    _, status, usage = os.wait4(process.pid, 0)
    killer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage


class Watcher:
    """Notes the memory of a process when the journal has a quarter of what it will have."""

    def __init__(self, pid: int, journal: Path | None) -> None:
        self.early = 0.0
        self._pid, self._journal = pid, journal
        if journal is not None:
            threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        assert self._journal is not None
        quarter = len(list(self._journal.parent.parent.glob("right/*.yaml"))) // 4
        while not self.early:
            time.sleep(0.5)
            try:
                status = Path(f"/proc/{self._pid}/status").read_text()
                lines = self._journal.read_bytes().count(b"\n") if self._journal.exists() else 0
            except OSError:
                return
            if lines >= quarter:
                found = next(line for line in status.splitlines() if line.startswith("VmRSS"))
                self.early = int(found.split()[1]) / 1024


class Floor:
    """The same Pods, bare: workers create, one watch tells who is Ready, then the next."""

    def __init__(self, learners: int, at_once: int) -> None:
        from podgrade.cluster.connection import Connection

        self._connection = Connection.open(Path(os.environ["KUBECONFIG"]))
        self._names = [f"nginx-sidecar-{number}" for number in range(learners)]
        self._at_once = at_once
        self._pods = "/api/v1/namespaces/podgrade-bench-floor/pods"
        self._room: queue.Queue[None] = queue.Queue()
        self._body = yaml.safe_load(RIGHT.read_text())

    def run(self) -> None:
        name = {"metadata": {"name": "podgrade-bench-floor"}}
        self._connection.request("POST", "/api/v1/namespaces", body=name)
        path = "/api/v1/namespaces/podgrade-bench-floor/serviceaccounts"
        query = {"watch": True, "fieldSelector": "metadata.name=default"}
        with self._connection.lines(path, query=query, timeout=30.0) as lines:
            next(lines)
        for _ in range(self._at_once):
            self._room.put(None)
        maker = threading.Thread(target=self._make, daemon=True)
        with self._connection.lines(self._pods, query={"watch": True}, timeout=120.0) as lines:
            maker.start()
            self._until_all_are_ready(lines)
        maker.join(60)

    def _make(self) -> None:
        for name in self._names:
            self._room.get()
            body = {**self._body, "metadata": {"name": name}}
            threading.Thread(target=self._create, args=(body,), daemon=True).start()

    def _create(self, body: Any) -> None:
        self._connection.request("POST", self._pods, body=body)

    def _until_all_are_ready(self, lines: Any) -> None:
        left = set(self._names)
        for line in lines:
            pod = json.loads(line)["object"]
            name = pod["metadata"]["name"]
            ready = [one["ready"] for one in pod["status"].get("containerStatuses", ())]
            if name in left and ready == [True, True]:
                left.discard(name)
                threading.Thread(target=self._delete, args=(name,), daemon=True).start()
                self._room.put(None)
            if not left:
                return

    def _delete(self, name: str) -> None:
        body = {"gracePeriodSeconds": 1}
        self._connection.request("DELETE", f"{self._pods}/{name}", body=body)


def clean() -> None:
    """Nothing of an earlier contestant is left; what others have on the cluster is not ours."""
    for name in listed("podgrade-bench-"):
        kubectl = ["kubectl", "delete", "namespace", name, "--wait=false"]
        subprocess.run(kubectl, capture_output=True, check=False, timeout=60)
    end = time.monotonic() + 180
    while (listed("podgrade-bench-") or going()) and time.monotonic() < end:
        time.sleep(1)


def listed(prefix: str, *more: str) -> list[str]:
    command = ["kubectl", "get", "namespaces", "-o", "name", *more]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    names = (line.partition("/")[2] for line in done.stdout.splitlines())
    return [name for name in names if name.startswith(prefix)]


def going() -> list[str]:
    """Namespaces of ours that are being deleted."""
    return listed("podgrade-", "--field-selector=status.phase=Terminating")


if __name__ == "__main__":
    assert shutil.which("kubectl"), "there is no kubectl on the PATH"
    main()
