"""Judging what a real cluster said: each recorded target, one piece of news after the other.

The recording is tests/cluster/test_doom.py's own (see tests/cluster/recording.py), so codes and
words are checked here without a cluster, and changes of the judges show at once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from podgrade.locale import in_language
from podgrade.workspace.doom import Goal, GoalKind, Scene, judge, obstacle

TESTS = Path(__file__).parents[1]
RECORDED = json.loads((TESTS / "unit" / "data" / "doomed.json").read_text(encoding="utf-8"))
BROKEN = yaml.safe_load((TESTS / "cluster" / "doomed.yaml").read_text(encoding="utf-8"))["items"]
NAMES = [item["metadata"]["name"] for item in BROKEN]
AT_ONCE = {"image-name-invalid", "cannot-start", "init-failed", "pod-failed", "pod-finished"}


@dataclass(frozen=True)
class Seen:
    at: float
    pod: dict


# As SURROUNDINGS of tests/cluster/test_doom.py.
THERE = {"settings": {"a", "run.sh", "plain"}, "secrets": {"a"}}


class Cluster:
    """A GET finds what stood around the recorded Pods; no node is large enough."""

    def absent(self, kind, name, key=None):
        return name not in THERE or key not in (None, *THERE[name])

    def fits_empty_node(self, pod):
        return False


def scenes(name):
    """The scene after each piece of news."""
    fixed = RECORDED[name]["pods"]
    pods, events, sightings = {}, {}, {}
    for number, (kind, uid, news) in enumerate(RECORDED[name]["news"]):
        if kind == "pod":
            pods[uid] = {**fixed[uid], "status": news}
            sightings.setdefault(uid, []).append(Seen(number, pods[uid]))
        else:
            events.pop(uid, None)
            events[uid] = {"metadata": {"uid": uid}, **news}
        yield scene(pods, events, sightings)


def scene(pods, events, sightings):
    seen = {uid: tuple(known) for uid, known in sightings.items()}
    return Scene(
        tuple(pods.values()),
        tuple(events.values()),
        lambda uid: seen.get(uid, ()),
        lambda pod, container, previous: "the last line",
        ("nginx", "busybox"),
    )


def goal_of(item):
    word, _, rest = item["metadata"]["annotations"]["goal"].partition("/")
    if word == "limit":
        word = "log" if rest else "ready"
    kind = GoalKind(word)
    return Goal(kind, step=int(rest)) if kind is GoalKind.INIT else Goal(kind, rest or None)


def only_at_limit(item):
    return item["metadata"]["annotations"]["goal"].startswith("limit")


def told(item):
    """The doom at the first piece of news that decides, and the scene then."""
    for known in scenes(item["metadata"]["name"]):
        doom = judge(goal_of(item), known, Cluster())
        if doom is not None:
            return doom, known
    return None, None


@pytest.mark.parametrize("item", BROKEN, ids=NAMES)
def test_the_code_is_the_one_expected(item):
    wanted = item["metadata"]["annotations"]["code"]
    doom, _ = told(item)

    if only_at_limit(item):
        last = list(scenes(item["metadata"]["name"]))[-1]
        assert doom is None
        assert obstacle(goal_of(item), last, Cluster()).code == wanted
    elif item["metadata"]["name"] == "no-shebang":
        assert doom.code == "crash-loop"  # only its log says what it is
    else:
        assert doom.code == wanted


@pytest.mark.parametrize("item", BROKEN, ids=NAMES)
def test_nothing_is_judged_before_a_pod_or_its_refusal_was_seen(item):
    first = next(scenes(item["metadata"]["name"]))

    assert judge(goal_of(item), first, Cluster()) is None or goal_of(item).container or first.events


@pytest.mark.parametrize("name", ["image-name", "image-tag", "image-of-init", "in-template"])
def test_an_image_is_given_up_at_the_second_refusal(name):
    item = BROKEN[NAMES.index(name)]
    _, known = told(item)
    first = next(one for one in scenes(name) if "ErrImagePull" in json.dumps(one.pods))

    assert judge(goal_of(item), first, Cluster()) is None
    refused = sum(
        event.get("count", 1) for event in known.events if "Failed to pull" in event["message"]
    )
    assert refused > 1 or "ImagePullBackOff" in json.dumps(known.pods)


@pytest.mark.parametrize("name", ["crash", "crash-127", "ends", "crash-sidecar", "memory"])
def test_a_loop_is_given_up_at_the_third_ending(name):
    _, known = told(BROKEN[NAMES.index(name)])
    statuses = known.pods[-1]["status"]
    all_of_them = [*statuses.get("initContainerStatuses", ()), *statuses["containerStatuses"]]
    most = max(all_of_them, key=lambda status: status.get("restartCount", 0))

    assert most["restartCount"] + ("running" not in most["state"]) == 3


@pytest.mark.parametrize("item", BROKEN, ids=NAMES)
def test_what_was_told_stays_true(item):
    """No later piece of news takes a doom back, so nobody is told what does not hold."""
    goal = goal_of(item)
    dooms = [judge(goal, known, Cluster()) for known in scenes(item["metadata"]["name"])]
    decided = [doom for doom in dooms if doom is not None]
    after = dooms[dooms.index(decided[0]) :] if decided else []

    assert None not in after


@pytest.mark.parametrize("item", BROKEN, ids=NAMES)
def test_the_words_are_said_in_both_languages(item):
    known = list(scenes(item["metadata"]["name"]))[-1]
    doom = obstacle(goal_of(item), known, Cluster())
    english, korean = in_language(doom.why, "en"), in_language(doom.why, "ko")

    assert english != korean
    assert any("가" <= letter <= "힣" for letter in korean)
    assert "{" not in english + korean
    assert doom.look is not None
