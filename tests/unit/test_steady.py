"""`pod.steady`: a life lost since the first question is told, a life lost before is not."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from tests.unit.lives import Kubelet, bench, pod
from tests.unit.lives import container_status as status

from podgrade.probes import aim, steady
from podgrade.probes.steady import steady as asked

CALM = pod(1, status("writer"), status("reader"))


def later(where, seconds, *versions):
    """The watch sees these versions of the Pod, so many seconds from now."""

    def seen():
        for version in versions:
            where.workspace.view.take_pod(version)

    threading.Timer(seconds, seen).start()


def begun(first=CALM, kubelet=None, *, steady=0.0):
    """A bench whose first functional question was asked while the Pod was as in `first`."""
    where = bench(first, kubelet, steady=steady)
    aim.snapshot(where, first)
    return where


def reason(flag):
    assert not flag.value
    return flag.about.reason


def test_containers_that_go_on_are_steady():
    kubelet = Kubelet()
    assert asked(begun(kubelet=kubelet)).value
    assert kubelet.asked == ["writer", "reader"]


def test_a_restart_that_the_watch_told_is_not():
    where = begun(kubelet=Kubelet())
    where.workspace.view.take_pod(pod(2, status("writer"), status("reader", 2, ended=1)))
    flag = asked(where)
    assert reason(flag).code == "restarted"
    assert "reader ended while it was checked, with exit code 1" in str(reason(flag).why)
    assert str(reason(flag).look) == "Look at `kubectl logs pair -c reader --previous`"
    assert str(flag.about.shown) == "restarts writer: 0, reader: 1"
    assert where.workspace.connection.asked == []


def test_a_container_that_has_ended_and_is_not_yet_restarted_is_not():
    where = begun()
    where.workspace.view.take_pod(pod(2, status("writer"), status("reader", state="terminated")))
    flag = asked(where)
    assert reason(flag).code == "restarted"
    assert str(reason(flag).look) == "Look at `kubectl logs pair -c reader`"
    assert str(flag.about.shown) == "container reader has ended"


def test_a_restart_that_only_the_kubelet_knows_is_not_and_its_report_is_waited_for():
    kubelet = Kubelet("reader")
    where = begun(kubelet=kubelet)
    kubelet.on_ask = lambda: later(
        where, 0.1, pod(2, status("writer"), status("reader", 2, ended=7))
    )
    flag = asked(where)
    assert "exit code 7" in str(reason(flag).why)
    assert str(flag.about.shown) == "restarts writer: 0, reader: 1"


def test_the_kubelets_word_is_enough(monkeypatch):
    monkeypatch.setattr(steady, "_TO_REPORT", 0.05)
    flag = asked(begun(kubelet=Kubelet("reader")))
    found = reason(flag)
    assert found.code == "restarted"
    assert str(found.why) == "container reader was restarted while it was checked"
    assert str(flag.about.shown) == "restarts writer: 0, reader: 1"


def test_restarts_before_the_first_question_do_no_harm_and_nobody_is_asked_about_them():
    kubelet = Kubelet("reader")
    first = pod(1, status("writer"), status("reader", 3, ended=1))
    assert asked(begun(first, kubelet)).value
    assert kubelet.asked == ["writer"]


def test_an_ending_within_the_time_is_waited_for_and_ends_the_wait():
    where = begun(steady=30.0)
    later(where, 0.2, pod(2, status("writer"), status("reader", state="terminated")))
    began = time.monotonic()
    assert reason(asked(where)).code == "restarted"
    assert time.monotonic() - began < 20


def test_the_time_runs_from_the_first_question():
    where = begun(steady=60.0)
    where.baseline = replace(where.baseline, at=time.monotonic() - 60.0)
    began = time.monotonic()
    assert asked(where).value
    assert time.monotonic() - began < 30


def test_without_a_question_it_runs_from_now():
    began = time.monotonic()
    assert asked(bench(CALM, steady=0.3)).value
    assert time.monotonic() - began >= 0.3


def test_a_container_that_runs_but_is_not_ready_is_not_steady():
    where = begun()
    where.workspace.view.take_pod(pod(2, status("writer"), status("reader", ready=False)))
    found = reason(asked(where))
    assert found.code == "not-ready"
    assert str(found.look) == "Look at `kubectl describe pod pair`"


def test_a_container_that_starts_after_the_first_question_has_not_restarted():
    """An init container was asked; the others start later."""
    first = pod(1, inits=[status("init")])
    where = begun(first)
    where.workspace.view.take_pod(CALM)
    aim.snapshot(where, CALM)
    assert where.baseline.running["reader"] == ("containerd://reader-1", 0)
    assert asked(where).value


@pytest.mark.parametrize("asked_before", [True, False])
def test_a_pod_that_is_gone_is_not_steady(asked_before):
    where = begun() if asked_before else bench(CALM)
    where.workspace.view.take_pod(pod(2, status("writer"), status("reader")), gone=True)
    assert reason(asked(where)).code == "no-pod"


def test_an_ending_that_only_the_runtime_knows_is_waited_for():
    kubelet = Kubelet(dead=["reader"])
    where = begun(kubelet=kubelet, steady=1.0)
    kubelet.on_follow = lambda: later(
        where, 0.1, pod(2, status("writer"), status("reader", 2, ended=7))
    )
    assert "exit code 7" in str(reason(asked(where)).why)


def test_the_runtimes_word_alone_blames_nobody():
    where = begun(kubelet=Kubelet(dead=["reader"]), steady=1.0)
    where.exercise.limits = replace(where.exercise.limits, answer=0.1)
    assert asked(where).value
