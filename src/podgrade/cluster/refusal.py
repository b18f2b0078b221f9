"""An answer of the API server that says no, as metav1.Status tells it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from podgrade.model.errors import PodgradeError
from podgrade.model.text import say


@dataclass(frozen=True)
class Cause:
    """One cause of a refusal: the field's path, the reason (FieldValueInvalid …), the sentence."""

    field: str
    reason: str
    message: str


class ApiRefusal(PodgradeError):
    """The API server answered with a status of 4xx: an answer, not a failure to get one.

    `reason` and `details` are those of metav1.Status (`NotFound`, `Invalid`, `Forbidden` …).
    """

    def __init__(
        self, status: int, reason: str, message: str, details: Mapping[str, Any] | None = None
    ) -> None:
        self.status = status
        self.reason = reason
        self.message = message
        self.details: Mapping[str, Any] = details or {}
        super().__init__(say("the API server says: {message}", message=message))

    @property
    def causes(self) -> tuple[Cause, ...]:
        """What is wrong, field by field (empty where the server names no fields)."""
        return tuple(
            Cause(one.get("field", ""), one.get("reason", ""), one.get("message", ""))
            for one in self.details.get("causes") or ()
        )

    @classmethod
    def of_status(cls, status: Mapping[str, Any], code: int = 0) -> ApiRefusal:
        """The refusal that a metav1.Status object describes; `code` where it names none."""
        return cls(
            int(status.get("code") or code),
            str(status.get("reason") or ""),
            str(status.get("message") or ""),
            status.get("details") or {},
        )

    @classmethod
    def of_body(cls, code: int, body: bytes) -> ApiRefusal:
        """The refusal in a response's body, which may be plain text (a proxy's, say)."""
        try:
            status = json.loads(body)
        except ValueError:
            status = None
        if isinstance(status, dict) and status.get("kind") == "Status":
            return cls.of_status(status, code)
        text = body[:500].decode("utf-8", "replace").strip()
        return cls(code, "", text or f"HTTP {code}")
