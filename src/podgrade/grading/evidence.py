"""The evidence folder: one file a submission, redacted, bounded, checked when it is read."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from podgrade import __version__
from podgrade.grading.record import FORMAT, VERSION, Data, Record, from_data, to_data
from podgrade.grading.redact import Redaction
from podgrade.grading.schemas import published
from podgrade.model.errors import UsageProblem
from podgrade.model.text import say
from podgrade.probes.codec import words_to_json

LONGEST = 1 << 20  # letters of one answer as JSON
MOST = 8 << 20  # letters of all answers of one submission as JSON
_SMALL = 2048  # letters of an answer that is kept whatever the others take

# What file systems give a meaning to, or fold together.
_UNSAFE = re.compile(r"[^\w .,+()=@-]|[. ]\Z")
_LONGEST_NAME = 120  # bytes


def schema() -> Data:
    """The JSON Schema of an evidence file."""
    return published("podgrade.grading", "evidence.schema.json")


def keep(folder: Path, record: Record, redaction: Redaction) -> Path:
    """Write a submission's evidence into its file of the folder. Raises OSError."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    data = to_data(replace(record, version=__version__, made=now))
    for check in data["checks"]:
        check["tape"] = [{**entry} for entry in check["tape"]]
    _bound([entry for check in data["checks"] for entry in check["tape"]])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name(record.exercise.slug, record.submission.key)
    # Whole or not at all, and ASCII: what learners write may hold halves of surrogate pairs.
    half = path.with_suffix(".part")
    half.write_text(json.dumps(_redacted(data, redaction), indent=1) + "\n", encoding="ascii")
    half.replace(path)
    return path


def file_name(slug: str, key: str) -> str:
    """A name that every file system takes, and that no two submissions share."""
    safe = _UNSAFE.sub("_", key).encode()[:_LONGEST_NAME].decode("utf-8", "ignore")
    if safe != key or key != key.casefold():
        safe = f"{safe}-{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:8]}"
    return f"{slug}.{safe}.json"


def _redacted(data: Data, redaction: Redaction) -> Data:
    return data | {part: redaction.data(data[part]) for part in ("files", "notes", "checks")}


def _bound(entries: list[dict[str, Any]]) -> None:
    """Leave out answers that are too long by themselves, or for which no room is left."""
    used = 0
    for entry in entries:
        size = len(json.dumps(entry))
        if size > LONGEST or (used + size > MOST and size > _SMALL):
            entry.pop("answer", None)
            entry.pop("reason", None)
            words = say("not recorded: the answer of {count} letters was too long", count=size)
            entry |= {"raised": "infrastructure", "words": words_to_json(words)}
        else:
            used += size


def records(place: Path) -> tuple[Record, ...]:
    """The records in a folder, or of one file. UsageProblem says which cannot be read, and why."""
    paths = sorted(place.glob("*.json")) if place.is_dir() else [place]
    found = tuple(filter(None, map(_record, paths)))
    if not found:
        raise UsageProblem(
            say(
                "there is no evidence in {folder}: podgrade check --evidence {folder} keeps it",
                folder=place,
            )
        )
    return found


def _record(path: Path) -> Record | None:
    """The file's record; None for a JSON file that is something else."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageProblem(say("{file} cannot be read: {error}", file=path, error=error)) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        return None
    if data.get("version") != VERSION:
        raise UsageProblem(
            say(
                "{file} is evidence of version {version}, this podgrade reads version {known}",
                file=path,
                version=data.get("version"),
                known=VERSION,
            )
        )
    wrong = best_match(Draft202012Validator(schema()).iter_errors(data))
    if wrong is not None:
        place = "/".join(map(str, wrong.absolute_path)) or "/"
        problem = say("{field}: {problem}", field=place, problem=wrong.message[:200])
        raise UsageProblem(say("{file} cannot be read: {error}", file=path, error=problem))
    return from_data(data)


def writable(folder: Path) -> None:
    """Make the folder. UsageProblem where no evidence could be kept in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(13, os.strerror(13))
    except OSError as error:
        raise UsageProblem(
            say("{file} cannot be written: {error}", file=folder, error=error.strerror)
        ) from error


def stems(found: Iterable[Record]) -> Iterator[str]:
    """What tells the records apart in names of files."""
    return (file_name(one.exercise.slug, one.submission.key)[: -len(".json")] for one in found)
