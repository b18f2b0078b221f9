"""Who is not to be blamed: what stands against a verdict that only a limit decides."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from podgrade.cluster.connection import ApiRefusal
from podgrade.grading.slow import excuse
from podgrade.model.errors import InfrastructureError
from podgrade.model.text import say
from podgrade.probes.bench import Overdue
from podgrade.workspace.held_up import held_up
from podgrade.workspace.nodes import absence, silence, told_by


def at(seconds):
    return f"2026-11-21T10:{seconds // 60:02}:{seconds % 60:02}Z"


def running(name, since, **more):
    return {"name": name, "restartCount": 0, "state": {"running": {"startedAt": at(since)}}} | more


def ended(name, since, until, **more):
    state = {"startedAt": at(since), "finishedAt": at(until), "exitCode": 0}
    return {"name": name, "restartCount": 0, "state": {"terminated": state}} | more


def pod(*mains, inits=(), sidecars=(), scheduled=0):
    spec = {
        "nodeName": "one",
        "containers": [{"name": one["name"]} for one in mains],
        "initContainers": [
            {"name": one["name"]} | ({"restartPolicy": "Always"} if one["name"] in sidecars else {})
            for one in inits
        ],
    }
    placed = {"type": "PodScheduled", "status": "True", "lastTransitionTime": at(scheduled)}
    status = {
        "conditions": [placed],
        "containerStatuses": list(mains),
        "initContainerStatuses": list(inits),
    }
    metadata = {"name": "web", "namespace": "ns", "uid": "u", "creationTimestamp": at(0)}
    return {"metadata": metadata, "spec": spec, "status": status}


def test_a_container_waits_for_the_cluster_from_its_place_on_a_node():
    assert held_up(pod(running("app", 40), running("beside", 50)), ()) == 40


def test_time_without_a_place_is_not_counted():
    assert held_up(pod(running("app", 100), scheduled=95), ()) == 5


def test_what_an_init_container_takes_for_itself_is_not_counted():
    inits = [ended("first", 2, 30), ended("then", 34, 50)]
    assert held_up(pod(running("app", 60), inits=inits), ()) == 2 + 4 + 10


def test_what_waits_for_a_sidecars_probe_is_not_counted():
    inits = [running("side", 3)]
    assert held_up(pod(running("app", 40), inits=inits, sidecars=["side"]), ()) == 3


@pytest.mark.parametrize("reason", ["Failed", "FailedMount", "BackOff"])
def test_a_pod_that_lacks_something_held_itself_up(reason):
    event = {"reason": reason, "involvedObject": {"uid": "u"}}
    assert held_up(pod(running("app", 40)), [event]) == 0
    assert held_up(pod(running("app", 40)), [event | {"involvedObject": {"uid": "v"}}]) == 40


def test_later_lives_tell_nothing():
    assert held_up(pod(running("app", 50, restartCount=2)), ()) == 0


def test_what_has_not_started_tells_nothing():
    waiting = {"name": "app", "restartCount": 0, "state": {"waiting": {}}}
    assert held_up(pod(waiting), ()) == 0
    assert held_up({"metadata": {}, "spec": {"containers": [{"name": "app"}]}}, ()) == 0


def node(status="True", since=0, message="kubelet is posting ready status"):
    ready = {"type": "Ready", "status": status, "message": message}
    ready["lastTransitionTime"] = at(since)
    pressure = {"type": "DiskPressure", "status": "False", "lastTransitionTime": at(3000)}
    return {"metadata": {"name": "one"}, "status": {"conditions": [pressure, ready]}}


THERE = pod(running("app", 1))


def test_a_node_that_was_there_all_the_time_is_no_excuse():
    assert told_by(node(), THERE) is None
    assert told_by({"metadata": {"name": "one"}}, THERE) is None


@pytest.mark.parametrize("status", ["False", "Unknown"])
def test_a_node_that_is_not_ready_is(status):
    words = told_by(node(status, message="Kubelet stopped posting"), THERE)
    assert str(words) == "node one is not Ready: Kubelet stopped posting"


def test_a_node_that_came_back_during_the_pods_life_is():
    assert str(told_by(node(since=30), THERE)) == "node one was not Ready meanwhile"


class Api:
    """Answers with a node, or a refusal; a log comes, or what is raised instead."""

    def __init__(self, answer, log=None):
        self._answer = answer
        self._log = log

    def request(self, method, path, **_):
        assert (method, path) == ("GET", "/api/v1/nodes/one")
        if isinstance(self._answer, int):
            raise ApiRefusal(self._answer, "No", "no")
        return self._answer

    def read(self, path, *, query, limit, timeout):
        assert path == "/api/v1/namespaces/ns/pods/web/log"
        assert query["container"] == "app"
        assert limit == 1
        assert timeout <= 10
        if self._log is not None:
            raise self._log
        return b""


def test_nodes_that_may_not_be_looked_at_tell_nothing():
    assert absence(Api(403), THERE) is None
    assert str(absence(Api(404), THERE)) == "node one is gone"
    assert absence(Api(node()), THERE) is None
    assert absence(None, {"metadata": {}, "spec": {}}) is None


def test_a_node_that_does_not_answer_is_told_before_the_control_plane_knows():
    lost = InfrastructureError(say("no route to host"))
    assert str(silence(Api(node(), lost), THERE)) == "node one does not answer"


def test_a_node_that_answers_is_no_excuse_whatever_it_says():
    assert silence(Api(node()), THERE) is None
    assert silence(Api(node(), ApiRefusal(400, "BadRequest", "is waiting to start")), THERE) is None
    assert silence(None, {"metadata": {}, "spec": {}}) is None


class Still:
    """A pulse that stood still for so long."""

    def __init__(self, seconds):
        self._seconds = seconds

    def stood_still(self, since, until):
        assert since < until
        return self._seconds


def bench(*overdue, still=0.0, answer=None, sighted=None, log=None):
    sightings = () if sighted is None else (SimpleNamespace(at=sighted),)
    view = SimpleNamespace(events=lambda: (), sightings=lambda uid: sightings)
    where = SimpleNamespace(connection=Api(answer or node(), log), view=view)
    return SimpleNamespace(overdue=list(overdue), pulse=Still(still), workspace=where)


def test_on_an_ordinary_day_nobody_is_excused():
    assert excuse(bench(Overdue(0, 60, (THERE,), starting=True))) is None
    assert excuse(bench(Overdue(0, 15, (THERE,)))) is None
    assert excuse(bench()) is None


@pytest.mark.parametrize(("waited", "still"), [(60, 39.9), (15, 9.9), (5, 3.3), (2, 2.0)])
def test_less_than_two_thirds_of_the_wait_are_no_excuse(waited, still):
    assert excuse(bench(Overdue(0, waited), still=still)) is None


@pytest.mark.parametrize(("waited", "still"), [(60, 40), (15, 10), (5, 3.4), (4, 3.0)])
def test_a_cluster_that_stood_still_for_two_thirds_of_it_is(waited, still):
    words = str(excuse(bench(Overdue(0, waited), still=still)))
    assert f"for {round(still)} of the {waited} s that were waited" in words
    assert words.endswith("; this is not your mistake: try again later")


def test_a_pod_that_was_started_late_is_but_only_while_a_start_is_waited_for():
    late = pod(running("app", 41))
    words = str(excuse(bench(Overdue(0, 60, (late,), starting=True))))
    assert "it took 41 of the 60 s that were waited to start the Pod's containers" in words
    assert excuse(bench(Overdue(0, 60, (late,)))) is None


def test_what_a_pod_waited_for_before_is_not_of_this_wait():
    late = pod(running("app", 41))
    assert excuse(bench(Overdue(100, 160, (late,), starting=True), sighted=60)) is None
    assert excuse(bench(Overdue(100, 160, (late,), starting=True), sighted=99)) is not None


def test_a_node_that_was_away_is_the_first_thing_said():
    words = excuse(bench(Overdue(0, 60, (THERE,)), still=60, answer=node(since=30)))
    assert str(words).startswith("node one was not Ready meanwhile;")


def test_what_did_not_come_from_a_node_that_does_not_answer_is_nobodys_mistake():
    lost = InfrastructureError(say("no route to host"))
    words = excuse(bench(Overdue(0, 10, (THERE,)), log=lost))
    assert str(words) == "node one does not answer; this is not your mistake: try again later"
