"""The command that grades every exercise in shards:

    python -m tests.faults.pack_shards KUBECONFIG [SLUG…] [--in-flight 6] [--keep FOLDER]

For each, the first right answer and the first mistake of the fixtures, as one course of two
learners in two shards, each with one of them. Prints a table for docs/scale.md; the exit code is 1
where a verdict, its reason or what decided it is not what expect.yaml says of the same work when
it is graded without shards.
"""

from __future__ import annotations

import argparse
import datetime
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from tests.faults.pack_days import fixtures
from tests.faults.strokes import PODGRADE, ROOT

from podgrade.grading.proof import EXPECT, compare
from podgrade.model.submission import Submission
from podgrade.reports.from_json import result_of
from podgrade.workspace.shards.share import shard_of

SHARDS = 2
_HEADINGS = ("exercise", "fixture", "came out as", "took")


@dataclass(frozen=True)
class Marked:
    """One learner's work on an exercise: which fixture it is, and its result, if there is one."""

    slug: str
    fixture: Path
    data: Mapping[str, Any] | None

    @property
    def name(self) -> str:
        return f"{self.fixture.parent.name}/{self.fixture.name}"

    @property
    def wrong(self) -> str:
        """In what it differs from what the fixture is to come out as; empty if in nothing."""
        if self.data is None:
            return "no result"
        submission = Submission(self.fixture.name, (), fixture=self.name)
        found = compare(ROOT / "fixtures", submission, result_of(self.data))
        if found.problem is not None:
            return str(found.problem)
        told = (
            f"{part}: {found.seen.get(part)}, not {found.expected.get(part)}"
            for part in found.differences
        )
        return "; ".join(told)


def hand_in(folder: Path, slugs: Sequence[str]) -> Path:
    """Two learners' work on each exercise, and the course's file."""
    assert {shard_of(f"name:{name}", SHARDS) for name in fixtures(slugs[0])} == {*range(SHARDS)}
    for slug in slugs:
        for learner, fixture in fixtures(slug).items():
            skipped = shutil.ignore_patterns(EXPECT)
            shutil.copytree(fixture, folder / slug / learner, ignore=skipped)
    course = folder / "course.yaml"
    parts = [{"exercise": slug, "folder": slug} for slug in slugs]
    course.write_text(yaml.safe_dump({"exercises": parts}), encoding="utf-8")
    return course


def graded(kubeconfig: Path, course: Path, in_flight: int) -> int:
    """Grade the course; podgrade's exit code, after what it said."""
    words = ["class", str(course), "--shards", str(SHARDS), "--in-flight", str(in_flight)]
    words += ["--output", str(course.parent / "grades"), "--kubeconfig", str(kubeconfig)]
    done = subprocess.run([*PODGRADE, *words], stdout=sys.stderr, check=False, cwd=ROOT)
    return done.returncode


def results(folder: Path) -> dict[tuple[str, str], Mapping[str, Any]]:
    """By exercise and learner."""
    journal = folder / "grades" / "journal.jsonl"
    lines = journal.read_text("ascii").splitlines() if journal.exists() else []
    return {(line["exercise"], line["learner"]): line["result"] for line in map(json.loads, lines)}


def table(marked: Sequence[Marked]) -> Iterator[str]:
    """A row for each work."""
    yield f"| {' | '.join(_HEADINGS)} |"
    yield "|" + "---|" * len(_HEADINGS)
    for one in marked:
        seconds = f"{one.data['seconds']:.0f} s" if one.data else "–"
        yield f"| `{one.slug}` | `{one.name}` | {one.wrong or 'as it should'} | {seconds} |"


def main() -> int:
    parser = argparse.ArgumentParser(prog="ci/bad-days --shards")
    parser.add_argument("kubeconfig", type=Path)
    parser.add_argument("slugs", nargs="*", metavar="SLUG")
    parser.add_argument("--in-flight", type=int, default=6)
    parser.add_argument("--keep", type=Path, help="an empty folder for work, journal and pages")
    given = parser.parse_args()
    slugs = given.slugs or sorted(path.name for path in (ROOT / "fixtures").iterdir())
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        code = graded(given.kubeconfig, hand_in(folder, slugs), given.in_flight)
        found = results(folder)
    marked = [
        Marked(slug, fixture, found.get((slug, learner)))
        for slug in slugs
        for learner, fixture in fixtures(slug).items()
    ]
    well = sum(not one.wrong for one in marked)
    seconds = time.monotonic() - began
    print(*table(marked), sep="\n")
    print(f"{datetime.date.today()}: {well} of {len(marked)} as they should be, {seconds:.0f} s")
    return 0 if well == len(marked) and code in (0, 1) else 1


if __name__ == "__main__":
    sys.exit(main())
