"""Gradescope's list of who handed in what: submission_metadata.yml of an export."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from podgrade.grading.intake.names import Person, normal
from podgrade.model.errors import UsageProblem
from podgrade.model.text import say
from podgrade.workspace.yaml_limits import LimitError, events, within_depth

METADATA = "submission_metadata.yml"


def people(folder: Path) -> dict[str, Person]:
    """Who handed in, by the name of the submission's folder; empty where there is no list.

    Raises UsageProblem for a list that cannot be read.
    """
    path = folder / METADATA
    if not path.is_file():
        return {}
    try:
        return listed(path.read_bytes(), path)
    except OSError as error:
        raise UsageProblem(say("{file} cannot be read: {error}", file=path, error=error)) from error


def listed(data: bytes, path: Path) -> dict[str, Person]:
    """The same from what the list at `path` holds."""
    body = _parsed(data, path)
    return {
        normal(str(name)): _person(str(name), about)
        for name, about in body.items()
        if isinstance(about, Mapping)
    }


def _parsed(data: bytes, path: Path) -> Mapping[Any, Any]:
    try:
        text = data.decode("utf-8")
        for _ in within_depth(events(text)):  # libyaml is not safe from deep nesting
            pass
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        body = yaml.load(text, Loader=loader)  # noqa: S506  a safe loader
    except (ValueError, yaml.YAMLError, LimitError) as error:
        raise UsageProblem(say("{file} cannot be read: {error}", file=path, error=error)) from error
    return body if isinstance(body, Mapping) else {}


def _person(folder: str, about: Mapping[Any, Any]) -> Person:
    """Several who handed in together are named together."""
    listed = about.get(":submitters")
    submitters = [one for one in listed if isinstance(one, Mapping)] if listed else []
    names = [normal(str(one.get(":name") or "")) for one in submitters]
    ids = [str(one.get(":sid") or one.get(":email") or "") for one in submitters]
    identity = " + ".join(filter(None, ids)) or folder
    return Person(" + ".join(filter(None, names)) or folder, identity, _when(about))


def _when(about: Mapping[Any, Any]) -> datetime | None:
    when = about.get(":created_at")
    if not isinstance(when, datetime):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
