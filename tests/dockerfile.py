"""What a Dockerfile of ours copies out of the checkout, read without Docker."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARDS = ROOT / "ci/image/Dockerfile"


def instructions(dockerfile: Path) -> Iterator[list[str]]:
    """Each instruction as words, comments left out, continued lines joined."""
    text = dockerfile.read_text("utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.split()


def copies(dockerfile: Path) -> Iterator[tuple[str, str]]:
    """What comes out of the checkout: from which path to which in the image's working folder."""
    for name, *words in instructions(dockerfile):
        if name == "COPY" and not words[0].startswith("--"):
            *sources, target = words
            for source in sources:
                below = f"{target}{source}" if target.endswith("/") else target
                yield source, below


def copy(dockerfile: Path, folder: Path) -> Path:
    """The working folder of the image after its COPYs."""
    for source, target in copies(dockerfile):
        path, there = ROOT / source, folder / target
        there.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.copytree(path, there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(path, there)
    return folder
