"""Whether what was said of a fixture is true."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

Result = Mapping[str, Any]  # as `--format json` gives it


def verdicts(result: Result) -> dict[str, str]:
    """Each check's verdict by name."""
    return {one["name"]: one["verdict"] for one in result["results"]}


def unknown(result: Result) -> dict[str, str]:
    """What each check's error says, of those that ended in one."""
    return {
        one["name"]: one["cause"]["rationale"]
        for one in result["results"]
        if one["verdict"] == "error"
    }


def wrong(result: Result, fixture: Path) -> dict[str, str]:
    """Verdicts that say something untrue of the fixture in this folder; errors say nothing."""
    path = fixture / "expect.yaml"
    expected = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    right = dict.fromkeys(expected.get("failed", ()), "failed")
    right |= dict.fromkeys(expected.get("not_reached", ()), "not reached")
    return {
        name: seen
        for name, seen in verdicts(result).items()
        if seen not in (right.get(name, "passed"), "error")
    }
