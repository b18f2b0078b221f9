"""What is built once, put into place whole, and built again only when its sources change."""

from __future__ import annotations

import os
import threading

import pytest

from podgrade.cluster.providers.node_build import Builder, programs_folder, version_flags
from podgrade.cluster.providers.node_cache import build_once, fingerprint, held, sweep_old
from podgrade.cluster.providers.node_go import find_go, needed_version, version
from podgrade.cluster.providers.node_paths import (
    cache_folder,
    cluster_folder,
    kubeconfig_path,
    node_sources,
    state_folder,
)
from podgrade.model.errors import UsageProblem


def test_built_once(tmp_path):
    calls = []

    def build(folder):
        calls.append(folder)
        (folder / "result").write_text("done")

    for _ in range(2):
        folder = build_once(tmp_path / "cache" / "thing-1", build)
    assert len(calls) == 1
    assert (folder / "result").read_text() == "done"


def test_half_a_result_is_never_seen(tmp_path):
    def break_off(folder):
        (folder / "half").write_text("")
        raise RuntimeError("out of luck")

    with pytest.raises(RuntimeError):
        build_once(tmp_path / "thing-1", break_off)
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_two_at_once_build_once(tmp_path):
    calls = []
    both = threading.Barrier(2)

    def build(folder):
        calls.append(folder)
        (folder / "result").write_text("done")

    def ask():
        both.wait()
        build_once(tmp_path / "thing-1", build)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1


def test_old_results_are_swept(tmp_path):
    for number in range(5):
        folder = tmp_path / f"programs-{number}"
        folder.mkdir()
        os.utime(folder, (number, number))
    sweep_old(tmp_path, "programs", {tmp_path / "programs-1"}, keep=2)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"programs-1", "programs-3", "programs-4"}


def test_what_is_held_is_not_swept(tmp_path):
    old, new = (tmp_path / f"programs-{number}" for number in range(2))
    for folder in (old, new):
        folder.mkdir()
    os.utime(old, (0, 0))
    with held(old):
        sweep_old(tmp_path, "programs", (), keep=1)
    assert old.is_dir()
    sweep_old(tmp_path, "programs", (), keep=1)
    assert [path.name for path in tmp_path.iterdir()] == ["programs-1"]


def test_what_a_killed_build_left_goes_with_the_next(tmp_path):
    dead = tmp_path / ".building-dead"
    dead.mkdir()
    build_once(tmp_path / "thing-1", lambda work: (work / "result").touch())
    assert not dead.exists()


def test_the_key_follows_names_contents_and_words(tmp_path):
    file = tmp_path / "go.mod"
    file.write_text("one")
    first = fingerprint(tmp_path, [file], "1.36")
    assert fingerprint(tmp_path, [file], "1.36") == first
    assert fingerprint(tmp_path, [file], "1.37") != first
    file.write_text("two")
    assert fingerprint(tmp_path, [file], "1.36") != first


def test_programs_are_kept_by_the_hash_of_their_sources(tmp_path):
    folder = programs_folder(node_sources(), tmp_path)
    assert folder == programs_folder(node_sources(), tmp_path)
    assert folder.parent == tmp_path / "node"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("go version go1.26.8 linux/amd64", (1, 26, 8)),
        ("go version go1.27 linux/arm64", (1, 27, 0)),
        ("command not found", (0, 0, 0)),
    ],
)
def test_versions_of_go(text, expected):
    assert version(text) == expected


def test_the_go_that_is_needed_is_read_from_go_mod():
    assert needed_version("module x\n\ngo 1.26.8\n\ngodebug default=go1.26\n") == (1, 26, 8)
    assert needed_version((node_sources() / "go.mod").read_text()) >= (1, 26, 0)


def test_a_go_that_is_new_enough_is_used_as_it_is(tmp_path, monkeypatch):
    go = tmp_path / "go"
    go.write_text("#!/bin/sh\necho go version go9.9.9 linux/amd64\n")
    go.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert find_go((1, 26, 8), tmp_path / "cache", print) == go


def test_progress_counts_packages(tmp_path, monkeypatch):
    monkeypatch.setattr("podgrade.cluster.providers.node_build._EVERY", 0.0)
    said = []
    builder = Builder(tmp_path, tmp_path, lambda words: said.append(str(words)))
    assert list(builder._follow(["a\n", "b\n"], 1900)) == ["a", "b"]
    assert said == [f"Building Kubernetes: {done} of 1,900 packages" for done in (0, 1, 2)]


def test_the_programs_know_their_version():
    assert "gitVersion=v1.36." in version_flags()


def test_folders_can_be_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PODGRADE_CACHE", str(tmp_path / "c"))
    monkeypatch.setenv("PODGRADE_STATE", str(tmp_path / "s"))
    assert cache_folder() == tmp_path / "c"
    assert state_folder() == tmp_path / "s"
    assert kubeconfig_path("mine") == tmp_path / "s" / "clusters" / "mine" / "kubeconfig"


@pytest.mark.parametrize("name", ["", "../up", "Big", "a" * 41, "-a", "a b", "a/b"])
def test_names_that_cannot_be(name):
    with pytest.raises(UsageProblem, match="cannot be a cluster's name"):
        cluster_folder(name)
