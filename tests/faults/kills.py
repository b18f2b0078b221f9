"""A class's run that is cut off at some point, in one of five ways, and gone on with."""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.leftover import clean, let_expire, unswept
from tests.faults.proxy import FaultyApi, Request, nothing
from tests.faults.right import wrong
from tests.faults.strokes import PODGRADE, ROOT, Cut, Way, small_disk

SLUG = "sidecar"
LEARNERS = {
    "choi": "reference/pod",
    "jung": "broken/image-typo",
    "kim": "reference/pod",
    "lee": "reference/native",
    "park": "broken/pod-name",
    "yoon": "reference/deployment",
}
_LIMIT = 600.0  # seconds of one run


@dataclass(frozen=True)
class Point:
    """When a run is cut off: at its so-many-th line of the journal, namespace or request."""

    what: str
    number: int

    def __str__(self) -> str:
        return f"{self.what} {self.number}"


LINE, NAMESPACE, REQUEST = "journal line", "namespace", "request"


@dataclass
class Trial:
    """What was seen at one point."""

    point: Point
    way: Way
    came: bool = False
    kept: int = 0
    graded: int = 0
    lost: int = 0
    again: int = 0
    errors: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)
    """Who has no verdict or an error in the end: on a machine that is far too busy."""
    orphans: int = 0
    by: str = ""
    seconds: float = 0.0

    @property
    def well(self) -> bool:
        return not (self.lost or self.again or self.wrong or self.unsaid or self.orphans)


Lines = list[dict[str, Any]]


def try_it(kubeconfig: Path, point: Point, way: Way, *, by_sweep: bool) -> Trial:
    """Cut a run off at this point, go on with it, and look at everything it left."""
    began = time.monotonic()
    trial = Trial(point, way)
    with tempfile.TemporaryDirectory() as name, small_disk(Path(name) / "disk") as disk:
        hand_in(Path(name) / "class")
        with FaultyApi(kubeconfig) as api:
            before = _cut_off(api, Path(name), disk, trial)
            left, swept = list(api.namespaces), by_sweep and _unfinished(before)
            if swept:
                let_expire(kubeconfig, left)
            else:
                trial.orphans += len(clean(kubeconfig, left))
            api.plan = nothing
            after = _gone_on_with(api, Path(name), disk, trial)
            if swept:
                trial.orphans += len(unswept(kubeconfig, left))
            trial.orphans += len(clean(kubeconfig, api.namespaces))
    trial.by = "sweep" if swept else "clean"
    _compare(trial, before, after)
    trial.seconds = time.monotonic() - began
    return trial


def _cut_off(api: FaultyApi, folder: Path, disk: Path, trial: Trial) -> Lines:
    cut, over = Cut(trial.way, disk), threading.Event()

    def plan(request: Request) -> None:
        count = {REQUEST: request.number, NAMESPACE: len(api.namespaces)}
        if count.get(trial.point.what, 0) >= trial.point.number:
            cut.now()

    def look() -> None:
        while not over.wait(0.005) and len(_lines(disk)) < trial.point.number:
            pass
        if not over.is_set():
            cut.now()

    api.plan = plan
    if trial.point.what == LINE:
        threading.Thread(target=look, daemon=True).start()
    try:
        cut.run(words(api, folder, disk), _LIMIT)
    finally:
        trial.came = cut.came
        over.set()
    api.settled()
    return _lines(disk)


def _gone_on_with(api: FaultyApi, folder: Path, disk: Path, trial: Trial) -> Lines:
    """The journal after `--resume`, and `--only error` where there were any."""
    line = words(api, folder, disk)
    podgrade([*line, "--resume"])
    found = _latest(_lines(disk)).values()
    trial.errors = [_why(line) for line in found if line["result"]["verdict"] == "error"]
    if trial.errors:
        podgrade([*line, "--only", "error"])
    return _lines(disk)


def _why(line: dict[str, Any]) -> str:
    """Why it came to no verdict, by the first check that says so."""
    told = (one["cause"] for one in line["result"]["results"] if one["verdict"] == "error")
    return f"{line['learner']}: {(next(told, None) or {}).get('rationale')}"


def _compare(trial: Trial, before: Lines, after: Lines) -> None:
    new = after[len(before) :]
    trial.kept = len(_latest(before))
    trial.graded = len(new)
    trial.lost = sum(old != now for old, now in zip(before, after, strict=False))
    trial.lost += max(len(before) - len(after), 0)
    told = {name for name, line in _latest(before).items() if line["result"]["verdict"] != "error"}
    trial.again = sum(line["learner"] in told for line in new)
    latest = _latest(after)
    trial.unsaid = [name for name in LEARNERS if name not in latest]
    for name, line in latest.items():
        if wrong(line["result"], ROOT / "fixtures" / SLUG / LEARNERS[name]):
            trial.wrong.append(name)
        elif line["result"]["verdict"] == "error":
            trial.unsaid.append(name)


def hand_in(folder: Path) -> None:
    """Nobody's work is another's, byte for byte: each is graded by itself."""
    folder.mkdir()
    for name, fixture in LEARNERS.items():
        [file] = (ROOT / "fixtures" / SLUG / fixture).glob("[!e]*.yaml")  # not expect.yaml
        text = file.read_text(encoding="utf-8")
        (folder / f"{name}.yaml").write_text(f"# {name}\n{text}", encoding="utf-8")


def _lines(disk: Path) -> Lines:
    """The whole lines of the journal."""
    path = disk / "grades" / "journal.jsonl"
    data = path.read_bytes() if path.exists() else b""
    return [json.loads(line) for line in data.splitlines(keepends=True) if line.endswith(b"\n")]


def _latest(lines: Lines) -> dict[str, dict[str, Any]]:
    return {line["learner"]: line for line in lines}


def _unfinished(lines: Lines) -> bool:
    """True if there is something left to grade: then the next run uses the cluster."""
    return len(_latest(lines)) < len(LEARNERS)


def words(api: FaultyApi, folder: Path, disk: Path) -> list[str]:
    """The command without what makes it go on."""
    line = ["class", SLUG, str(folder / "class"), "--output", str(disk / "grades")]
    return [*line, "--kubeconfig", str(api.kubeconfig(folder))]


def podgrade(line: Sequence[str]) -> None:
    """A run that nobody disturbs; one has not full marks, so that its exit code is 1."""
    ended = subprocess.run(
        [*PODGRADE, *line], capture_output=True, timeout=_LIMIT, check=False, cwd=ROOT
    )
    if ended.returncode not in (1, 3):
        raise RuntimeError(f"exit code {ended.returncode}: {ended.stderr.decode()}")
