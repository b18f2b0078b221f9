"""When log-ins ended, by what is in them."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from podgrade.cluster.expiry import of_certificate, of_token


def token(**claims):
    parts = [{"alg": "none"}, claims]
    coded = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode() for one in parts]
    return ".".join([*(one.rstrip("=") for one in coded), "signature"])


def test_the_time_in_a_token():
    assert of_token(f"Bearer {token(exp=1700000000)}") == datetime.fromtimestamp(1700000000, UTC)
    assert of_token(token(exp=1700000000.5)) is not None


@pytest.mark.parametrize("other", ["", "abc", "a.b.c", token(), token(exp="soon"), token(exp=1e30)])
def test_other_tokens_tell_none(other):
    assert of_token(other) is None


@pytest.mark.skipif(not shutil.which("openssl"), reason="there is no openssl")
@pytest.mark.parametrize("days", [1, 365 * 60])  # UTCTime, and GeneralizedTime from 2050 on
def test_the_time_in_a_certificate(tmp_path, days):
    file, key = tmp_path / "x.crt", tmp_path / "x.key"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    made += ["-nodes", "-subj", "/O=system:masters/CN=admin", "-days", str(days)]
    subprocess.run([*made, "-keyout", key, "-out", file], check=True, capture_output=True)
    off = of_certificate(file) - datetime.now(UTC) - timedelta(days=days)
    assert abs(off) < timedelta(minutes=5)
    file.write_text("something before\n" + file.read_text() + file.read_text())
    assert of_certificate(file) is not None


def test_what_is_no_certificate_tells_none(tmp_path):
    assert of_certificate(tmp_path / "missing") is None
    assert of_certificate(tmp_path) is None
    file = tmp_path / "x.crt"
    body = base64.b64encode(b"\x30\x03\x30\x01").decode()
    for text in ("", "hello", f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"):
        file.write_text(text)
        assert of_certificate(file) is None
