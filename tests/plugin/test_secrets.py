"""No text that pytest prints or writes of a check holds the value of a Secret."""

from __future__ import annotations

import base64
import json

import pytest

pytest_plugins = "pytester"

VALUE = 's3cr3t "value" 값'
MARK = "[Secret/mine:password]"
ENCODED = base64.b64encode(VALUE.encode()).decode()

CHECKS = """
    @check("The page", ko="페이지", points=2)
    def test_page(curl):
        page = curl("/").body
        print("printed", page)
        assert page == "hello"

    @check("Bare", ko="그저", points=1)
    def test_bare(curl):
        page = curl("/").body
        print("printed", page)
        assert [str(page)] == [], f"it was {page}"

    @check("Broken", ko="고장", points=1)
    def test_broken(curl):
        raise KeyError(curl("/").body)

    @check("Chained", ko="이어짐", points=1)
    def test_chained(curl):
        try:
            int(curl("/").body)
        except ValueError as error:
            raise podgrade.Failure(str(error)) from error

    @check("Fine", ko="좋음", points=1)
    def test_fine(curl, logs):
        print("printed", curl("/").body)
        assert curl("/").body == logs("app", until="it is").splitlines()[0]
"""


@pytest.fixture
def graded(pack):
    """Grades a learner whose app shows what stands in a Secret; what pytest printed."""

    def run(*words, checks=CHECKS, value=VALUE, **script):
        pack.grader(checks)
        pack.submission("kim", **({"page": f"it is {VALUE}", "log": f"it is {VALUE}"} | script))
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mine"}}
        secret["stringData"] = {"password": value}
        path = pack.submissions[0]
        path.write_text(f"{path.read_text()}\n---\n{json.dumps(secret)}\n")
        result = pack.run(*words)
        return result.stdout.str() + result.stderr.str()

    return run


def shows(text):
    """True if the value can be read in the text, however it is written there."""
    return any(part in text for part in ("3cr3t", ENCODED[:-4]))


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("-v",),
        ("-vv",),
        ("-rA",),
        ("--showlocals", "--full-trace"),
        *((f"--tb={style}",) for style in ("auto", "long", "short", "line", "native", "no")),
    ],
)
def test_what_pytest_prints(graded, words):
    printed = graded(*words)

    assert not shows(printed)
    assert "3 failed, 2 passed, 1 warning, 1 error" in printed
    assert words[-1:] == ("--tb=no",) or MARK in printed


def test_what_pytest_prints_of_base64(graded):
    assert not shows(graded("-vv", page=f"it is {ENCODED}"))


def test_the_junit_file_of_pytest_with_all_that_was_printed(pack, graded):
    graded("--junitxml=junit.xml", "-o", "junit_logging=all")
    written = (pack.root / "junit.xml").read_text("utf-8")

    assert not shows(written)
    assert f"printed it is {MARK}" in written
    assert "<failure" in written


def test_the_verdicts_are_those_of_the_real_values(pack, graded):
    graded()
    told = pack.result()

    assert told.outcomes() == {
        "test_manifest_is_accepted": "passed",
        "test_page": "failed",
        "test_bare": "failed",
        "test_broken": "error",
        "test_chained": "failed",
        "test_fine": "passed",
    }
    assert told["test_page"]["expected"].endswith("hello")
    assert told["test_page"]["seen"].endswith(f"it is {MARK}")
    assert told["test_bare"]["why"].startswith(f"this did not hold: it was it is {MARK}")
    assert not shows((pack.root / "results.jsonl").read_text("utf-8"))


def test_the_graders_own_lines_stay(graded):
    printed = graded("-vv", value="hello", page="hello world")

    assert '>       assert page == "hello"' in printed
    assert "/: [Secret/mine:password] world" in printed


def test_the_reason_of_a_pod_that_crashes_with_it(pack, graded):
    checks = """
    @check("Ready", ko="준비", points=2)
    def test_ready(pod):
        assert pod.ready == "1/1"
    """
    printed = graded("-v", checks=checks, doomed="crash-loop", why=f"it ends: {VALUE}")

    assert not shows(printed)
    assert pack.result()["test_ready"]["why"] == f"it ends: {MARK}"


def test_workers_of_xdist_send_nothing_of_it(pack, graded):
    pytest.importorskip("xdist")
    printed = graded("-p", "xdist", "-n", "1", "-rA")

    assert not shows(printed)
    assert MARK in printed
