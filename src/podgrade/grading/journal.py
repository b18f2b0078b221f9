"""Keeps what rehearsals found out on disk, so that memory stays small and a crash loses nothing."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path

from podgrade.grading.rehearsal import Played, Rehearsed
from podgrade.probes.tape import Tape


class Journal:
    """One file a submission in `folder`: a line an instance, its tape in it."""

    def __init__(self, folder: Path | None = None) -> None:
        self._own = tempfile.TemporaryDirectory(prefix="podgrade-") if folder is None else None
        self._folder = folder or Path(self._own.name if self._own else "")
        self._folder.mkdir(parents=True, exist_ok=True)
        self._files: dict[int, Path] = {}

    def write(self, number: int, rehearsed: Rehearsed) -> Rehearsed:
        """Put the tapes of a finished rehearsal on disk; the same without its tapes."""
        path = self._folder / f"{number}.jsonl"
        with path.open("w", encoding="utf-8") as stream:
            for instance, played in rehearsed.played.items():
                entry = {"id": instance, "tape": played.tape.entries}
                stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        self._files[id(rehearsed.case)] = path
        light = {key: replace(played, tape=Tape()) for key, played in rehearsed.played.items()}
        return replace(rehearsed, played=light)

    def read(self, rehearsed: Rehearsed) -> dict[str, Played]:
        """What `write` kept, with its tapes."""
        path = self._files[id(rehearsed.case)]
        lines = path.read_text(encoding="utf-8").splitlines()
        tapes = {entry["id"]: Tape(entry["tape"]) for entry in map(json.loads, lines)}
        return {key: replace(played, tape=tapes[key]) for key, played in rehearsed.played.items()}

    def close(self) -> None:
        """Remove the folder if it was only ours."""
        if self._own is not None:
            self._own.cleanup()
