"""What rehearsals found out is on disk; what was told is not kept."""

from __future__ import annotations

import os

pytest_plugins = "pytester"

CHECKS = """
    @check("It has a long log", ko="긴 로그가 있다", points=2)
    def test_log(logs):
        assert len(logs("app")) > 100_000
"""


def test_tapes_of_finished_submissions_are_not_kept(pack):
    """Twenty logs of 200 KB: at the end none of them is in memory."""
    pack.grader(CHECKS)
    pack.conftest("""
        import gc

        from podgrade.probes.tape import Replay, Tape
        from podgrade.probes.values import Text

        def pytest_sessionfinish(session):
            gc.collect()
            big = [o for o in gc.get_objects() if isinstance(o, Tape) and o.entries]
            Path("kept").write_text(str(len(big)))
    """)
    for number in range(20):
        pack.submission(f"kim-{number}", log="x" * 200_000)
    pack.run("--in-flight=2", process=True).assert_outcomes(passed=40)
    assert (pack.root / "kept").read_text() == "0"


def test_evidence_of_what_was_told_is_not_kept(pack):
    """Twenty answers of what is the longest that evidence shows: at the end they are gone."""
    pack.grader(CHECKS)
    pack.conftest("""
        import gc

        from podgrade.model.verdict import Evidence

        def pytest_sessionfinish(session):
            gc.collect()
            kept = [o for o in gc.get_objects() if isinstance(o, Evidence)]
            Path("kept").write_text(str(len(kept)))
    """)
    for number in range(20):
        pack.submission(f"kim-{number}", log="x" * 200_000)
    pack.run("--in-flight=2", process=True).assert_outcomes(passed=40)
    assert (pack.root / "kept").read_text() == "0"
    assert pack.results()["kim-0.yaml"]["test_log"]["evidence"]


def test_tapes_are_on_disk_until_the_run_ends(pack, monkeypatch):
    scratch = pack.root / "scratch"
    scratch.mkdir()
    pack.grader(CHECKS)
    pack.conftest("""
        def pytest_podgrade_result(result):
            files = list(Path("scratch").glob("podgrade-*/*.jsonl"))
            with Path("sizes").open("a") as stream:
                stream.write(f"{len(files)} {max(f.stat().st_size for f in files)}\\n")
    """)
    pack.submission("kim", log="x" * 200_000)
    monkeypatch.setenv("TMPDIR", os.fspath(scratch))
    pack.run(process=True).assert_outcomes(passed=2)
    count, size = (pack.root / "sizes").read_text().split()
    assert int(count) == 1
    assert int(size) > 200_000
    assert list(scratch.glob("podgrade-*")) == []


def test_a_full_disk_is_an_error_and_no_run_that_hangs(pack):
    pack.grader(CHECKS)
    pack.conftest("""
        import podgrade.grading.journal

        def full(*_):
            raise OSError(28, "No space left on device")

        fsync = podgrade.grading.journal.os.fsync
        podgrade.grading.journal.os.fsync = full

        def pytest_unconfigure():
            podgrade.grading.journal.os.fsync = fsync
    """)
    pack.submission("kim", log="x" * 200_000)
    pack.run().assert_outcomes(errors=2)
    assert "No space left on device" in pack.result()["test_log"]["why"]
