"""How the cost of a submission grows with the class: 100, 1,000, 10,000 of them.

    python benchmarks/growth.py --learners 100,1000,10000 --api
    python benchmarks/growth.py --learners 100,1000 --cluster podgrade-growth

Each size is a class of right, distinct manifests of the exercise in `growth_pack`, graded by one
`podgrade class`, which is counted from the inside (metered.py). With `--api` there is no cluster:
simulated_api.py answers, and what is measured is podgrade's own side. With `--cluster` a node
cluster of that name is brought up for this alone, and its Pods are placed on a node that kwok
simulates (kwok_node.py): API server, etcd, scheduler and controllers are real, containers are not.
A size that takes longer than --timeout is ended, and the larger ones are left out. Nothing stays
behind: the cluster is taken down at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACK = HERE / "growth_pack"
GOAL = 0.10  # a submission may cost that much more where there are ten times as many
_TO_STOP = 60.0  # seconds that podgrade has to end after Ctrl-C

MANIFEST = """\
# learner {number}
apiVersion: v1
kind: Pod
metadata:
  name: simulated
spec:
  nodeSelector:
    podgrade.dev/simulated: "true"
  containers:
    - name: app
      image: busybox
      command: [sleep, "3600"]
      resources: {{requests: {{cpu: "0", memory: "0"}}}}
    - name: log
      image: busybox
      command: [sh, -c, "echo up; sleep 3600"]
      resources: {{requests: {{cpu: "0", memory: "0"}}}}
"""


@dataclass(frozen=True)
class Measured:
    """What a class of `learners` took: seconds of the clock and of podgrade's processor time,
    podgrade's memory in MiB at its most, calls of the API, bytes both ways; `load` is the
    machine's average over the last minute, `wrong` how many had no full marks.
    """

    learners: int
    seconds: float
    processor: float
    memory: float
    calls: int
    sent: int
    received: int
    load: float
    wrong: int
    by_call: dict[str, float]
    course: tuple[dict[str, float], ...] = ()
    cluster: dict[str, float] = field(default_factory=dict)
    """What the class took of the cluster, until nothing of it was left (kwok_node.py)."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--learners", type=sizes, default=(100, 1000, 10000))
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--api", action="store_true", help="no cluster: a simulated API answers")
    where.add_argument("--cluster", metavar="NAME", help="bring up this node cluster, with kwok")
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--start", type=float, default=0.2, help="--api: seconds until a Pod runs")
    parser.add_argument("--timeout", type=float, default=3600.0, help="seconds for one size")
    parser.add_argument("--json", type=Path, help="the figures, whole")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing stays behind
    found: list[Measured] = []
    with contextlib.ExitStack() as stack:
        kubeconfig, figures = stack.enter_context(surroundings(options))
        bench = Bench(kubeconfig, options.in_flight, options.timeout)
        for learners in (1, *options.learners):
            before = figures()
            measured = bench.measure(learners)
            if measured is None:
                print(f"{learners} learners: not done in {options.timeout:.0f} s", flush=True)
                break
            print(f"{learners}: {brief(measured)}", flush=True)
            after = figures()
            took = {name: after[name] - value for name, value in before.items()}
            found.append(replace(measured, cluster=took))
            if options.json:
                options.json.write_text(json.dumps([asdict(one) for one in found], indent=1))
    print("\n".join(table(found)))


def sizes(text: str) -> tuple[int, ...]:
    """`100,1000` as numbers, in growing order."""
    return tuple(sorted({int(word) for word in text.split(",")} - {1}))


@contextlib.contextmanager
def surroundings(options: Any) -> Iterator[tuple[Path, Callable[[], dict[str, float]]]]:
    """The kubeconfig of what answers, and what tells what it has done so far."""
    if options.cluster:
        from kwok_node import cluster

        with cluster(options.cluster) as own:
            yield own.kubeconfig, own.figures
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kubeconfig"
        words = [HERE / "simulated_api.py", path, "--start", options.start]
        server = subprocess.Popen([sys.executable, *map(str, words)], stdin=subprocess.PIPE)
        try:
            awaited(path.exists, 120)
            yield path, dict
        finally:
            assert server.stdin is not None
            server.stdin.close()  # that ends it
            server.wait(30)


