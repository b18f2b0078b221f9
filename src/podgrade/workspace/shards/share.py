"""A shard's share of a class: whose work it is, and how it travels."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podgrade.locale import LANGUAGES, in_language
from podgrade.model.errors import InfrastructureError, PodgradeError
from podgrade.model.reason import Reason
from podgrade.model.submission import Position, SourceFile, Submission
from podgrade.model.text import Text, Words
from podgrade.workspace.unreadable import Unreadable

MOST = 900_000
"""Bytes of one object: the API server takes 1 MiB of a Secret, its names and labels included.

https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size
"""

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Piece:
    """One learner's work on an exercise; `identity` tells from run to run who it is."""

    exercise: str
    identity: str
    submission: Submission

    @property
    def id(self) -> str:
        """What stands for learner and exercise in an object's name."""
        return id_of(self.exercise, self.identity)


def id_of(exercise: str, identity: str) -> str:
    """40 hexadecimal digits."""
    return _digest(f"{exercise}\0{identity}").hex()[:40]


def shard_of(identity: str, count: int) -> int:
    """Which of so many shards a learner belongs to: by the name's hash, whoever else there is."""
    return int.from_bytes(_digest(identity)[:8]) % count


def shares(pieces: Iterable[Piece], count: int) -> list[list[Piece]]:
    """Each shard's pieces, in the order in which they were given."""
    found: list[list[Piece]] = [[] for _ in range(count)]
    for piece in pieces:
        found[shard_of(piece.identity, count)].append(piece)
    return found


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def packed(pieces: Iterable[Piece]) -> bytes:
    """The pieces as they travel; the same pieces give the same bytes."""
    return squeezed([_as_data(piece) for piece in pieces])


def unpacked(data: bytes) -> tuple[Piece, ...]:
    """What `packed` was given."""
    return tuple(map(_piece, loosened(data)))


def bundled(files: Mapping[str, bytes]) -> bytes:
    """Files by their paths, as they travel."""
    return squeezed({path: _text(data) for path, data in sorted(files.items())})


def unbundle(data: bytes, target: Path) -> None:
    """Write the files that `bundled` was given below a folder."""
    for name, text in loosened(data).items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(text))


def squeezed(data: Any) -> bytes:
    """Plain data as compressed JSON (ASCII: see class_journal.py)."""
    return gzip.compress(json.dumps(data).encode("ascii"), mtime=0)


def loosened(data: bytes) -> Any:
    """What `squeezed` was given."""
    return json.loads(gzip.decompress(data))


def cut(data: bytes, most: int = MOST) -> Iterator[bytes]:
    """The data in parts that an object can hold: at least one."""
    for place in range(0, max(len(data), 1), most):
        yield data[place : place + most]


def _as_data(piece: Piece) -> Data:
    submission = piece.submission
    files = [[one.name, _text(one.data)] for one in submission.files]
    return {
        "exercise": piece.exercise,
        "identity": piece.identity,
        "learner": str(submission.key),
        "files": files,
        "problem": _problem(submission.problem) if submission.problem else None,
    }


def _piece(data: Data) -> Piece:
    files = tuple(SourceFile(name, base64.b64decode(text)) for name, text in data["files"])
    problem = _error(data["problem"]) if data["problem"] else None
    submission = Submission(data["learner"], files, problem=problem, exercise=data["exercise"])
    return Piece(data["exercise"], data["identity"], submission)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _problem(error: PodgradeError) -> Data:
    if not isinstance(error, Unreadable):
        return {"words": as_pair(error.words)}
    reason, place = error.reason, error.position
    parts = {"expected": reason.expected, "seen": reason.seen, "why": reason.why}
    told = {part: as_pair(words) for part, words in {**parts, "look": reason.look}.items() if words}
    position = [place.file, place.line, place.column] if place else None
    return {"code": reason.code, "told": told, "position": position}


def _error(data: Data) -> PodgradeError:
    if "code" not in data:
        return InfrastructureError(Text(**data["words"]))
    told = {part: Text(**words) for part, words in data["told"].items()}
    position = Position(*data["position"]) if data["position"] else None
    return Unreadable(Reason(data["code"], **told), position)


def as_pair(words: Words) -> dict[str, str]:
    """Words in both languages, as they travel."""
    return {language: in_language(words, language) for language in LANGUAGES}
