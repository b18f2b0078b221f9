"""Where packs are: in the current folder, and the one that comes with podgrade."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import podgrade


@dataclass(frozen=True)
class Pack:
    """A folder that holds `exercises/` and `graders/`."""

    root: Path

    @property
    def exercises(self) -> Path:
        return self.root / "exercises"

    @property
    def graders(self) -> Path:
        return self.root / "graders"

    @property
    def complete(self) -> bool:
        """True if both folders are there: then it is a pack."""
        return self.exercises.is_dir() and self.graders.is_dir()

    def slugs(self) -> tuple[str, ...]:
        """The names of the exercises' folders, sorted."""
        found = self.exercises.glob("*/exercise.yaml")
        return tuple(sorted(sheet.parent.name for sheet in found))

    def folder(self, slug: str) -> Path:
        return self.exercises / slug

    def grader(self, slug: str) -> Path:
        return self.graders / f"test_{slug.replace('-', '_')}.py"


def packs(start: Path | None = None) -> tuple[Pack, ...]:
    """The pack in `start` (default: the current folder) if there is one, then podgrade's own.

    An exercise is taken from the first pack that has it, so a teacher's own comes first.
    """
    folder = (start or Path.cwd()).resolve()
    candidates = dict.fromkeys((Pack(folder), *_own()))
    return tuple(pack for pack in candidates if pack.complete)


def pack_of(grader: Path) -> Pack:
    """The pack that a grader's file belongs to; it need not be complete."""
    return Pack(grader.resolve().parent.parent)


def slug_of(grader: Path) -> str:
    """`graders/test_init_page.py` marks the exercise `init-page`."""
    return grader.stem.removeprefix("test_").replace("_", "-")


def _own() -> tuple[Pack, ...]:
    """Inside a wheel the pack is bundled; in a checkout it lies at the top."""
    package = Path(podgrade.__file__).resolve().parent
    return Pack(package / "bundle"), Pack(package.parents[1])
