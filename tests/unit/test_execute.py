"""What a command's answer shows of itself."""

from __future__ import annotations

import pytest
from tests.unit.lives import Kubelet, bench, pod
from tests.unit.lives import container_status as status

from podgrade.cluster.connection import ExecAnswer, TimedOut
from podgrade.model.failure import Failure
from podgrade.probes.bench import Role
from podgrade.probes.execute import Command, as_answer, ran


def answer(code: int, out: bytes, err: bytes):
    return as_answer("app", "redis-cli ping", ExecAnswer(code, out, err))


def test_a_command_that_printed_nothing_shows_its_error_output():
    said = answer(1, b"", b"Could not connect\n")

    assert str(said.out.about.shown) == "nothing (error output: Could not connect)"
    assert str(said.code.about.shown) == "1 (error output: Could not connect)"


def test_what_was_printed_is_shown_by_itself():
    assert answer(0, b"PONG\n", b"a warning").out.about.shown is None


def test_silence_has_nothing_to_show():
    assert answer(0, b"", b"").out.about.shown is None


class Runtime(Kubelet):
    """A container in which these programs do not end."""

    def __init__(self, *endless):
        super().__init__()
        self.endless = endless
        self.patience = {}

    def exec(self, namespace, name, container, words, *, timeout, **_):
        self.patience[words[0]] = timeout
        if words[0] in self.endless:
            raise TimedOut(ExecAnswer(-1, b"", b""), timeout)
        return ExecAnswer(0, b"", b"")


def asked(runtime, role=Role.SUBMISSION):
    where = bench(pod(1, status("app")), runtime, start=60.0, answer=10.0)
    where.exercise.images = ()
    where.role = role
    return where


ASK = Command("app", ("redis-cli", "-p", "6380", "INFO"))


def test_a_command_that_does_not_end_where_others_do_is_the_learners():
    where = asked(Runtime("redis-cli"))
    with pytest.raises(Failure) as told:
        ran(where, ASK)

    reason = told.value.reason
    assert reason.code == "no-end"
    assert str(reason.expected) == "`redis-cli -p 6380 INFO` in app ends"
    assert str(reason.seen) == "it still runs after 60 s"
    assert str(reason.look) == "Try `kubectl exec pair -c app -- redis-cli -p 6380 INFO`"
    assert len(where.overdue) == 1  # so that a cluster that stood still is asked about


def test_where_nothing_ends_nobody_is_to_blame():
    with pytest.raises(TimedOut):
        ran(asked(Runtime("redis-cli", "true")), ASK)


def test_what_the_exercise_brings_is_never_the_learners():
    with pytest.raises(TimedOut):
        ran(asked(Runtime("redis-cli"), Role.SETUP), ASK)


def test_a_command_has_the_time_of_a_busy_node():
    runtime = Runtime()
    ran(asked(runtime), ASK)

    assert runtime.patience == {"redis-cli": 60.0}
