"""Reads an exercise.yaml and says in a sentence what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from podgrade.grading.schemas import published
from podgrade.model.errors import UsageProblem
from podgrade.model.text import Message, say


def schema(name: str = "exercise.schema.json") -> dict[str, Any]:
    """The JSON Schema of exercise.yaml, or of another file that people write."""
    return published("podgrade.grading", name)


def checked(path: Path, name: str = "exercise.schema.json") -> dict[str, Any]:
    """The body of an exercise.yaml that fits the schema. UsageProblem names file and field."""
    body = parsed(path)
    error = best_match(Draft202012Validator(schema(name)).iter_errors(body))
    if error is not None:
        raise UsageProblem(_problem(path, error))
    assert isinstance(body, dict)  # noqa: S101  the schema says so
    return body


def parsed(path: Path) -> object:
    """What a YAML file of a pack holds. UsageProblem says what is wrong with it."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(say("{file} cannot be read: {error}", file=path, error=error)) from error
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        raise UsageProblem(
            say(
                "{file} is not YAML: line {line}: {problem}",
                file=path,
                line=place.line + 1 if place else 1,
                problem=getattr(error, "problem", None) or error,
            )
        ) from error


def _problem(path: Path, error: ValidationError) -> Message:
    field = ".".join(str(part) for part in error.absolute_path) or path.name
    known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
    told = _listed(error.validator_value)
    present = _listed(error.instance)
    if error.validator == "required":
        return say(
            "{file}: {field}: the field {missing} is missing",
            file=path,
            field=field,
            missing=", ".join(name for name in told if name not in present),
        )
    if error.validator == "additionalProperties":
        return say(
            "{file}: {field}: the field {unknown} is not known here; known are: {known}",
            file=path,
            field=field,
            unknown=", ".join(name for name in present if name not in known),
            known=", ".join(known),
        )
    if error.validator == "enum":
        return say(
            "{file}: {field}: {value} is not one of: {allowed}",
            file=path,
            field=field,
            value=error.instance,
            allowed=", ".join(told),
        )
    return say("{file}: {field}: {problem}", file=path, field=field, problem=error.message)


def _listed(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, Iterable) else [str(value)]
