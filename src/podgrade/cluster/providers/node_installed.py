"""What podgrade consists of here: its own files, and those of all that it needs."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath

_WHERE = "usr/local/lib/python3.{minor}/dist-packages"  # what Debian's Python looks into
_NEEDLESS = ("kubernetes/aio/", "babel/locale-data/", "jsonschema/tests/", "websocket/tests/")
"""What podgrade never imports; half of it all."""
_LANGUAGES = ("root", "en", "ko")  # of Babel's, those that podgrade speaks


@dataclass(frozen=True)
class Entry:
    """A file of the layer: its path in the image, and where it lies here."""

    name: str
    path: Path


def installed() -> Iterator[Entry]:
    """What podgrade consists of and needs, as it is installed here; without the exercises, which
    travel with each class.
    """
    where = _WHERE.format(minor=sys.version_info.minor)
    package = Path(__file__).resolve().parents[2]
    for path in package.rglob("*"):
        inside = path.relative_to(package)
        if path.is_file() and inside.parts[0] != "bundle" and path.suffix != ".pyc":
            yield Entry(f"{where}/podgrade/{inside.as_posix()}", path)
    for found in needed("podgrade"):
        for name in found.files or ():
            path = Path(str(found.locate_file(name)))
            if _travels(PurePosixPath(name)) and path.is_file():
                yield Entry(f"{where}/{name}", path)


def _travels(name: PurePosixPath) -> bool:
    """False for commands, which lie elsewhere, what another Python has compiled, and ballast."""
    if ".." in name.parts or name.is_absolute():
        return False
    text = name.as_posix()
    if text.startswith(_NEEDLESS) and name.stem.partition("_")[0] not in _LANGUAGES:
        return False
    return name.suffix != ".pyc" or f"cpython-3{sys.version_info.minor}." in name.name


def needed(name: str) -> list[Distribution]:
    """The distributions that one needs, and those that these need; without itself."""
    from packaging.requirements import Requirement  # of pytest's

    found: dict[str, Distribution] = {}
    waiting = [name]
    while waiting:
        current = waiting.pop()
        try:
            one = found.get(current) or distribution(current)
        except PackageNotFoundError:
            continue  # an optional one, or one of another platform
        found[current] = one
        for text in one.requires or ():
            wanted = Requirement(text)
            key = re.sub(r"[-_.]+", "-", wanted.name).lower()
            if key not in found and (
                wanted.marker is None or wanted.marker.evaluate({"extra": ""})
            ):
                waiting.append(key)
    return [one for key, one in found.items() if key != name]
