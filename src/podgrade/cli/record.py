"""What was passed on this machine: a small file that `podgrade next` and `explain` read."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from podgrade.cli.files import replace
from podgrade.cluster.providers.node_paths import state_folder
from podgrade.model.errors import UsageProblem
from podgrade.model.verdict import Result

_VERSION = 1


def path() -> Path:
    """Where the record is: `passed.json` in podgrade's folder of the user's state."""
    return state_folder() / "passed.json"


def passed() -> Mapping[str, str]:
    """The exercises that were passed, with the day of the first time (RFC 3339).

    Empty where there is no record or it cannot be read: it is of help, and nothing rests on it.
    """
    with contextlib.suppress(OSError, ValueError):
        body: Any = json.loads(path().read_text(encoding="utf-8"))
        if isinstance(body, dict) and isinstance(body.get("passed"), dict):
            return {str(slug): str(day) for slug, day in body["passed"].items()}
    return {}


def remember(result: Result) -> None:
    """Write down that an exercise was passed; a record that cannot be written is done without."""
    known = passed()
    if not result.passed or result.partial or result.exercise in known:
        return
    day = datetime.now(UTC).date().isoformat()
    body = {"version": _VERSION, "passed": {**known, result.exercise: day}}
    target = path()
    with contextlib.suppress(OSError, UsageProblem):
        target.parent.mkdir(parents=True, exist_ok=True)
        replace(target, json.dumps(body, indent=1, sort_keys=True) + "\n")
