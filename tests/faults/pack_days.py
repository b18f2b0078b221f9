"""The command that spends every bad day with every exercise:

    python -m tests.faults.pack_days KUBECONFIG [SLUG…] [--day NAME]… [--at-once 4]

For each, the first right answer and the first mistake of the fixtures are graded as a class of
two, on each of the days, or those that are named. Prints what was seen on standard error, and a
table for docs/reliability.md; the exit code is 1 where a verdict was wrong or something was left
behind.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import datetime
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.days import DAYS, Costs, Day
from tests.faults.leftover import clean
from tests.faults.proxy import FaultyApi, nothing
from tests.faults.right import unknown, verdicts, wrong
from tests.faults.strokes import PODGRADE, ROOT

_LIMIT = 600.0  # seconds of one run; every limit of ours is shorter, on a busy machine, too
_HEADINGS = ("day", "runs", "faults", "verdicts", "errors", "wrong", "namespaces left", "slowest")


@dataclass(frozen=True)
class Spent:
    """A day with an exercise: what was said of its two fixtures, what was done and left."""

    day: Day
    slug: str
    faults: int
    said: int
    errors: tuple[str, ...]
    wrong: tuple[str, ...]
    left: frozenset[str]
    seconds: float

    @property
    def well(self) -> bool:
        """Nothing is wrong, and errors are only where the day may bring them."""
        errors = bool(self.errors) and self.day.costs is Costs.NOTHING
        return bool(self.faults) and not (self.wrong or self.left or errors)


def fixtures(slug: str) -> dict[str, Path]:
    """The first right answer and the first mistake, by what they are called as learners."""
    folder = ROOT / "fixtures" / slug
    return {kind: sorted((folder / kind).iterdir())[0] for kind in ("reference", "broken")}


def spend(kubeconfig: Path, slug: str, day: Day) -> Spent:
    """Grade the two on this day."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name, FaultyApi(kubeconfig) as api:
        folder = Path(name)
        for learner, fixture in fixtures(slug).items():
            shutil.copytree(fixture, folder / "class" / learner)
            (folder / "class" / learner / "expect.yaml").unlink(missing_ok=True)
        api.plan = day.plan
        code = _graded(slug, folder, api)
        faults, api.plan = api.faults, nothing
        api.settled()
        left = frozenset(clean(kubeconfig, api.namespaces))
        results = _results(folder)
    said = {learner: verdicts(result) for learner, result in results.items()}
    errors = [
        f"{learner} {check}: {why}"
        for learner, result in results.items()
        for check, why in unknown(result).items()
    ]
    untrue = [
        f"{learner} {check}: {verdict}"
        for learner, result in results.items()
        for check, verdict in wrong(result, fixtures(slug)[learner]).items()
    ]
    if code not in (0, 1, 3):
        untrue.append(f"exit code {code}")
    # Nothing is said of a run that had no cluster.
    errors += [f"{learner}: no result" for learner in fixtures(slug) if learner not in results]
    return Spent(
        day,
        slug,
        faults,
        sum(map(len, said.values())),
        tuple(errors),
        tuple(untrue),
        left,
        time.monotonic() - began,
    )


def _graded(slug: str, folder: Path, api: FaultyApi) -> int:
    words = ["class", slug, str(folder / "class"), "--output", str(folder / "grades")]
    words += ["--kubeconfig", str(api.kubeconfig(folder))]
    with (folder / "said").open("wb") as said:
        return subprocess.run(
            [*PODGRADE, *words], stdout=said, stderr=said, timeout=_LIMIT, check=False, cwd=ROOT
        ).returncode


def _results(folder: Path) -> dict[str, dict[str, object]]:
    journal = folder / "grades" / "journal.jsonl"
    lines = journal.read_text("ascii").splitlines() if journal.exists() else []
    return {line["learner"]: line["result"] for line in map(json.loads, lines)}


def table(spent: Sequence[Spent]) -> Iterator[str]:
    """One row a day, and one for all."""
    yield f"| {' | '.join(_HEADINGS)} |"
    yield "|" + "---|" * len(_HEADINGS)
    for day in dict.fromkeys(one.day.name for one in spent):
        yield _row(day, [one for one in spent if one.day.name == day])
    yield _row("all", spent)


def _row(name: str, spent: Sequence[Spent]) -> str:
    cells = (
        len(spent),
        sum(one.faults for one in spent),
        sum(one.said for one in spent),
        sum(len(one.errors) for one in spent),
        sum(len(one.wrong) for one in spent),
        sum(len(one.left) for one in spent),
        f"{max(one.seconds for one in spent):.0f} s",
    )
    return f"| {name} | " + " | ".join(map(str, cells)) + " |"


def main() -> int:
    parser = argparse.ArgumentParser(prog="ci/bad-days")
    parser.add_argument("kubeconfig", type=Path)
    parser.add_argument("slugs", nargs="*", metavar="SLUG")
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--day", action="append", choices=[day.name for day in DAYS])
    given = parser.parse_args()
    slugs = given.slugs or sorted(path.name for path in (ROOT / "fixtures").iterdir())
    days = [day for day in DAYS if not given.day or day.name in given.day]
    with concurrent.futures.ThreadPoolExecutor(given.at_once) as pool:
        going = [pool.submit(_spent, given.kubeconfig, slug, day) for slug in slugs for day in days]
        spent = [one.result() for one in going]
    in_order = sorted(spent, key=lambda one: [day.name for day in DAYS].index(one.day.name))
    print(f"{datetime.date.today()}: {len(slugs)} exercises")
    print(*table(in_order), sep="\n")
    return 0 if all(one.well for one in spent) else 1


def _spent(kubeconfig: Path, slug: str, day: Day) -> Spent:
    """Told at once, also where the others are never waited for."""
    spent = spend(kubeconfig, slug, day)
    mark = "well" if spent.well else "NOT WELL"
    print(f"{mark}: {spent}", file=sys.stderr, flush=True)
    return spent


if __name__ == "__main__":
    sys.exit(main())
