"""Keeps what rehearsals found out on disk, so that memory stays small and a crash loses nothing."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path

from podgrade.grading.case import Case
from podgrade.grading.play import Played
from podgrade.grading.rehearsal import Rehearsed
from podgrade.probes.tape import Tape


class Journal:
    """One file a submission in `folder`: a line an instance, its tape in it.

    Without a folder one is made at the first writing, and removed at the end.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._own: tempfile.TemporaryDirectory[str] | None = None
        self._folder = folder
        self._files: dict[Case, Path] = {}

    def open(self) -> None:
        """Make the folder, before threads write to it. Raises OSError."""
        if self._folder is None:
            self._own = tempfile.TemporaryDirectory(prefix="podgrade-", ignore_cleanup_errors=True)
            self._folder = Path(self._own.name)
        self._folder.mkdir(parents=True, exist_ok=True)

    def write(self, number: int, rehearsed: Rehearsed) -> Rehearsed:
        """Put the tapes of a finished rehearsal on disk; the same without its tapes."""
        if self._folder is None:
            raise FileNotFoundError("the journal is not open")
        path = self._folder / f"{number}.jsonl"
        with path.open("w", encoding="ascii") as stream:
            for instance, played in rehearsed.played.items():
                entry = {"id": instance, "tape": played.tape.entries}
                # ASCII: what learners write may hold halves of surrogate pairs, line separators.
                stream.write(json.dumps(entry) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        self._files[rehearsed.case] = path
        light = {key: replace(played, tape=Tape()) for key, played in rehearsed.played.items()}
        return replace(rehearsed, played=light)

    def read(self, rehearsed: Rehearsed) -> dict[str, Played]:
        """What `write` kept, with its tapes; what could not be written has none."""
        path = self._files.get(rehearsed.case)
        lines = path.read_text(encoding="ascii").splitlines() if path else ()
        tapes = {entry["id"]: Tape(entry["tape"]) for entry in map(json.loads, lines)}
        return {
            key: replace(played, tape=tapes.get(key, played.tape))
            for key, played in rehearsed.played.items()
        }

    def close(self) -> None:
        """Remove the folder if it was only ours."""
        if self._own is not None:
            self._own.cleanup()
