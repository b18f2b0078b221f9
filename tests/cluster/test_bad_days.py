"""Bad days of the API server: no verdict is wrong, nothing hangs, nothing is left behind."""

from __future__ import annotations

import concurrent.futures
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.cluster.outputs import PODGRADE, left_of
from tests.cluster.programs import Programs
from tests.faults.days import DAYS, Costs, Day
from tests.faults.proxy import FaultyApi, nothing
from tests.faults.right import unknown, wrong
from tests.waiting import until

ROOT = Path(__file__).parents[2]
FIXTURES = (
    "init-wait/reference/pod",  # the longest first
    "init-wait/broken/failure-hidden",
    "sidecar/reference/pod",
    "sidecar/broken/two-volumes",
)
LIMIT = 240  # seconds; every limit of ours is shorter, on a busy machine, too
AT_ONCE = 6  # they mostly wait


@pytest.fixture(scope="module")
def gradings(request, kubeconfig, tmp_path_factory):
    """The days that were chosen, a few at a time. When the tests are interrupted, so are they."""
    chosen = [getattr(item, "callspec", None) for item in request.session.items]
    days = [
        (one.params["day"], one.params["fixture"]) for one in chosen if one and "day" in one.params
    ]
    pool = concurrent.futures.ThreadPoolExecutor(AT_ONCE)
    with Programs() as programs:
        try:
            yield {
                (day, fixture): pool.submit(
                    spend, day, Desk(kubeconfig, tmp_path_factory.mktemp("day"), programs), fixture
                )
                for day, fixture in sorted(days, key=lambda chosen: FIXTURES.index(chosen[1]))
            }
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True)
class Desk:
    """Where one day is spent."""

    kubeconfig: Path
    folder: Path
    programs: Programs


@dataclass(frozen=True)
class Spent:
    """What a day was like: the result, how many faults there were, what stayed behind."""

    result: Mapping[str, Any]
    faults: int
    left: frozenset[str]


def spend(day: Day, desk: Desk, fixture: str) -> Spent:
    with FaultyApi(desk.kubeconfig) as api:
        api.plan = day.plan
        result = grade(api, desk, fixture)
        faults = api.faults
        api.plan = nothing
        return Spent(result, faults, left_of(api, desk.kubeconfig))


def grade(api: FaultyApi, desk: Desk, fixture: str) -> Mapping[str, Any]:
    """The result of `podgrade check` through the proxy; it must end by itself."""
    slug = fixture.partition("/")[0]
    command = [PODGRADE, "check", slug, str(ROOT / "fixtures" / fixture / "pod.yaml")]
    command += ["--kubeconfig", str(api.kubeconfig(desk.folder)), "--format", "json"]
    ended = desk.programs.run(command, ROOT, LIMIT)
    assert ended.returncode in (0, 1, 3), ended.stderr.decode()
    result: Mapping[str, Any] = json.loads(ended.stdout)
    return result


@pytest.mark.parametrize("fixture", FIXTURES)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_no_verdict_is_wrong_on_a_bad_day(gradings, day: Day, fixture):
    spent = gradings[day, fixture].result()
    errors = unknown(spent.result)

    assert spent.faults > 0
    assert wrong(spent.result, ROOT / "fixtures" / fixture) == {}
    assert day.costs is not Costs.NOTHING or errors == {}
    assert day.costs is not Costs.ERRORS or errors
    assert spent.left == frozenset()


def test_a_server_that_restarts_for_20_s_costs_nothing(kubeconfig, tmp_path):
    with FaultyApi(kubeconfig) as api, Programs() as programs:
        away = threading.Thread(target=restart, args=(api,))
        away.start()
        desk = Desk(kubeconfig, tmp_path, programs)
        result = grade(api, desk, "sidecar/reference/pod")
        away.join()

        assert wrong(result, ROOT / "fixtures/sidecar/reference/pod") == {}
        assert left_of(api, desk.kubeconfig) == frozenset()


def restart(api: FaultyApi) -> None:
    """The server goes as soon as the run has made its first namespace."""
    until(lambda: api.namespaces, 60)
    api.refuse()
    time.sleep(20)
    api.listen()
