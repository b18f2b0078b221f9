"""When a kubeconfig's log-in ended: the time in its token or its certificate."""

from __future__ import annotations

import base64
import binascii
import json
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

_UTC_TIME, _VERSION = 0x17, 0xA0  # tags of DER (X.690), and of X.509's version


def of_token(token: str) -> datetime | None:
    """The time in a JSON Web Token (RFC 7519, `exp`); None for any other token."""
    try:
        _, claims, _ = token.rpartition(" ")[2].split(".")
        decoded = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        return datetime.fromtimestamp(float(decoded["exp"]), UTC)
    except (ValueError, KeyError, TypeError, OverflowError):
        return None


def of_certificate(file: Path) -> datetime | None:
    """The time of the first certificate in a PEM file (RFC 5280, `notAfter`)."""
    try:
        pem = file.read_text("ascii").partition("-----END CERTIFICATE-----")
        der = ssl.PEM_cert_to_DER_cert(pem[0][pem[0].index("-----BEGIN") :] + pem[1])
        return _not_after(der)
    except (OSError, ValueError, IndexError, StopIteration, binascii.Error):
        return None


def _not_after(der: bytes) -> datetime:
    """Certificate { tbsCertificate { [0] version, serial, algorithm, issuer, validity, … } }."""
    _, certificate = next(_parts(der))
    _, body = next(_parts(certificate))
    fields = [value for tag, value in _parts(body) if tag != _VERSION]
    _, (tag, value) = list(_parts(fields[3]))
    form = "%y%m%d%H%M%SZ" if tag == _UTC_TIME else "%Y%m%d%H%M%SZ"
    return datetime.strptime(value.decode("ascii"), form).replace(tzinfo=UTC)


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element."""
    place = 0
    while place < len(data):
        tag, size, place = data[place], data[place + 1], place + 2
        if size & 0x80:
            count = size & 0x7F
            size, place = int.from_bytes(data[place : place + count]), place + count
        yield tag, data[place : place + size]
        place += size
