"""What `stat` says of a file, and the reasons why it is not as the sheet asks."""

from __future__ import annotations

from typing import Any

import pytest

from podgrade.model.reason import Reason
from podgrade.probes import stat
from podgrade.probes.values import explain, flag_reason

STARTED = 1795270780  # 2026-11-21T14:19:40Z

POD: dict[str, Any] = {
    "metadata": {"name": "workdir"},
    "spec": {"containers": [{"name": "app"}]},
    "status": {
        "containerStatuses": [
            {"name": "app", "state": {"running": {"startedAt": "2026-11-21T14:19:40Z"}}}
        ]
    },
}


def seen(mode: str = "41e8", owner: str = "1000 1000", changed: int = STARTED) -> stat.Stat:
    return stat.found(POD, "app", "/work/data", f"{mode} {owner} {changed}\n")


def test_mode_and_owner_are_told_as_people_write_them() -> None:
    folder = seen(owner="1000 7")
    assert (folder.mode, folder.uid, folder.gid) == ("0750", 1000, 7)


@pytest.mark.parametrize(
    ("raw", "mode"), [("81a4", "0644"), ("43ff", "1777"), ("45e8", "2750"), ("8000", "0000")]
)
def test_all_bits_of_a_mode_count(raw: str, mode: str) -> None:
    assert seen(raw).mode == mode


def test_another_mode_is_shown_in_letters() -> None:
    reason = explain("==", seen("41ed").mode, "0750")
    assert reason is not None
    assert reason.code == "other-mode"
    assert str(reason.seen) == "/work/data in container app has mode 0755 (drwxr-xr-x)"


@pytest.mark.parametrize("part", ["uid", "gid"])
def test_another_owner_is_shown_with_the_group(part: str) -> None:
    reason = explain("==", getattr(seen(owner="0 0"), part), 1000)
    assert reason is not None
    assert reason.code == "other-owner"
    assert str(reason.seen) == "/work/data in container app is owned by 0:0"


@pytest.mark.parametrize("changed", [0, STARTED - 1, STARTED])
def test_what_was_changed_last_in_the_second_of_the_start_is_from_before(changed: int) -> None:
    assert seen(changed=changed).before_start


def test_what_was_changed_later_says_how_much() -> None:
    reason = flag_reason(seen(changed=STARTED + 3).before_start)
    assert reason.code == "newer-than-start"
    assert str(reason.why) == "it was last changed 3 s after container app started"
    assert str(reason.seen) == "changed at 14:19:43 UTC, started at 14:19:40 UTC"


def test_a_file_that_is_not_there_is_nothing_for_one_reason() -> None:
    none = stat.missing("app", "/work/data", Reason("not-mounted"))
    assert not none.before_start
    assert (none.mode, none.uid, none.gid) == ("", -1, -1)
    reason = explain("==", none.mode, "0750")
    assert reason is not None
    assert reason.code == "not-mounted"
