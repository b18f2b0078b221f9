"""Bad days of the API server: no verdict is wrong, nothing hangs, nothing is left behind."""

from __future__ import annotations

import concurrent.futures
import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.cluster.rooms import until
from tests.faults.days import DAYS, Costs, Day
from tests.faults.proxy import FaultyApi, nothing

from podgrade.cluster.connection import Connection
from podgrade.cluster.kinds import path_of

ROOT = Path(__file__).parents[2]
PODGRADE = str(Path(sys.executable).with_name("podgrade"))
FIXTURES = {
    "fixtures/sidecar/reference/pod/pod.yaml": {},
    "fixtures/sidecar/broken/two-volumes/pod.yaml": {"test_sidecar_prints_requests": "failed"},
}
LIMIT = 240  # seconds; every limit of ours is shorter, on a busy machine, too


@pytest.fixture(scope="module")
def gradings(kubeconfig, tmp_path_factory):
    """All days at once, a few at a time: they mostly wait."""
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        yield {
            (day, file): pool.submit(spend, day, kubeconfig, tmp_path_factory.mktemp("day"), file)
            for file in FIXTURES
            for day in DAYS
        }
        pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class Spent:
    """What a day was like: the result, how many faults there were, what stayed behind."""

    result: Mapping[str, Any]
    faults: int
    left: frozenset[str]


def spend(day: Day, kubeconfig: Path, folder: Path, file: str) -> Spent:
    with FaultyApi(kubeconfig) as api:
        api.plan = day.plan
        result = grade(api, folder, file)
        faults = api.faults
        api.plan = nothing
        return Spent(result, faults, left_of(api, kubeconfig, folder))


def grade(api: FaultyApi, folder: Path, file: str) -> Mapping[str, Any]:
    """The result of `podgrade check` through the proxy; it must end by itself."""
    command = [PODGRADE, "check", "sidecar", str(ROOT / file)]
    command += ["--kubeconfig", str(api.kubeconfig(folder)), "--format", "json"]
    ended = subprocess.run(command, capture_output=True, timeout=LIMIT, check=False, cwd=ROOT)
    assert ended.returncode in (0, 1, 3), ended.stderr.decode()
    result: Mapping[str, Any] = json.loads(ended.stdout)
    return result


def verdicts(result) -> dict[str, str]:
    return {one["name"]: one["verdict"] for one in result["results"]}


def wrong(result, failing: Mapping[str, str]) -> dict[str, str]:
    """Verdicts that say something untrue of a submission that fails these checks."""
    after = "not reached" if failing else "passed"
    late = {"test_sidecar_prints_the_file", "test_stable"}
    expected = {
        name: failing.get(name, after if failing and name in late else "passed")
        for name in verdicts(result)
    }
    return {
        name: seen
        for name, seen in verdicts(result).items()
        if seen not in (expected[name], "error")
    }


@pytest.mark.parametrize("file", FIXTURES)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_no_verdict_is_wrong_on_a_bad_day(gradings, day: Day, file):
    spent = gradings[day, file].result()
    errors = "error" in verdicts(spent.result).values()

    assert spent.faults > 0
    assert wrong(spent.result, FIXTURES[file]) == {}
    assert day.costs is Costs.MAYBE or errors == (day.costs is Costs.ERRORS)
    assert spent.left == frozenset()


def left_of(api: FaultyApi, kubeconfig: Path, folder: Path) -> frozenset[str]:
    """What of a run stays although `podgrade clean` was told to delete it."""
    runs = {name.split("-")[1] for name in api.namespaces}
    assert len(runs) == 1
    command = [PODGRADE, "clean", "--run", runs.pop()]
    command += ["--kubeconfig", str(api.kubeconfig(folder))]
    subprocess.run(command, check=True, timeout=60, capture_output=True, cwd=ROOT)
    spaces = Connection.open(kubeconfig).request("GET", path_of("Namespace"))["items"]
    standing = {
        one["metadata"]["name"] for one in spaces if one["status"]["phase"] != "Terminating"
    }
    return frozenset(standing & set(api.namespaces))


def test_a_server_that_restarts_for_20_s_costs_nothing(kubeconfig, tmp_path):
    with FaultyApi(kubeconfig) as api:
        away = threading.Thread(target=restart, args=(api,))
        away.start()
        result = grade(api, tmp_path, "fixtures/sidecar/reference/pod/pod.yaml")
        away.join()

        assert wrong(result, {}) == {}
        assert left_of(api, kubeconfig, tmp_path) == frozenset()


def restart(api: FaultyApi) -> None:
    """The server goes as soon as the run has made its first namespace."""
    until(lambda: api.namespaces, 60)
    api.refuse()
    time.sleep(20)
    api.listen()
