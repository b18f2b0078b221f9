"""Folders that are built once for one set of inputs, and put into place whole."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path


def fingerprint(folder: Path, files: Iterable[Path], *words: str) -> str:
    """A short hash of the files' names and contents, and of further words."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    for word in words:
        digest.update(f"{word}\0".encode())
    return digest.hexdigest()[:16]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that other processes wait for; it ends with the process at the latest."""
    import fcntl  # only where nodes can be: whoever asks for clusters elsewhere imports this, too

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def build_once(target: Path, build: Callable[[Path], None]) -> Path:
    """`target`, filled by `build` if it is not there yet; half a result is never seen."""
    if target.is_dir():
        return target
    with locked(target.parent / ".lock"):
        if target.is_dir():  # another process built it while this one waited
            return target
        for dead in target.parent.glob(".building-*"):  # of a build that was killed
            shutil.rmtree(dead, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=".building-", dir=target.parent))
        try:
            build(work)
            work.chmod(0o755)
            work.rename(target)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return target


@contextmanager
def held(*folders: Path) -> Iterator[None]:
    """Keep `sweep_old`, in whatever process, from these folders meanwhile."""
    import fcntl

    with ExitStack() as stack:
        for folder in folders:
            descriptor = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield


def _is_held(folder: Path) -> bool:
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


def sweep_old(folder: Path, prefix: str, in_use: Collection[Path], keep: int = 2) -> None:
    """Remove the results of a kind that nothing uses or holds, all but the newest."""
    results = sorted(folder.glob(f"{prefix}-*"), key=lambda path: path.stat().st_mtime)
    for old in results[:-keep]:
        if old not in in_use and not _is_held(old):
            shutil.rmtree(old, ignore_errors=True)
