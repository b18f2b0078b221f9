"""Turns the API server's no into refusals: a reason in words, and the manifest's line."""

from __future__ import annotations

import difflib
import re

from podgrade.cluster.connection import ApiRefusal
from podgrade.cluster.kinds import KINDS
from podgrade.model.errors import InfrastructureError
from podgrade.model.reason import Reason
from podgrade.model.submission import Document
from podgrade.model.text import say
from podgrade.workspace.acceptance import Refusal
from podgrade.workspace.complaint import complaint_of
from podgrade.workspace.field_words import field_reason
from podgrade.workspace.reading_words import misread

_OURS = re.compile(
    r"being terminated|namespaces \S+ not found|error looking up service account"
    r"|status unknown for quota|failed quota: |failed calling webhook|cannot impersonate"
)
_PSA = re.compile(r'violates? PodSecurity "([^":]+)[^"]*": (.*)', re.DOTALL)
_QUOTA = re.compile(r"exceeded quota: \S+, (.*)", re.DOTALL)
_SETTING = re.compile(r"\b(host(?:PID|IPC|Network|Port)|privileged|hostPath)\b")


def wrong_kind(document: Document) -> Refusal | None:
    """A kind that does not exist, or not under this apiVersion: nothing needs to be asked."""
    kind = KINDS.get(document.kind)
    if kind is None:
        near = difflib.get_close_matches(document.kind.lower(), map(str.lower, KINDS), n=1)
        known = next((name for name in KINDS if near and name.lower() == near[0]), None)
        why = say("Kubernetes knows no kind `{kind}`", kind=document.kind)
        look = say("did you mean `{name}`?", name=known) if known else None
        return Refusal(Reason("wrong-kind", why=why, look=look), document.locate("kind"))
    if document.api_version == kind.api_version:
        return None
    why = say(
        "kind `{kind}` is not in apiVersion `{version}`",
        kind=kind.name,
        version=document.api_version,
    )
    look = say("write `apiVersion: {version}`", version=kind.api_version)
    return Refusal(Reason("wrong-kind", why=why, look=look), document.locate("apiVersion"))


def refusals_of(refusal: ApiRefusal, document: Document) -> tuple[Refusal, ...]:
    """Everything the server found wrong with one object.

    Raises InfrastructureError where it is not the manifest that is wrong.
    """
    if refusal.status != 422 and _OURS.search(refusal.message):
        raise InfrastructureError(refusal.words) from refusal
    if refusal.causes:
        return tuple(
            _located(field_reason(complaint), document, complaint.field)
            for complaint in (complaint_of(document, cause) for cause in refusal.causes)
        )
    if refusal.status == 400:
        found = misread(refusal.message, document)
        if found:
            return tuple(_located(reason, document, path) for reason, path in found)
    return (_whole(refusal, document),)


def _located(reason: Reason, document: Document, path: str) -> Refusal:
    return Refusal(reason, document.locate(path))


def _whole(refusal: ApiRefusal, document: Document) -> Refusal:
    """A refusal of the object as a whole, or one that nobody put into words yet."""
    return insecure(document, refusal.message) or Refusal(
        _whole_reason(refusal, document), document.position
    )


def _whole_reason(refusal: ApiRefusal, document: Document) -> Reason:
    names = {"kind": document.kind, "name": document.name}
    quota = _QUOTA.search(refusal.message)
    if quota:
        why = say("this is more than one workspace may hold: {detail}", detail=quota[1])
        return Reason("refused-by-server", why=why, look=say("ask for less, or for fewer objects"))
    if refusal.reason == "AlreadyExists":
        why = say("there is a {kind} `{name}` already", **names)
        look = say("it is in the manifest twice, or the exercise has one of that name")
        return Reason("already-exists", why=why, look=look)
    if refusal.reason == "Forbidden" and "cannot create resource" in refusal.message:
        why = say("in an exercise, a {kind} may not be created", **names)
        return Reason("refused-by-policy", why=why)
    why = say("the API server says: {message}", message=refusal.message)
    return Reason("refused-by-server", why=why)


def insecure(document: Document, message: str) -> Refusal | None:
    """The refusal that a message of Pod Security's is about, be it an error or a warning."""
    said = _PSA.search(message)
    return _insecure(document, said[1], said[2]) if said else None


def _insecure(document: Document, level: str, detail: str) -> Refusal:
    why = say(
        "Pod Security (level {level}) does not let the Pod in: {detail}", level=level, detail=detail
    )
    look = say("take these settings out; the exercise can be done without them")
    setting = _SETTING.search(detail)
    places = [path for path in document.positions if setting and path.endswith(setting[1])]
    where = document.locate(places[0]) if places else document.position
    return Refusal(Reason("refused-by-pod-security", why=why, look=look), where)
