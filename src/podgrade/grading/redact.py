"""Takes out of evidence what nobody is to read later: values of Secrets, tokens, kubeconfigs."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from podgrade.model.submission import Document

_SHORTEST = 4  # letters: what is shorter stands everywhere, and nothing would be left

# What is known by its form: a ServiceAccount's or anybody's JSON Web Token, private keys, the
# credentials of a kubeconfig (https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/).
_FORMS = re.compile(
    r"\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|(?<=client-key-data: )\S+|(?<=client-certificate-data: )\S+"
    r"|(?<=certificate-authority-data: )\S+"
    r"|(?<=token: )[\w.~+/=-]{20,}|(?i:(?<=bearer )[\w.~+/=-]{16,})",
    re.DOTALL,
)

# Words of our own, and names that a record is found by.
_OURS = frozenset({"say", "kind", "id", "code", "raised", "outcome", "check", "needs", "because"})


def secrets_of(documents: Iterable[Document]) -> frozenset[str]:
    """Every value of the Secrets among these objects, as text and in base64."""
    bodies = [document.body for document in documents if document.kind == "Secret"]
    return frozenset(value for body in bodies for value in _values(body) if len(value) >= _SHORTEST)


def _values(body: Mapping[str, Any]) -> Iterator[str]:
    for text in _texts(body.get("stringData")):
        yield from _forms_of(text)
    for encoded in _texts(body.get("data")):
        yield encoded.strip()
        try:
            yield from _forms_of(base64.b64decode(encoded, validate=False).decode())
        except (binascii.Error, UnicodeDecodeError):
            continue  # no text: it can only show up as it is written here


def _forms_of(text: str) -> Iterator[str]:
    """The text, its lines (as they stand in a log), and what stands for it in an API object."""
    yield text
    yield text.strip()
    yield from (line.strip() for line in text.splitlines())
    yield base64.b64encode(text.encode()).decode()


def _texts(mapping: object) -> Iterator[str]:
    values = mapping.values() if isinstance(mapping, Mapping) else ()
    yield from (value for value in values if isinstance(value, str))


class Redaction:
    """Replaces secrets in plain data, each everywhere by the same mark.

    So what was equal stays equal, and checks can be run again on what is left.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted(set(secrets), key=lambda value: (-len(value), value))
        self._marks = {value: f"[redacted {place}]" for place, value in enumerate(known, 1)}
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def text(self, text: str) -> str:
        """The text with a mark in the place of each secret."""
        if self._known is not None:
            text = self._known.sub(lambda found: self._marks[found[0]], text)
        return _FORMS.sub("[redacted]", text)

    def data(self, data: Any) -> Any:
        """Plain data with every text of it redacted, but for names and podgrade's own words."""
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, Mapping):
            return {key: part if key in _OURS else self.data(part) for key, part in data.items()}
        if isinstance(data, list | tuple):
            return [self.data(part) for part in data]
        return data
