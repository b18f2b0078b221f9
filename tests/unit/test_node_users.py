"""The cache of a node's programs: what any cluster was started with stays, whoever sweeps."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from podgrade.cluster.providers.node_cache import held
from podgrade.cluster.providers.node_users import sweep_cache

KINDS = ("programs", "images")


@pytest.fixture
def cache(tmp_path):
    """Five states of programs and images, the first the oldest; two would be kept anyway."""
    for kind in KINDS:
        for number in range(5):
            folder = tmp_path / "cache" / f"{kind}-{number}"
            folder.mkdir(parents=True)
            os.utime(folder, (number, number))
    return tmp_path / "cache"


def started(clusters, name, cache, number):
    """A cluster that runs, or ran, with these programs."""
    folder = clusters / name
    folder.mkdir(parents=True)
    told = {kind: str(cache / f"{kind}-{number}") for kind in KINDS}
    (folder / "config.json").write_text(json.dumps(told))


def left(cache):
    """The states that are still there, the same of both."""
    programs, images = (
        sorted(int(path.name.split("-")[1]) for path in cache.glob(f"{kind}-*")) for kind in KINDS
    )
    assert programs == images
    return programs


def test_a_cluster_of_another_state_folder_keeps_what_it_runs(cache, tmp_path):
    mine, theirs = tmp_path / "mine" / "clusters", tmp_path / "theirs" / "clusters"
    for clusters in (mine, theirs):
        clusters.mkdir(parents=True)
    with held(cache / "programs-0", cache / "images-0"):  # as `up` does, until they are named
        sweep_cache(cache, theirs)
        started(theirs, "one", cache, 0)
    sweep_cache(cache, mine)

    assert left(cache) == [0, 3, 4]


def test_each_cluster_of_a_folder_keeps_its_own(cache, tmp_path):
    clusters = tmp_path / "state" / "clusters"
    started(clusters, "one", cache, 1)
    started(clusters, "two", cache, 2)
    (clusters / "half").mkdir()
    (clusters / "half" / "config.json").write_text('{"programs": ')
    sweep_cache(cache, clusters)

    assert left(cache) == [1, 2, 3, 4]


def test_who_is_gone_is_forgotten(cache, tmp_path):
    mine, theirs = tmp_path / "mine" / "clusters", tmp_path / "theirs" / "clusters"
    mine.mkdir(parents=True)
    started(theirs, "one", cache, 0)
    sweep_cache(cache, theirs)
    assert left(cache) == [0, 3, 4]
    shutil.rmtree(theirs)
    sweep_cache(cache, mine)

    assert left(cache) == [3, 4]
    assert [path.resolve() for path in (cache / "users").iterdir()] == [mine.resolve()]


def test_a_cluster_that_was_ended_keeps_nothing(cache, tmp_path):
    clusters = tmp_path / "state" / "clusters"
    started(clusters, "one", cache, 0)
    sweep_cache(cache, clusters)
    shutil.rmtree(clusters / "one")
    sweep_cache(cache, clusters)

    assert left(cache) == [3, 4]
