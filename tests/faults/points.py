"""The command that cuts runs off at many points:

    python -m tests.faults.points KUBECONFIG [--points 20] [--seed 1] [--at-once 3] [--way SIGKILL]
    python -m tests.faults.points KUBECONFIG --point "journal line 2" --point "request 66"

Prints what was seen on standard error, and a table for docs/reliability.md; the exit code is 1
where something was lost, graded again, wrong, never said, or left behind.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import datetime
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.faults.kills import (
    LEARNERS,
    LINE,
    NAMESPACE,
    REQUEST,
    Point,
    Trial,
    hand_in,
    podgrade,
    try_it,
    words,
)
from tests.faults.proxy import FaultyApi
from tests.faults.strokes import Way, small_disk

_HEADINGS = (
    "cut off by",
    "runs",
    "before their end",
    "verdicts kept",
    "graded with --resume",
    "lost",
    "graded again",
    "wrong",
    "without a verdict",
    "namespaces left",
)


def points(kubeconfig: Path, count: int, seed: int) -> list[Point]:
    """Every line of the journal and every second namespace; the rest are requests, drawn among
    those that a run makes when nobody disturbs it.
    """
    with tempfile.TemporaryDirectory() as name, small_disk(Path(name) / "disk") as disk:
        hand_in(Path(name) / "class")
        with FaultyApi(kubeconfig) as api:
            seen: list[int] = []
            api.plan = lambda request: seen.append(request.number)
            podgrade(words(api, Path(name), disk))
            made = len(api.namespaces)
    lines = [Point(LINE, number) for number in range(1, len(LEARNERS))]
    namespaces = [Point(NAMESPACE, number) for number in range(1, made + 1, 2)]
    chosen = [*lines, *namespaces][: count - 2]
    draw = random.Random(seed)
    requests = draw.sample(range(1, max(seen)), count - len(chosen))
    return [*chosen, *(Point(REQUEST, number) for number in sorted(requests))]


def table(trials: Sequence[Trial]) -> Iterator[str]:
    """One row a way of cutting off."""
    yield f"| {' | '.join(_HEADINGS)} |"
    yield "|" + "---|" * len(_HEADINGS)
    for way in Way:
        own = [trial for trial in trials if trial.way is way]
        if own:
            cells = (
                len(own),
                sum(trial.came for trial in own),
                sum(trial.kept for trial in own),
                sum(trial.graded for trial in own),
                sum(trial.lost for trial in own),
                sum(trial.again for trial in own),
                sum(len(trial.wrong) for trial in own),
                sum(len(trial.unsaid) for trial in own),
                sum(trial.orphans for trial in own),
            )
            yield f"| {way} | " + " | ".join(map(str, cells)) + " |"


def _point(text: str) -> Point:
    """A point as it is told, to be tried again."""
    what, _, number = text.rpartition(" ")
    if what not in {LINE, NAMESPACE, REQUEST} or not number.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no point of a run")
    return Point(what, int(number))


def main() -> int:
    parser = argparse.ArgumentParser(prog="ci/bad-days --kills")
    parser.add_argument("kubeconfig", type=Path)
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=3)
    parser.add_argument("--way", action="append", type=Way, choices=list(Way))
    parser.add_argument("--point", action="append", type=_point, metavar='"WHAT NUMBER"')
    given = parser.parse_args()
    drawn = given.point or points(given.kubeconfig, given.points, given.seed)
    jobs = [(point, way) for point in drawn for way in given.way or Way]
    with concurrent.futures.ThreadPoolExecutor(given.at_once) as pool:
        going = [
            pool.submit(_tried, given.kubeconfig, point, way, by_sweep=bool(number % 2))
            for number, (point, way) in enumerate(jobs)
        ]
        trials = [one.result() for one in going]
    print(f"{datetime.date.today()}: {len(drawn)} points of a run, seed {given.seed}")
    print(*table(trials), sep="\n")
    return 0 if all(trial.well for trial in trials) else 1


def _tried(kubeconfig: Path, point: Point, way: Way, *, by_sweep: bool) -> Trial:
    """Told at once, also where the others are never waited for."""
    trial = try_it(kubeconfig, point, way, by_sweep=by_sweep)
    print(trial, file=sys.stderr, flush=True)
    return trial


if __name__ == "__main__":
    sys.exit(main())
