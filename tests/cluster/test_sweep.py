"""Sweeping on a real cluster: what is old and ours goes, everything else stays."""

from __future__ import annotations

import time

import pytest
from tests.cluster.rooms import bare_namespace, there

from podgrade.cluster.connection import Connection
from podgrade.cluster.kinds import path_of
from podgrade.workspace import fence
from podgrade.workspace.build import tear_down
from podgrade.workspace.run import Run
from podgrade.workspace.sweep import standing, sweep

pytestmark = pytest.mark.alone  # what it leaves, any run on the cluster would sweep


@pytest.fixture(scope="module")
def connection(kubeconfig):
    return Connection.open(kubeconfig)


@pytest.fixture
def left_behind(connection):
    """Makes a run's namespace as a killed run leaves it."""
    made = []

    def leave(run):
        name = run.namespace("1")
        body = fence.namespace(name, run, "baseline", connection.server_version())
        connection.request("POST", path_of("Namespace"), body=body)
        made.append(name)
        return name

    yield leave
    for name in made:
        tear_down(connection, name)


def test_only_what_has_expired_goes(connection, left_behind):
    old, young = left_behind(Run.new(lifetime=-10)), left_behind(Run.new())
    with bare_namespace(connection) as foreign:
        swept = sweep(connection, now=time.time())
        assert old in swept
        assert young not in swept
        assert foreign not in swept
        assert not there(connection, "Namespace", None, old)
        assert there(connection, "Namespace", None, young)
        assert there(connection, "Namespace", None, foreign)


def test_all_of_one_run_goes_whatever_its_time(connection, left_behind):
    mine, theirs = Run.new(), Run.new()
    wanted, other = left_behind(mine), left_behind(theirs)
    assert sweep(connection, now=time.time(), all_of_run=mine.id) == [wanted]
    assert there(connection, "Namespace", None, other)


def test_what_is_going_already_is_left_alone(connection, left_behind):
    run = Run.new(lifetime=-10)
    left_behind(run)
    assert len(sweep(connection, now=time.time(), all_of_run=run.id)) == 1
    assert sweep(connection, now=time.time(), all_of_run=run.id) == []


def test_a_run_whose_time_has_not_passed_is_named_and_left(connection, left_behind):
    run = Run.new()
    left_behind(run)
    sweep(connection, now=time.time())
    found = {one.run: one for one in standing(connection, now=time.time())}
    assert found[run.id].namespaces == 1
    assert found[run.id].until > time.time()