def awaited(there: Callable[[], bool], seconds: float) -> None:
    """Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not there():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.2)


class Bench:
    """Grades classes, each in a process of its own."""

    def __init__(self, kubeconfig: Path, in_flight: int, timeout: float) -> None:
        self._kubeconfig, self._in_flight, self._timeout = kubeconfig, in_flight, timeout

    def measure(self, learners: int) -> Measured | None:
        """None where the time was not enough; podgrade has then been stopped as by Ctrl-C."""
        with tempfile.TemporaryDirectory() as folder:
            handed_in, output = Path(folder) / "in", Path(folder) / "out"
            write(handed_in, learners)
            counts = Path(folder) / "counts.json"
            if not self._ran(counts, handed_in, output):
                return None
            verdicts = [
                json.loads(line)["result"]["verdict"] for line in (output / "journal.jsonl").open()
            ]
            return measured(learners, json.loads(counts.read_text()), verdicts)

    def _ran(self, counts: Path, handed_in: Path, output: Path) -> bool:
        words = ["class", "simulated", handed_in, "--output", output]
        words += ["--in-flight", self._in_flight, "--kubeconfig", self._kubeconfig]
        command = [sys.executable, HERE / "metered.py", counts, *words]
        with output.with_suffix(".said").open("w+b") as said:
            process = subprocess.Popen(
                list(map(str, command)), cwd=PACK, stdout=said, stderr=said, start_new_session=True
            )
            code = ended(process, self._timeout)
            if code not in {0, 1, None}:
                said.seek(0)
                raise SystemExit(f"podgrade ended with {code}: {said.read()[-3000:].decode()}")
        return code is not None


def ended(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """The exit code; None where the process had to be stopped, with all that it has begun."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
    except BaseException:
        process.kill()
        raise
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_TO_STOP)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return None


def write(folder: Path, learners: int) -> None:
    """Each file is another one: the same work would be graded once."""
    folder.mkdir()
    for number in range(learners):
        text = MANIFEST.format(number=number)
        (folder / f"learner-{number:05}.yaml").write_text(text)


def measured(learners: int, counts: dict[str, Any], verdicts: Sequence[str]) -> Measured:
    """What metered.py has written down."""
    return Measured(
        learners=learners,
        seconds=counts["seconds"],
        processor=counts["processor"],
        memory=counts["peak"],
        calls=counts["calls"],
        sent=counts["sent"],
        received=counts["received"],
        load=os.getloadavg()[0],
        wrong=learners - verdicts.count("passed"),
        by_call=counts["by_call"],
        course=tuple(counts["course"]),
    )


def brief(one: Measured) -> str:
    """A line for those who wait."""
    wrong = f", {one.wrong} WITHOUT FULL MARKS" if one.wrong else ""
    return (
        f"{one.seconds:.0f} s, {one.processor:.0f} s of processor, {one.memory:.0f} MiB, "
        f"{one.calls} calls, load {one.load:.0f}{wrong}"
    )


def each(one: Measured, alone: Measured) -> dict[str, float]:
    """What a submission took of it; of the memory what is more than for one learner alone."""
    return {
        "ms": one.seconds / one.learners * 1000,
        "CPU ms": one.processor / one.learners * 1000,
        "calls": one.calls / one.learners,
        "KiB sent": one.sent / one.learners / 1024,
        "KiB received": one.received / one.learners / 1024,
        "KiB of memory": (one.memory - alone.memory) / one.learners * 1024,
        **{name: value / one.learners for name, value in one.cluster.items()},
    }


def grown(small: dict[str, float], large: dict[str, float]) -> dict[str, float]:
    """By what share each has grown; 0 where there was nothing."""
    return {name: large[name] / small[name] - 1 if small[name] else 0.0 for name in small}


def table(found: Sequence[Measured]) -> Iterator[str]:
    """Markdown: a row a size, and how much the largest costs more than the one before."""
    if len(found) < 2:
        return
    alone, *rows = found
    costs = [each(one, alone) for one in rows]
    yield row("learners", "s", "MiB at most", *(f"{name} each" for name in costs[0]), "load")
    yield row(*["---"] * (len(costs[0]) + 4))
    for one, cost in zip(rows, costs, strict=True):
        cells = (f"{value:.3g}" for value in cost.values())
        whole = (f"{value:.0f}" for value in (one.seconds, one.memory))
        yield row(f"{one.learners:,}", *whole, *cells, f"{one.load:.0f}")
    if len(rows) > 1:
        more = grown(costs[-2], costs[-1])
        cells = (f"{share:+.0%}" for share in more.values())
        yield row(f"{rows[-2].learners:,} → {rows[-1].learners:,}", "", "", *cells, "")
        over = [name for name, share in more.items() if share > GOAL]
        yield ""
        yield f"More than {GOAL:.0%} dearer: {', '.join(over) or 'nothing'}."


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
