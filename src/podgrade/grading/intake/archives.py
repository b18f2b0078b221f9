"""Reads a stranger's archive without writing anything to disk; sizes and counts are bounded."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO

from podgrade.model.text import Words, say
from podgrade.workspace.unreadable import Unreadable, unreadable

MAX_ARCHIVE = 16 << 20
"""Bytes of an archive as it was handed in."""
MAX_UNPACKED = 64 << 20
"""Bytes that a tar may have without its compression."""
MAX_MEMBERS = 5_000


@dataclass(frozen=True)
class Limits:
    """Bytes of an archive, bytes that a tar may have without its compression, and files."""

    size: int = MAX_ARCHIVE
    unpacked: int = MAX_UNPACKED
    members: int = MAX_MEMBERS


CANNOT_OPEN = "cannot-open"

_ENTRY = b"PK\x01\x02"  # begins each entry of a zip's directory: their count is never higher
_BLOCK = 1 << 20
_ENCRYPTED = 0x1
_UTF8 = 0x800
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack without a bound

_SMALLER = say("hand in only your manifests")
_ANEW = say("pack your manifests anew as .zip or .tar.gz, and try to open it yourself")


Member = tuple[str, bytes | None]
"""A regular file's path, and its data where they were wanted; a folder's path ends in a slash."""

Wanted = Callable[[str], int]
"""How many bytes of the file of that path are wanted at most."""

_LEARNERS = Limits()


class _TooMuchError(Exception):
    """More came out of an archive than is allowed."""


def members(name: str, data: bytes, wanted: Wanted) -> Iterator[Member]:
    """The regular files of a learner's archive, with the data of those that are wanted.

    `data` may be one byte longer than is allowed. Raises Unreadable.
    """
    for path, inside in everything(name, io.BytesIO(data), wanted, _LEARNERS):
        if not path.endswith("/"):
            yield path, inside


def everything(name: str, stream: IO[bytes], wanted: Wanted, limits: Limits) -> Iterator[Member]:
    """The folders and regular files of an archive, which is read where it is. Raises Unreadable."""
    if stream.seek(0, io.SEEK_END) > limits.size:
        limit = limits.size >> 20
        raise cannot_open(
            say("`{file}` is larger than {limit} MiB", file=name, limit=limit), _SMALLER
        )
    stream.seek(0)
    opened = _zip if stream.read(2) == b"PK" else _tar
    stream.seek(0)
    try:
        yield from opened(name, stream, wanted, limits)
    except Unreadable:
        raise
    except _TooMuchError as error:
        limit = limits.unpacked >> 20
        why = say("`{file}` becomes larger than {limit} MiB", file=name, limit=limit)
        raise cannot_open(why, _SMALLER) from error
    except Exception as error:  # a stranger's bytes: the libraries raise what they like
        why = say("`{file}` is no archive or is damaged: {problem}", file=name, problem=error)
        raise cannot_open(why, _ANEW) from error


def cannot_open(why: Words, look: Words) -> Unreadable:
    """The learner's doing: what was handed in cannot be opened."""
    return unreadable(CANNOT_OPEN, None, why, look)


def _zip(name: str, stream: IO[bytes], wanted: Wanted, limits: Limits) -> Iterator[Member]:
    if _count(stream, _ENTRY) > limits.members:
        raise _too_many(name, limits)
    with zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            inside = _safe(name, _name(info))
            if info.is_dir():
                yield f"{inside}/", None
            elif not stat.S_ISLNK(info.external_attr >> 16):
                most = wanted(inside)
                yield inside, _unzipped(name, archive, info, most) if most else None


def _count(stream: IO[bytes], sign: bytes) -> int:
    """How often that stands in the stream, which need not fit into memory."""
    found, rest = 0, b""
    while block := stream.read(_BLOCK):
        found += (rest + block).count(sign)
        rest = (rest + block)[1 - len(sign) :]
    stream.seek(0)
    return found


def _unzipped(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    if info.flag_bits & _ENCRYPTED:
        why = say("`{file}` is locked with a password", file=name)
        raise cannot_open(why, say("hand it in without a password"))
    if info.compress_type not in _PLAIN:
        why = say("`{file}` is compressed in a way that is not known here", file=name)
        raise cannot_open(why, _ANEW)
    with archive.open(info) as stream:
        return stream.read(most)


def _name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: zips of old tools have UTF-8 or Korean Windows without a mark."""
    if info.flag_bits & _UTF8:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "cp949"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _tar(name: str, stream: IO[bytes], wanted: Wanted, limits: Limits) -> Iterator[Member]:
    plain = stream
    if stream.read(2) == b"\x1f\x8b":
        plain = gzip.GzipFile(fileobj=stream)  # type: ignore[assignment]  # only read is used
    stream.seek(0)
    # As a stream: nothing is read twice, so that what was read is all that was unpacked.
    with tarfile.open(fileobj=_Counted(plain, limits.unpacked), mode="r|") as archive:
        for count, info in enumerate(archive):
            if count >= limits.members:
                raise _too_many(name, limits)
            inside = _safe(name, info.name)
            if info.isdir():
                yield f"{inside}/", None
            elif info.isreg():
                most = wanted(inside)
                file = archive.extractfile(info) if most else None
                yield inside, file.read(most) if file else None


class _Counted(io.RawIOBase):
    """A stream that gives no more than is allowed."""

    def __init__(self, inner: IO[bytes], most: int) -> None:
        self._inner = inner
        self._left = most

    def read(self, size: int = -1) -> bytes:
        wanted = self._left + 1 if size < 0 else min(size, self._left + 1)
        data = self._inner.read(wanted)
        self._left -= len(data)
        if self._left < 0:
            raise _TooMuchError
        return data


def _safe(archive: str, name: str) -> str:
    """The path of a member. Raises Unreadable where it leads out of the archive."""
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    out = posix.is_absolute() or windows.is_absolute() or bool(windows.drive)
    if out or ".." in posix.parts or ".." in windows.parts:
        why = say("`{file}` holds a path that leads out of it: `{path}`", file=archive, path=name)
        raise cannot_open(why, _ANEW)
    return str(posix)


def _too_many(name: str, limits: Limits) -> Unreadable:
    why = say("`{file}` holds more than {limit} files", file=name, limit=limits.members)
    return cannot_open(why, _SMALLER)
