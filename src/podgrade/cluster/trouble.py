"""Failures to get an answer, put into sentences, with what they mean for trying again."""

from __future__ import annotations

import ssl

from urllib3.exceptions import (
    ConnectTimeoutError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from podgrade.cluster.retry import Unanswered
from podgrade.model.text import Words, say


def unanswered(error: BaseException, host: str) -> Unanswered:
    """What an exception of the connection pool means."""
    never_left = isinstance(error, NewConnectionError | ConnectTimeoutError)
    untrusted = isinstance(error, SSLError) and isinstance(
        error.args[0] if error.args else None, ssl.SSLCertVerificationError
    )
    return Unanswered(
        _sentence(error, host),
        arrived=not never_left,
        again=not untrusted and not isinstance(error, NameResolutionError),
    )


def _sentence(error: BaseException, host: str) -> Words:
    if isinstance(error, NameResolutionError):
        return say("the name of the cluster's address {host} cannot be resolved", host=host)
    if isinstance(error, NewConnectionError):
        return say(
            "the cluster {host} cannot be reached: {detail}", host=host, detail=_cause(error)
        )
    if isinstance(error, ReadTimeoutError | ConnectTimeoutError):
        return say("the cluster {host} did not answer in time", host=host)
    if isinstance(error, SSLError):
        return say(
            "the cluster {host} cannot be trusted (TLS): {detail}", host=host, detail=_cause(error)
        )
    return say(
        "the connection to the cluster {host} broke off: {detail}", host=host, detail=_cause(error)
    )


def _cause(error: BaseException) -> str:
    known = error.__cause__ or error.__context__ or error
    return getattr(known, "strerror", None) or str(known)
