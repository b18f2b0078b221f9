"""`--pdb`: one submission at a time, and its workspace stays until it was looked at."""

from __future__ import annotations

from tests.plugin.conftest import READY

pytest_plugins = "pytester"

# Instead of a prompt: note which workspaces there are when the debugger would start.
DEBUGGER = """
    class Debugger:
        def __init__(self, *args, **more):
            pass

        def reset(self):
            pass

        def interaction(self, frame, traceback):
            fake_cluster.call("debugger")

        set_trace = runcall = interaction
        quitting = False
        curframe = None
"""


def test_pdb_holds_a_workspace_until_its_record_was_replayed(pack):
    pack.conftest(DEBUGGER)
    pack.grader(READY)
    for name in ("kim", "lee", "park"):
        pack.submission(name, doomed="crash-loop")
    pack.run("--pdb", "--pdbcls=conftest:Debugger").assert_outcomes(passed=3, failed=3)
    steps = [call["call"] for call in pack.calls("create", "debugger", "release")]
    assert steps == ["create", "debugger", "release"] * 3


def test_without_it_a_workspace_goes_as_soon_as_its_rehearsal_has_ended(pack):
    pack.conftest("""
        def pytest_runtest_logstart(nodeid):
            fake_cluster.call("replay")
    """)
    pack.grader(READY)
    pack.submission("kim")
    pack.run().assert_outcomes(passed=2)
    steps = [call["call"] for call in pack.calls("create", "release", "replay")]
    assert steps == ["create", "release", "replay", "replay"]
