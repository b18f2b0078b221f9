"""The policy against the Pod Security Standards' own fixtures: what is refused, what is let in.

go -C node mod download k8s.io/pod-security-admission
python -m benchmarks.pod_security FOLDER      # that module's folder test/testdata
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from podgrade.model.exercise import Exercise, Target
from podgrade.model.submission import SourceFile
from podgrade.model.text import Text
from podgrade.workspace.policy import refusals
from podgrade.workspace.read import parse

OLDEST = 29  # minor version of Kubernetes
NONE = Path("none")
UNTITLED = Text("none", "none")


@dataclass(frozen=True)
class Count:
    """The fixtures of one level, version and side, and those that came out otherwise."""

    level: str
    version: str
    refused: bool
    files: int
    wrong: tuple[str, ...]


def count(folder: Path) -> Iterator[Count]:
    """All counts below `test/testdata`."""
    for level in ("baseline", "restricted"):
        for version in sorted((folder / level).iterdir(), key=_minor):
            if _minor(version) >= OLDEST:
                yield _side(version, level, refused=True)
                yield _side(version, level, refused=False)


def _minor(version: Path) -> int:
    return int(version.name.partition(".")[2])


def _side(version: Path, level: str, *, refused: bool) -> Count:
    files = sorted((version / ("fail" if refused else "pass")).glob("*.yaml"))
    wrong = tuple(file.name for file in files if _is_refused(file, level) != refused)
    return Count(level, version.name, refused, len(files), wrong)


def _is_refused(file: Path, level: str) -> bool:
    exercise = Exercise("none", UNTITLED, UNTITLED, Target("none"), NONE, NONE, pod_security=level)
    return bool(refusals(parse([SourceFile(file.name, file.read_bytes())]), exercise))


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    for one in count(Path(sys.argv[1])):
        side = "refused" if one.refused else "let in"
        right = one.files - len(one.wrong)
        print(f"{one.level} {one.version}: {right} of {one.files} {side}", *one.wrong)
    return 0


if __name__ == "__main__":
    sys.exit(main())
