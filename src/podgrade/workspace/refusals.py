"""Turns the API server's no into refusals: a reason in words, and the manifest's line."""

from __future__ import annotations

from podgrade.cluster.connection import ApiRefusal
from podgrade.model.reason import Reason
from podgrade.model.submission import Document
from podgrade.model.text import say
from podgrade.workspace.acceptance import Refusal


def refusals_of(refusal: ApiRefusal, document: Document) -> tuple[Refusal, ...]:
    """Everything the server found wrong with one object."""
    why = say("the API server says: {message}", message=refusal.message)
    return (Refusal(Reason("refused-by-server", why=why), document.position),)
