"""Questions to a container that ends under them: reads and logs go on in its next life."""

from __future__ import annotations

import contextlib
import threading
import time

from tests.unit.lives import Kubelet, bench, pod
from tests.unit.lives import container_status as status

from podgrade.cluster.connection import ExecAnswer
from podgrade.probes import execute
from podgrade.probes.execute import Command, ran
from podgrade.probes.logs import LogsProbe
from podgrade.probes.tape import Recording

SECOND_LIFE = (status("app", 2, ended=0),)
FIRST, SECOND = pod(1, status("app")), pod(2, *SECOND_LIFE)
READ = Command("app", ("/bin/cat", "/file"), reads=True)


class Runtime(Kubelet):
    """Runs commands: each with the next of these results, after which the Pod may be another."""

    def __init__(self, *results):
        super().__init__()
        self.results = list(results)
        self.commands = 0

    def exec(self, *_, **__):
        code, version = self.results.pop(0)
        self.commands += 1
        if version is not None:
            self.where.workspace.view.take_pod(version)
        return ExecAnswer(code, b"said", b"")


def on(runtime, monkeypatch, patience=0.1):
    monkeypatch.setattr(execute, "_TO_REPORT", patience)
    runtime.where = bench(FIRST, runtime)
    runtime.where.exercise.images = ()
    return runtime.where


def test_a_read_that_was_cut_off_is_asked_again_in_the_next_life(monkeypatch):
    runtime = Runtime((137, SECOND), (0, None))
    assert ran(on(runtime, monkeypatch), READ).code == 0
    assert runtime.commands == 2


def test_a_killed_command_in_a_container_that_goes_on_is_an_answer(monkeypatch):
    runtime = Runtime((137, None))
    assert ran(on(runtime, monkeypatch), READ).code == 137
    assert runtime.commands == 1


def test_what_may_change_something_is_run_once(monkeypatch):
    runtime = Runtime((137, SECOND))
    assert ran(on(runtime, monkeypatch), Command("app", ("rm", "/file"))).code == 137
    assert runtime.commands == 1


class Logs(Kubelet):
    """Follows logs: one list of lines a life; the next life is known before the log ends."""

    def __init__(self, *lives):
        super().__init__()
        self.lives = list(lives)

    def lines(self, *_, **__):
        lines, version = self.lives.pop(0)
        if version is not None:
            self.where.workspace.view.take_pod(version)
        yield from lines


def test_a_log_goes_on_in_the_next_life_even_if_that_is_known_before_the_log_ends():
    logs = Logs(([b"one"], SECOND), ([b"two"], None))
    where = logs.where = bench(FIRST, logs, answer=60.0)
    where.closer = type("Closer", (), {"closing": staticmethod(contextlib.nullcontext)})
    began = time.monotonic()
    assert LogsProbe(Recording(where))("app", until="two") == "one\ntwo\n"
    assert time.monotonic() - began < 30


def test_the_back_off_before_the_next_life_is_not_counted_as_silence():
    logs = Logs(([b"one"], pod(2, status("app", state="waiting"))), ([b"two"], None))
    where = logs.where = bench(FIRST, logs, answer=0.2)
    where.closer = type("Closer", (), {"closing": staticmethod(contextlib.nullcontext)})
    later = threading.Timer(0.5, where.workspace.view.take_pod, [pod(3, *SECOND_LIFE)])
    later.start()
    assert LogsProbe(Recording(where))("app", until="two") == "one\ntwo\n"
    later.join()
