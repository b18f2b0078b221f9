"""One thing the API server finds wrong with a field, taken apart."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from podgrade.cluster.connection import Cause
from podgrade.model.submission import Document

# k8s.io/apimachinery/pkg/util/validation/field: Error.ErrorBody
_HEAD = re.compile(
    r"(?:Invalid value|Unsupported value|Duplicate value|Not found|Required value|Forbidden"
    r"|Too long|Too many|Too few|Internal error)(?:: )?"
)
_INDEX = re.compile(r"\[\d+\]")
_WORD = re.compile(r'[^.\[\]]+|\[(?:"[^"]*"|[^\]]*)\]')


@dataclass(frozen=True)
class Complaint:
    """`field`: its path; `reason`: FieldValueInvalid …; `value`: what was sent, as text;
    `detail`: the rest of the sentence; `message`: the whole of it.
    """

    document: Document
    field: str
    reason: str
    value: str
    detail: str
    message: str

    @property
    def last(self) -> str:
        """The field's own name, without the way to it."""
        return re.split(r"[.\]]", _INDEX.sub("", self.field))[-1]


def complaint_of(document: Document, cause: Cause) -> Complaint:
    """The cause of a metav1.Status, taken apart."""
    head = _HEAD.match(cause.message)
    rest = cause.message[head.end() :] if head else cause.message
    value, detail = _value_and_detail(rest) if head else ("", rest)
    return Complaint(document, cause.field, cause.reason, value, detail, cause.message)


def _value_and_detail(rest: str) -> tuple[str, str]:
    """What was sent stands first, as JSON; what is wrong with it comes after a colon."""
    try:
        value, end = json.JSONDecoder().raw_decode(rest)
    except ValueError:
        return "", rest
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return shown, rest[end:].removeprefix(": ")


def value_at(body: Any, path: str) -> Any:
    """The value at a path of the manifest (`spec.containers[0].image`); None if there is none."""
    for word in _WORD.findall(path):
        key = word[1:-1].strip('"') if word.startswith("[") else word
        if isinstance(body, list) and key.isdigit() and int(key) < len(body):
            body = body[int(key)]
        elif isinstance(body, Mapping):
            body = body.get(key)
        else:
            return None
    return body


def every_value(body: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """All paths of a manifest with their values, in the order in which they were written."""
    yield path, body
    if isinstance(body, Mapping):
        for key, value in body.items():
            yield from every_value(value, f"{path}.{key}" if path else str(key))
    elif isinstance(body, list):
        for index, value in enumerate(body):
            yield from every_value(value, f"{path}[{index}]")


def without_indices(path: str) -> str:
    """The path as a Go struct has it: without places in lists."""
    return _INDEX.sub("", path)
