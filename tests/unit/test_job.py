"""Why a Job is not complete."""

from __future__ import annotations

from podgrade.model.reason import Doom
from podgrade.model.text import say
from podgrade.probes import job

LIMIT = Doom("not-ready", say("the Pod is in phase {phase}", phase="Running"))


def pod(**states):
    statuses = [{"name": name, "state": {state: {}}} for name, state in states.items()]
    return {"status": {"containerStatuses": statuses}}


def test_an_ordinary_container_that_goes_on_is_named():
    reason = job._unfinished(pod(worker="terminated", log="running"), LIMIT)

    assert reason.code == "still-running"
    assert "`worker` has ended, but `log` still runs" in str(reason.why)


def test_where_nothing_has_ended_yet_the_limit_speaks():
    assert job._unfinished(pod(worker="running", log="running"), LIMIT).code == "not-ready"


def test_what_is_wrong_with_a_container_comes_first():
    doom = Doom("crash-loop", say("{error}", error="x"))

    assert job._unfinished(pod(worker="terminated", log="running"), doom).code == "crash-loop"


def test_only_conditions_that_hold_count():
    conditions = [{"type": "Complete", "status": "True"}, {"type": "Failed", "status": "False"}]

    assert job.conditions({"status": {"conditions": conditions}}) == {
        "Complete": True,
        "Failed": False,
    }
