"""One sentence for each thing a machine may lack, and none when it lacks nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from podgrade.cluster.providers import node
from podgrade.cluster.providers.node_facts import GIB, HostFacts, gather, why_not
from podgrade.model.errors import ClusterUnavailableError

GOOD = HostFacts(
    system="Linux",
    machine="x86_64",
    user_id=0,
    kernel=(6, 1),
    cache_bytes=20 * GIB,
    state_bytes=20 * GIB,
    missing=(),
    overlay=True,
    cgroups=True,
    built=False,
)


def test_a_good_machine_is_not_refused():
    assert why_not(GOOD) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"system": "Darwin"}, "needs Linux, this is Darwin: use kind"),
        ({"machine": "riscv64"}, "this is riscv64: use another cluster"),
        ({"kernel": (4, 19)}, "needs Linux 5.4 or newer, this is 4.19: update the kernel"),
        ({"user_id": 1000}, "needs root: run the command again with sudo"),
        (
            {"missing": ("ip", "runc", "nft")},
            "Missing on this machine: ip, runc, nft."
            " Install with: apt-get install -y iproute2 nftables runc",
        ),
        ({"overlay": False}, "modprobe overlay"),
        ({"cgroups": False}, "No control groups"),
        ({"cache_bytes": 3 * GIB}, "needs 8 GiB of free disk, 3.0 GiB are free: make room"),
        ({"state_bytes": GIB // 2}, "needs 2 GiB of free disk, 0.5 GiB are free: make room"),
    ],
)
def test_what_is_lacking_is_said_in_one_sentence(change, words):
    reason = why_not(replace(GOOD, **change))
    assert reason is not None
    assert words in str(reason)


def test_built_programs_need_no_room_to_build():
    assert why_not(replace(GOOD, cache_bytes=3 * GIB, built=True)) is None


def test_the_machine_itself_comes_before_its_packages():
    lacking = replace(GOOD, system="Windows", user_id=-1, missing=("ip",))
    assert "needs Linux" in str(why_not(lacking))


def test_down_without_root(tmp_path, monkeypatch):
    monkeypatch.setenv("PODGRADE_STATE", str(tmp_path))
    monkeypatch.setattr(node, "is_root", lambda: False)
    provider = node.NodeProvider()
    provider.down("none", print)  # nothing to end, nothing to say
    (tmp_path / "clusters" / "mine").mkdir(parents=True)
    with pytest.raises(ClusterUnavailableError, match="sudo"):
        provider.down("mine", print)


def test_facts_of_this_machine_are_gathered(tmp_path):
    facts = gather(tmp_path / "not" / "there", tmp_path, built=True)
    assert facts.cache_bytes > 0
    assert facts.built
