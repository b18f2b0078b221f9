"""An exercise where none of its own matters."""

from __future__ import annotations

from pathlib import Path

from podgrade.model.exercise import Exercise, Target
from podgrade.model.text import Text

EXERCISE = Exercise("demo", Text("", ""), Text("", ""), Target("web"), Path(), Path())
