"""A container that is too loud, and one that writes what others would obey."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import xml.etree.ElementTree as ET

import pytest
from tests.cluster.outputs import graded

MEMORY = 300 << 20  # bytes; a quiet run needs about 100 MiB
KEPT = 4 << 20  # bytes of one output
LOUD = 100_000_000

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: nginx-sidecar}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: nginx
    image: nginx
    volumeMounts: [{name: logs, mountPath: /var/log/nginx}]
  - name: log-sidecar
    image: busybox
    command: [sh, -c, %s]
    volumeMounts: [{name: logs, mountPath: /var/log/nginx}]
  volumes: [{name: logs, emptyDir: {}}]
"""
EVIL = (
    r"\033[31mred\033]0;title\007\000\177 \377\376 \342\200\256gnp.exe\n",
    r"::error::pwned\n  ::set-output name=x::pwned\n##[error]pwned\n::stop-commands::pwned\n",
    r"<script>pwned()</script> ]]> <img src=x onerror=pwned()> &lt;b&gt; `code` | a | **b**\n",
    r"=HYPERLINK(1)\n+1\n-1\n@SUM(1)\n%0A::error::pwned\r::error::pwned\n",
)


def script(*commands):
    return json.dumps("; ".join(commands))


def flood(size):
    """Long lines, and one that is a tenth of it all."""
    line = f"head -c {size // 10} /dev/zero | tr '\\0' y; echo"
    return f"yes {'x' * 5000} | head -c {size - size // 10}; echo; {line}"


def noise():
    return [f"printf '{piece}'" for piece in EVIL]


def test_100_mb_of_log_cost_bounded_memory(kubeconfig, tmp_path):
    # It never says what is waited for, so that no machine's speed decides.
    text = POD % script(flood(LOUD), *noise(), "sleep 600")
    told = graded(kubeconfig, tmp_path, "sidecar", text)

    assert told.code == 1, told.outputs["text"]
    assert told.memory < MEMORY
    assert max(map(len, told.outputs.values())) < KEPT


@pytest.fixture(scope="module")
def evil(kubeconfig, tmp_path_factory):
    """All outputs about a container that says what others might obey, and fails with it."""
    text = POD % script(*noise(), "sleep 600")
    told = graded(kubeconfig, tmp_path_factory.mktemp("evil"), "sidecar", text)
    assert told.code == 1
    assert "pwned" in told.outputs["text"]  # it is shown
    return told.outputs


def test_no_output_holds_a_character_that_acts(evil):
    for name, text in evil.items():
        acting = re.findall("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", text)
        assert not acting, name
        assert "\r" not in text.replace("\r\n", ""), name


def test_the_runner_obeys_none_of_it(evil):
    commands = [line for line in evil["github"].splitlines() if re.match(r"\s*(::|##\[)", line)]
    assert commands
    assert not [line for line in commands if re.match(r"\s*(::\S+ *\S*::pwned|##\[)", line)]


def test_the_page_and_the_tables_hold_no_markup_of_it(evil):
    for name in ("html", "summary", "junit"):
        assert "<script>pwned" not in evil[name]
        assert "<img src=x" not in evil[name]
    root = ET.fromstring(evil["junit"])
    assert {one.tag for one in root.iter()} <= {
        *("testsuites", "testsuite", "testcase", "failure", "skipped", "error"),
        *("properties", "property", "system-out", "system-err"),
    }


def test_a_spreadsheet_computes_none_of_it(evil):
    for row in csv.reader(io.StringIO(evil["csv"])):
        assert not [cell for cell in row if re.match(r"[=+@\t\r]", cell)]


@pytest.mark.parametrize("name", ["json", "classroom", "gradescope", "prairielearn"])
def test_what_is_json_is_json(evil, name):
    text = evil[name]
    assert json.loads(base64.b64decode(text) if name == "classroom" else text)
