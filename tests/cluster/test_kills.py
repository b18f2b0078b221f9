"""A class's run that is cut off; `ci/bad-days --kills` does it more often."""

from __future__ import annotations

import concurrent.futures

import pytest
from tests.faults.kills import LINE, NAMESPACE, Point, try_it
from tests.faults.strokes import Way

TRIALS = {
    Way.KILL: (Point(LINE, 2), True),
    Way.TERM: (Point(NAMESPACE, 3), False),
    Way.HANG_UP: (Point(LINE, 1), True),
    Way.DISK: (Point(LINE, 1), False),
}


@pytest.fixture(scope="module")
def trials(kubeconfig):
    """All at once: they mostly wait."""
    with concurrent.futures.ThreadPoolExecutor(len(TRIALS)) as pool:
        return {
            way: pool.submit(try_it, kubeconfig, point, way, by_sweep=by_sweep)
            for way, (point, by_sweep) in TRIALS.items()
        }


@pytest.mark.parametrize("way", list(TRIALS), ids=str)
def test_what_had_a_verdict_keeps_it_and_nothing_is_left(trials, way):
    trial = trials[way].result()

    assert trial.came
    assert trial.lost == 0
    assert trial.again == 0
    assert trial.wrong == []
    assert trial.unsaid == []
    assert trial.orphans == 0
