"""The list of processes is read, and compared with a reason."""

from __future__ import annotations

from podgrade.model.reason import Reason
from podgrade.model.text import say
from podgrade.probes.processes import parsed
from podgrade.probes.values import About, Process, Processes, Text, Witness, answers, explain

LISTED = (
    "pid:[1]\n\x1e1\x1f/pause\0\x1e7\x1fnginx: master process nginx -g daemon off;\0\0\0"
    "\x1e30\x1fnginx: worker process\0\x1e31\x1fnginx: worker process\0"
    "\x1e40\x1fsh\0-c\0sleep 1\0\x1e99\x1f"
)
UNSHARED = Reason("processes-not-shared", why=say("not shared"))
ABOUT = About(say("processes"), UNSHARED)


def seen() -> Processes:
    return Processes(tuple(parsed(LISTED)), Text("pid:[1]", ABOUT), ABOUT)


def test_words_are_joined_and_processes_without_a_command_left_out():
    every = seen().every

    assert every[0] == Process(1, "/pause")
    assert every[-1] == Process(40, "sh -c sleep 1")
    assert len(every) == 5


def test_pids_are_found_by_how_the_command_begins():
    assert seen().pids("nginx: worker") == {"30", "31"}
    assert seen().pids("master") == frozenset()


def test_what_is_kept_on_the_tape_compares_as_before():
    codec, witness = answers(), Witness()
    again = codec.decode(codec.encode(seen()), witness)

    assert again.every == seen().every
    assert again.pids("nginx: worker") == {"30", "31"}
    assert again.namespace.about.witness is again.pids("x").about.witness is witness


def test_a_difference_knows_that_nothing_is_shared():
    reason = explain("==", seen().pids("apache"), seen().pids("nginx: master"))

    assert reason is not None
    assert reason.code == "processes-not-shared"
