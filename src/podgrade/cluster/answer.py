"""Reading what a request sent and what came back, as plain data."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Mapping
from typing import Any

import urllib3

from podgrade.model.errors import InfrastructureError
from podgrade.model.text import say

_WARNING = re.compile(r'^299 \S+ "((?:[^"\\]|\\.)*)"')  # RFC 7234, 5.5: code agent "text"


def minor_version(version: Mapping[str, Any]) -> str:
    """A server's version as Pod Security's labels want it (`v1.36`)."""
    minor = re.match(r"\d+", str(version.get("minor", "")))  # some clusters say "36+"
    return f"v{version.get('major', '1')}.{minor.group() if minor else '0'}"


def name_of(body: Any) -> str | None:
    """The name a POST gives its object; "" for one that creates nothing (reviews)."""
    metadata = body.get("metadata") if isinstance(body, Mapping) else None
    if not isinstance(metadata, Mapping):
        return ""
    return str(metadata["name"]) if metadata.get("name") else None


def decoded(body: bytes) -> dict[str, Any]:
    """The JSON object in a body. Raises InfrastructureError for anything else."""
    with contextlib.suppress(ValueError):
        answer = json.loads(body)
        if isinstance(answer, dict):
            return answer
    raise InfrastructureError(say("what answered is not a Kubernetes API server"))


def warnings_of(response: urllib3.BaseHTTPResponse) -> tuple[str, ...]:
    """The texts of the Warning headers."""
    found = (_WARNING.match(value) for value in response.headers.getlist("Warning"))
    return tuple(re.sub(r"\\(.)", r"\1", match.group(1)) for match in found if match)


def first_bytes(response: urllib3.BaseHTTPResponse, limit: int, end: float) -> bytes:
    """At most `limit` bytes of a body, read until `end` (time.monotonic())."""
    kept = bytearray()
    while len(kept) < limit and time.monotonic() < end:
        chunk = response.read(min(limit - len(kept), 1 << 16))
        if not chunk:
            break
        kept += chunk
    return bytes(kept)


def exhausted(response: urllib3.BaseHTTPResponse) -> bool:
    """True if the whole body was read, so that its connection can be used again."""
    return bool(response.closed)
