"""What a command's status means: its program is missing, or its container has ended."""

from __future__ import annotations

import json

import pytest

from podgrade.cluster.outputs import Outputs, judged
from podgrade.cluster.refusal import ApiRefusal

FAILED = "Internal error occurred: error executing command in container: failed to exec: {why}"
RUNC = "OCI runtime exec failed: exec failed: unable to {why}"


def outputs(why: str) -> Outputs:
    status = {"status": "Failure", "message": FAILED.format(why=RUNC.format(why=why)), "code": 500}
    return Outputs(100, status=bytearray(json.dumps(status).encode()))


@pytest.mark.parametrize(
    ("why", "code"),
    [
        ("start container process: exec: x: executable file not found in $PATH", 127),
        ("start container process: exec: /x: stat /x: no such file or directory", 127),
        ("start container process: exec: /etc: permission denied", 126),
    ],
)
def test_a_program_that_cannot_be_started_has_a_shells_code(why: str, code: int) -> None:
    assert judged(outputs(why)).code == code


def test_a_container_that_has_ended_is_no_program_that_is_missing() -> None:
    why = (
        "create new parent process: namespace path: lstat /proc/7/ns/ipc: no such file or directory"
    )
    with pytest.raises(ApiRefusal):
        judged(outputs(why))
